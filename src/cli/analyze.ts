import type { Command } from 'commander';
import type { Config } from '../config/load.ts';
import type { Analyzer } from '../model/finding.ts';
import type { Format } from '../model/formats.ts';
import type { Report } from '../model/report.ts';
import type { RunOptions } from '../pipeline.ts';
import { rendererOf } from '../render/formats.ts';
import type { Row } from '../render/layout.ts';
import { useColor } from './color.ts';
import { checkConflicts } from './conflicts.ts';
import { exitCodes, verdict } from './exit.ts';
import { givenFlags } from './flags.ts';
import type { Io } from './io.ts';
import { hooksFor } from './hooks.ts';
import { loadAnalyzers } from './load-analyzers.ts';
import type { Loaders } from './loaders.ts';
import { isForPerson, printOutputs } from './outputs.ts';
import { startProgress } from './progress.ts';

/** Diagnoses a cluster or a recording and prints the report. @returns the exit code. */
export async function analyzeCommand(
  targets: readonly string[],
  command: Command,
  io: Io,
  loaders: Loaders,
): Promise<number> {
  const flags = givenFlags(command);
  const [analyzers, { loadConfig }, { neededResources, run }] = await Promise.all([
    loadAnalyzers(flags, io.environment),
    import('../config/load.ts'),
    import('../pipeline.ts'),
  ]);
  const config = await loadConfig({ flags, environment: io.environment, analyzers });
  checkConflicts(flags, config);
  const explaining =
    config.explain || config.showPrompt ? await (await import('./explain.ts')).prepare(config, io) : undefined;
  const baseline =
    config.baseline === undefined ? undefined : await (await import('./read-report.ts')).readReport(config.baseline);
  const push =
    config.pushGateway === undefined || config.showPrompt
      ? undefined
      : await (await import('./push.ts')).preparePush(config, io);
  const progress = await startProgress(io, isForPerson(config.output) && !config.verbose);
  const hooks = hooksFor(io, config, progress);
  let diagnosis: Awaited<ReturnType<typeof run>>;
  try {
    const wanted = neededResources(analyzers);
    const load = () => (config.from.length > 0 ? loaders.recorded(config, hooks) : loaders.live(config, hooks, wanted));
    diagnosis = await run({ ...toRunOptions(config, targets, analyzers), baseline, load, onStep: hooks.onStep });
  } finally {
    progress.stop();
  }
  const titles = new Map(
    analyzers.flatMap(({ codes }) => Object.entries(codes).map(([code, { title }]) => [code, title] as const)),
  );
  const titleOf = (code: string) => titles.get(code);
  if (config.showPrompt) {
    await explaining?.showPrompts(diagnosis, titleOf);
    return verdict(diagnosis.report, config);
  }
  const report = await print(
    diagnosis.report,
    config,
    titleOf,
    io,
    explaining && ((say) => explaining.explain(diagnosis, titleOf, say)),
  );
  const isPushed = push === undefined || (await push(report)) !== undefined;
  // What is wrong with the cluster weighs more than a gateway that is away.
  return verdict(report, config) || (isPushed ? exitCodes.ok : exitCodes.notPushed);
}

/** What the configuration says of a run. */
export function toRunOptions(
  config: Config,
  targets: readonly string[],
  analyzers: readonly Analyzer[],
): Omit<RunOptions, 'load'> {
  const { namespace, allNamespaces, selector, filter } = config;
  return {
    analyzers,
    settings: config.analyzers,
    ignore: config.ignore,
    inventory: config.output.some(({ format }) => format !== 'text') || config.pushGateway !== undefined,
    scope: {
      namespaces: namespace,
      allNamespaces,
      ...(selector === undefined ? {} : { selector }),
      filters: filter,
      targets,
    },
  };
}

/**
 * Prints the report in every form asked for: stdout first, so that a full disk does not take that away. Explanations follow the text
 * as they come; the other forms wait for them.
 * @param explain explains the report; what is said of it as text goes to `say`.
 * @returns the report as it was printed at last.
 */
async function print(
  report: Report,
  config: Config,
  titleOf: (code: string) => string | undefined,
  io: Io,
  explain: ((say: (rows: readonly Row[]) => Promise<void>) => Promise<Report>) | undefined,
): Promise<Report> {
  const screen = (toScreen: boolean) => ({
    color: toScreen && useColor(config.color, io.environment, io.outIsTerminal),
    ...(toScreen && io.columns !== undefined ? { columns: io.columns } : {}),
  });
  const render = async (format: Format, of: Report, toScreen: boolean) =>
    (await rendererOf(format))(of, { severity: config.severity, all: config.all, titleOf, ...screen(toScreen) });
  const forPerson = isForPerson(config.output);
  if (forPerson) await io.out(await render('text', report, true));
  const told: Row[] = [];
  const say = async (rows: readonly Row[]) => {
    told.push(...rows);
    if (forPerson) await io.out(await renderRows(rows, screen(true)));
  };
  const explained = explain === undefined ? report : await explain(say);
  await printOutputs(
    config.output.filter(({ format, file }) => format !== 'text' || file !== undefined),
    io,
    async (format) =>
      format === 'text'
        ? `${await render('text', report, false)}${await renderRows(told, screen(false))}`
        : render(format, explained, false),
  );
  return explained;
}

async function renderRows(rows: readonly Row[], screen: { color: boolean; columns?: number }): Promise<string> {
  return rows.length === 0 ? '' : (await import('../render/text.ts')).renderRows(rows, screen);
}
