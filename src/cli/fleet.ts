import { basename } from 'node:path';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';
import type { FleetReport } from '../model/fleet-schema.ts';
import type { Report } from '../model/report.ts';
import type { Diagnosis } from '../pipeline.ts';
import { fleetFormats, renderFleet, renderFleetSummary } from '../render/fleet.ts';
import { buildFleet } from '../report/fleet.ts';
import { useColor } from './color.ts';
import { exitCodes, verdict } from './exit.ts';
import { isForPerson, type Output, refuseFailed, tryOutputs } from './outputs.ts';
import type { PrintOptions } from './print-report.ts';

/** What is done with each cluster. */
export interface FleetSteps<Diagnosed extends Diagnosis> {
  readonly diagnose: (config: Config) => Promise<Diagnosed>;
  /** Prints and explains one report; see `printReport`. */
  readonly print: (diagnosed: Diagnosed, config: Config) => Promise<{ report: Report; failures: readonly string[] }>;
  /** Pushes a report where that is wanted. @returns false where that failed. */
  readonly isPushed: (report: Report) => Promise<boolean>;
  /** Called once all were read. */
  readonly onRead: () => void;
}

/** How many clusters are read at once. */
const atOnce = 4;

/** What stands for the name of a context in the names of files. */
const place = '{context}';

/**
 * Diagnoses several clusters: they are read side by side and told in the order asked for. One that cannot be read is a gap.
 * @returns the exit code.
 * @throws UserError where none of them can be read, or one of the contexts does not exist.
 */
export async function fleetRun<Diagnosed extends Diagnosis>(
  contexts: readonly string[],
  { config, io, facts }: Pick<PrintOptions, 'config' | 'io' | 'facts'>,
  steps: FleetSteps<Diagnosed>,
): Promise<number> {
  const files = fileNames(contexts);
  const { each, joint } = split(config.output);
  const read = await readAll(contexts, (context) => steps.diagnose({ ...config, context: [context] }));
  steps.onRead();
  const forPerson = isForPerson(config.output);
  const reports: Report[] = [];
  const gaps: FleetReport['gaps'][number][] = [];
  const failures: string[] = [];
  let isPushed = true;
  for (const [index, result] of read.entries()) {
    const context = contexts[index] ?? '';
    if ('problem' in result) {
      gaps.push({ what: 'cluster', name: context, reason: result.problem.message });
      continue;
    }
    const own = each.map(({ format, file }) => ({ format, file: file.replaceAll(place, files[index] ?? '') }));
    const output: Output[] = [...(forPerson ? [{ format: 'text' as const }] : []), ...own];
    const printed = await steps.print(result.diagnosed, { ...config, context: [context], output });
    if (forPerson) await io.out('\n');
    reports.push(printed.report);
    failures.push(...printed.failures);
    isPushed = (await steps.isPushed(printed.report)) && isPushed;
  }
  if (reports.length === 0) throw noneRead(read);
  const fleet = buildFleet(reports, gaps);
  const options = (toScreen: boolean) => ({
    severity: config.severity,
    all: config.all,
    ...facts,
    color: toScreen && useColor(config.color, io.environment, io.outIsTerminal),
    ...(toScreen && io.columns !== undefined ? { columns: io.columns } : {}),
  });
  if (forPerson) await io.out(renderFleetSummary(fleet, options(true)));
  failures.push(...(await tryOutputs(joint, io, (format) => renderFleet(format, fleet, options(false)))));
  refuseFailed(failures);
  const verdicts = new Set(reports.map((report) => verdict(report, config)));
  if (verdicts.has(exitCodes.problems)) return exitCodes.problems;
  if (verdicts.has(exitCodes.incomplete) || (gaps.length > 0 && config.requireComplete)) return exitCodes.incomplete;
  return isPushed ? exitCodes.ok : exitCodes.notPushed;
}

type Result<Diagnosed> = { readonly diagnosed: Diagnosed } | { readonly problem: UserError };

/** Reads clusters, some at once. What is no fault of a cluster is thrown: a context that does not exist is a typing error. */
async function readAll<Diagnosed>(
  contexts: readonly string[],
  diagnose: (context: string) => Promise<Diagnosed>,
): Promise<readonly Result<Diagnosed>[]> {
  const results: Result<Diagnosed>[] = [];
  const queue = contexts.entries();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const [index, context] of queue) {
        try {
          results[index] = { diagnosed: await diagnose(context) };
        } catch (error) {
          if (!(error instanceof UserError) || error.code === 'unknown-context') throw error;
          results[index] = { problem: error };
        }
      }
    }),
  );
  return results;
}

function noneRead<Diagnosed>(results: readonly Result<Diagnosed>[]): UserError {
  const problems = results.flatMap((result) => ('problem' in result ? [result.problem] : []));
  const [first] = problems;
  const texts = [...new Set(problems.map(({ message }) => message))];
  return new UserError('no-cluster', `none of the ${results.length} clusters could be read: ${texts.join('; ')}`, {
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
    cause: first,
  });
}

/**
 * Outputs of which there is one for each cluster, and those that hold all.
 * @throws UserError for a form that cannot hold several clusters where its file is one.
 */
function split(outputs: readonly Output[]) {
  const each: { format: Output['format']; file: string }[] = [];
  const joint: { format: (typeof fleetFormats)[number]; file?: string }[] = [];
  for (const { format, file } of outputs) {
    const form = fleetFormats.find((one) => one === format);
    if (file?.includes(place) === true) each.push({ format, file });
    else if (format === 'text' && file === undefined) continue;
    else if (form !== undefined) joint.push({ format: form, ...(file === undefined ? {} : { file }) });
    else
      throw new UserError('one-cluster', `--output ${format} holds one cluster`, {
        hint: `Have a file for each: -o ${format}=${file === undefined ? `report-${place}` : withPlace(file)}`,
      });
  }
  return { each, joint };
}

function withPlace(file: string): string {
  const name = basename(file);
  const dot = name.lastIndexOf('.');
  const folder = file.slice(0, file.length - name.length);
  return dot <= 0 ? `${file}-${place}` : `${folder}${name.slice(0, dot)}-${place}${name.slice(dot)}`;
}

/** Names of contexts as parts of file names: nothing in them leads to another folder, and no two are the same. */
function fileNames(contexts: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return contexts.map((context) => {
    const safe =
      context
        .replaceAll(/[^\w.@+-]+/g, '_')
        .replace(/^\.+/, '_')
        .slice(0, 100) || '_';
    let name = safe;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${safe}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
