import type { Command } from 'commander';
import type { Config } from '../config/load.ts';
import type { Analyzer } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { RunOptions } from '../pipeline.ts';
import { useColor } from './color.ts';
import { checkConflicts } from './conflicts.ts';
import { verdict } from './exit.ts';
import { givenFlags } from './flags.ts';
import type { Io } from './io.ts';
import { hooksFor } from './hooks.ts';
import { loadAnalyzers } from './load-analyzers.ts';
import type { Loaders } from './loaders.ts';
import { startProgress } from './progress.ts';
import { writeFileAtomically } from './write-file.ts';

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
  const forPerson = config.output.some(({ format, file }) => format === 'text' && file === undefined);
  const progress = await startProgress(io, forPerson && !config.verbose);
  const hooks = hooksFor(io, config, progress);
  let report: Report;
  try {
    const wanted = neededResources(analyzers);
    const load = () => (config.from.length > 0 ? loaders.recorded(config, hooks) : loaders.live(config, hooks, wanted));
    ({ report } = await run({ ...toRunOptions(config, targets, analyzers), load, onStep: hooks.onStep }));
  } finally {
    progress.stop();
  }
  await print(report, config, analyzers, io);
  return verdict(report, config);
}

function toRunOptions(
  config: Config,
  targets: readonly string[],
  analyzers: readonly Analyzer[],
): Omit<RunOptions, 'load'> {
  const { namespace, allNamespaces, selector, filter } = config;
  return {
    analyzers,
    settings: config.analyzers,
    scope: {
      namespaces: namespace,
      allNamespaces,
      ...(selector === undefined ? {} : { selector }),
      filters: filter,
      targets,
    },
  };
}

/** Prints the report in every form asked for: stdout first, so that a full disk does not take that away. */
async function print(report: Report, config: Config, analyzers: readonly Analyzer[], io: Io): Promise<void> {
  const titles = new Map(
    analyzers.flatMap(({ codes }) => Object.entries(codes).map(([code, { title }]) => [code, title] as const)),
  );
  const render = async (format: 'text' | 'json', toScreen: boolean) => {
    if (format === 'json') return (await import('../render/json.ts')).renderJson(report);
    const { renderText } = await import('../render/text.ts');
    return renderText(report, {
      severity: config.severity,
      all: config.all,
      titleOf: (code) => titles.get(code),
      color: toScreen && useColor(config.color, io.environment, io.outIsTerminal),
      ...(toScreen && io.columns !== undefined ? { columns: io.columns } : {}),
    });
  };
  for (const { format, file } of config.output) if (file === undefined) await io.out(await render(format, true));
  for (const { format, file } of config.output) {
    if (file !== undefined) await writeFileAtomically(file, await render(format, false));
  }
}
