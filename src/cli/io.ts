import { isatty } from 'node:tty';
import { UserError } from '../errors.ts';
import { writeProblem } from './write-file.ts';

/** What a command may touch of the process: tests give their own. */
export interface Io {
  /** Writes to stdout and waits until it is written. A reader that has gone away is no error. @throws UserError for a full disk. */
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** The terminal's width, where stdout is one. */
  readonly columns: number | undefined;
  /** Aborted when the user presses Ctrl-C or the process is told to end, which it then does at once. */
  readonly signal: AbortSignal;
  /** Says that what runs from now on ends by itself soon after the signal. */
  readonly willEndItself?: () => void;
}

/** The process itself. */
export function processIo(signal: AbortSignal): Io {
  const { stdout, stderr, env } = process;
  // What cannot be written is told where it is written; of stderr nobody could be told.
  stdout.on('error', () => {});
  stderr.on('error', () => {});
  return {
    out: (text) =>
      new Promise((resolve, reject) => {
        stdout.write(text, (error) =>
          error === undefined || error === null || isClosedPipe(error) ? resolve() : reject(unwritable(error)),
        );
      }),
    err: (text) => void stderr.write(text),
    environment: env,
    outIsTerminal: isatty(stdout.fd),
    errIsTerminal: isatty(stderr.fd),
    columns: stdout.isTTY ? stdout.columns : undefined,
    signal,
  };
}

function isClosedPipe(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
}

function unwritable(error: Error): UserError {
  return new UserError('cannot-write', `cannot write stdout: ${writeProblem(error)}`, { cause: error });
}
