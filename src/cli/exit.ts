import { CommanderError } from 'commander';
import { UserError } from '../errors.ts';
import type { Severity } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { clean } from '../render/terminal.ts';
import type { Io } from './io.ts';
import { severities } from '../model/severities.ts';

/** What the program ends with. */
export const exitCodes = {
  ok: 0,
  problems: 1,
  couldNotRun: 2,
  incomplete: 3,
  notPushed: 4,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/**
 * 1 where a problem is as bad as `failOn` or worse; else 3 where all had to be seen and was not; else 0. What the baseline has and
 * what is ignored do not count.
 */
export function verdict(
  report: Report,
  wanted: { readonly failOn?: Severity | undefined; readonly requireComplete: boolean },
): number {
  const counts = report.problems.filter(({ known, suppressed }) => known !== true && suppressed !== true);
  if (reaches(counts, wanted.failOn)) return exitCodes.problems;
  return wanted.requireComplete && !report.complete ? exitCodes.incomplete : exitCodes.ok;
}

/** True where one of several problems is as bad as `failOn` or worse. */
export function reaches(problems: readonly { readonly severity: Severity }[], failOn: Severity | undefined): boolean {
  const least = failOn === undefined ? -1 : severities.indexOf(failOn);
  return problems.some(({ severity }) => severities.indexOf(severity) <= least);
}

/** How long a line about a mistake may be: a name that was given may be of any length, and what follows it tells what is wrong. */
const longest = 1_000;

function cut(line: string): string {
  return line.length <= longest ? line : `${line.slice(0, longest / 2)} ... ${line.slice(-longest / 2)}`;
}

/** Says what went wrong on stderr. @returns the exit code. */
export function reportFailure(error: unknown, io: Io, options: { readonly verbose: boolean }): number {
  // Commander has printed its own message, with the nearest flag; help and version are no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.couldNotRun;
  if (io.signal.aborted) return exitCodes.interrupted;
  if (error instanceof UserError) {
    io.err(`error: ${cut(clean(error.message))}\n`);
    if (error.hint !== undefined) io.err(`hint: ${clean(error.hint)}\n`);
    if (options.verbose && error.cause instanceof Error) io.err(`cause: ${clean(String(error.cause))}\n`);
    return exitCodes.couldNotRun;
  }
  const message = error instanceof Error ? error.message : String(error);
  io.err(`error: this is a bug in mekhanikube: ${clean(message)}\n`);
  if (!options.verbose) io.err('hint: run it again with -v for details, and report them.\n');
  else if (error instanceof Error) io.err(`${(error.stack ?? '').split('\n').map(clean).join('\n')}\n`);
  return exitCodes.bug;
}
