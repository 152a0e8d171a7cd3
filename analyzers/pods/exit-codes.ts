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
  137: 'killed; the runtime does not say for memory',
  139: 'invalid memory access',
  143: 'asked to stop',
  255: 'an error of the application, or the node was lost',
};

/** What Windows ends a process with (NTSTATUS), as the unsigned number that it is. */
const statuses: Readonly<Record<number, string>> = {
  0xc0000005: 'invalid memory access',
  0xc0000135: 'a DLL that it needs is missing',
  0xc000013a: 'asked to stop',
  0xc0000142: 'a DLL failed to start',
  0xc0000409: 'the process aborted itself',
};

/** `exit code 139 (SIGSEGV, invalid memory access)`: codes above 128 are 128 plus the number of the signal that ended the process. */
export function exitText({ exitCode, signal }: Terminated): string {
  const status = exitCode >>> 0;
  if (status >= 0xc0000000) {
    const meaning = statuses[status];
    return `exit code ${exitCode} (0x${status.toString(16).toUpperCase()}${meaning === undefined ? '' : `, ${meaning}`})`;
  }
  const number = signal !== undefined && signal > 0 ? signal : exitCode > 128 ? exitCode - 128 : undefined;
  const name = number === undefined ? undefined : signals[number];
  const words = [name, meanings[exitCode]].filter((one) => one !== undefined).join(', ');
  return `exit code ${exitCode}${words === '' ? '' : ` (${words})`}`;
}
