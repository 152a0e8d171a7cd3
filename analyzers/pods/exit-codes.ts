import type { Terminated } from './containers.ts';

/** Signals by number (Linux, signal(7)). */
const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

const meanings: Readonly<Record<number, string>> = {
  0: 'the process ends by itself without an error',
  1: 'an error of the application',
  2: 'an error of the application or wrong arguments',
  126: 'the command cannot be executed',
  127: 'command not found',
  132: 'an instruction that this CPU does not have',
  134: 'the process aborted itself',
  137: 'killed; not by the memory limit of the container',
  139: 'invalid memory access',
  143: 'asked to stop',
  255: 'an error of the application, or the node was lost',
};

/** `exit code 139 (SIGSEGV, invalid memory access)`: codes above 128 are 128 plus the number of the signal that ended the process. */
export function exitText({ exitCode, signal }: Terminated): string {
  const number = signal !== undefined && signal > 0 ? signal : exitCode > 128 ? exitCode - 128 : undefined;
  const name = number === undefined ? undefined : signals[number];
  const words = [name, meanings[exitCode]].filter((one) => one !== undefined).join(', ');
  return `exit code ${exitCode}${words === '' ? '' : ` (${words})`}`;
}
