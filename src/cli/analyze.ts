import type { Command } from 'commander';
import type { Config } from '../config/load.ts';
import type { Analyzer } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { RunOptions } from '../pipeline.ts';
import { begin } from './config-of.ts';
import { exitCodes, verdict } from './exit.ts';
import { factsOf } from './facts.ts';
import type { Io } from './io.ts';
import { hooksFor } from './hooks.ts';
import type { Loaders } from './loaders.ts';
import { isForPerson, refuseFailed } from './outputs.ts';
import { type ExplainListener, printReport } from './print-report.ts';
import { startProgress } from './progress.ts';

/** Diagnoses a cluster or a recording and prints the report. @returns the exit code. */
export async function analyzeCommand(
  targets: readonly string[],
  command: Command,
  io: Io,
  loaders: Loaders,
): Promise<number> {
  const [{ analyzers, config }, { neededResources, run }] = await Promise.all([
    begin(command, io),
    import('../pipeline.ts'),
  ]);
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
  const facts = factsOf(analyzers);
  const wanted = neededResources(analyzers);
  const diagnose = (one: Config) => {
    const load = () => (one.from.length > 0 ? loaders.recorded(one, hooks) : loaders.live(one, hooks, wanted));
    return run({ ...toRunOptions(one, targets, analyzers), baseline, load, onStep: hooks.onStep });
  };
  const print = (diagnosis: Awaited<ReturnType<typeof diagnose>>, one: Config) => {
    const explain = explaining && ((to: ExplainListener) => explaining.explain(diagnosis, facts.titleOf, to));
    return printReport(diagnosis.report, { config: one, io, facts, explain });
  };
  const isPushed = async (report: Report) => push === undefined || (await push(report)) !== undefined;
  const contexts = await contextsOf(config, io);
  if (contexts !== undefined) {
    const { fleetRun } = await import('./fleet.ts');
    const steps = { diagnose, print, isPushed, onRead: () => progress.stop() };
    return fleetRun(contexts, { config: { ...config, allContexts: false }, io, facts }, steps).finally(() => {
      progress.stop();
    });
  }
  const diagnosis = await diagnose(config).finally(() => {
    progress.stop();
  });
  if (config.showPrompt) {
    await explaining?.showPrompts(diagnosis, facts.titleOf);
    return verdict(diagnosis.report, config);
  }
  const { report, failures } = await print(diagnosis, config);
  const pushed = await isPushed(report);
  refuseFailed(failures);
  // What is wrong with the cluster weighs more than a gateway that is away.
  return verdict(report, config) || (pushed ? exitCodes.ok : exitCodes.notPushed);
}

/** The contexts of several clusters; undefined where one cluster is to be read. */
async function contextsOf(config: Config, { environment: env }: Io): Promise<readonly string[] | undefined> {
  const { allContexts, context, kubeconfig } = config;
  const named = [...new Set(context)];
  if (!allContexts) return named.length > 1 ? named : undefined;
  const { contextNames, surroundings } = await import('../cluster/live.ts');
  return contextNames({ ...(kubeconfig === undefined ? {} : { kubeconfig }), env, around: surroundings(env) });
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
