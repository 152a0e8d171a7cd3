import type { Command } from 'commander';
import type { Config } from '../config/load.ts';
import type { Analyzer } from '../model/finding.ts';
import type { RunOptions } from '../pipeline.ts';
import { checkConflicts } from './conflicts.ts';
import { exitCodes, verdict } from './exit.ts';
import { factsOf } from './facts.ts';
import { givenFlags } from './flags.ts';
import type { Io } from './io.ts';
import { hooksFor } from './hooks.ts';
import { loadAnalyzers } from './load-analyzers.ts';
import type { Loaders } from './loaders.ts';
import { isForPerson, refuseFailed } from './outputs.ts';
import { printReport } from './print-report.ts';
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
  const facts = factsOf(analyzers);
  if (config.showPrompt) {
    await explaining?.showPrompts(diagnosis, facts.titleOf);
    return verdict(diagnosis.report, config);
  }
  const { report, failures } = await printReport(diagnosis.report, {
    config,
    io,
    facts,
    explain: explaining && ((listener) => explaining.explain(diagnosis, facts.titleOf, listener)),
  });
  const isPushed = push === undefined || (await push(report)) !== undefined;
  refuseFailed(failures);
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
