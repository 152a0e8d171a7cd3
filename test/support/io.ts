import type { Io } from '../../src/cli/io.ts';

interface IoOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The width of the terminal that stdout is; a pipe where it is left out. */
  readonly columns?: number | undefined;
  readonly signal?: AbortSignal;
}

/** What a command may touch of the process, and what it has written so far. */
export function testIo(options: IoOptions = {}): { readonly io: Io; readonly written: { out: string; err: string } } {
  const { environment = {}, columns, signal = new AbortController().signal } = options;
  const written = { out: '', err: '' };
  const io: Io = {
    out: (text) => {
      written.out += text;
      return Promise.resolve();
    },
    err: (text) => {
      written.err += text;
    },
    environment,
    outIsTerminal: columns !== undefined,
    errIsTerminal: false,
    columns,
    signal,
  };
  return { io, written };
}
