import type { Io } from './io.ts';

/** A line that says what is going on, on stderr while it is a terminal. */
export interface Progress {
  readonly say: (text: string) => void;
  readonly stop: () => void;
}

const silent: Progress = { say: () => {}, stop: () => {} };

/** A progress line for a person who waits; nothing where stderr is no terminal, or stdout is for a program. */
export async function startProgress(io: Io, wanted: boolean): Promise<Progress> {
  if (!wanted || !io.errIsTerminal) return silent;
  const { default: ora } = await import('ora');
  const spinner = ora({ stream: process.stderr, discardStdin: false }).start();
  return {
    say: (text) => {
      spinner.text = text;
    },
    stop: () => void spinner.stop(),
  };
}
