import { reportFailure } from './exit.ts';
import type { Io } from './io.ts';
import type { Loaders } from './loaders.ts';
import { createProgram } from './program.ts';

/** Runs the command line. Never throws. @param argv the words after the program's name. @returns the exit code. */
export async function runCli(argv: readonly string[], io: Io, loaders: Loaders): Promise<number> {
  let exitCode = 0;
  try {
    await createProgram(io, loaders, (code) => {
      exitCode = code;
    }).parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportFailure(error, io, { verbose: argv.some((word) => word === '-v' || word === '--verbose') });
  }
}
