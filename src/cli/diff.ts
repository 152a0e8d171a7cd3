import type { Command } from 'commander';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';
import type { Comparable } from '../model/comparable-schema.ts';
import type { Analyzer } from '../model/finding.ts';
import { buildDiff } from '../report/diff.ts';
import { type RunFacts, sightOf } from '../report/sight.ts';
import { toRunOptions } from './analyze.ts';
import { useColor } from './color.ts';
import { begin } from './config-of.ts';
import { exitCodes, reaches } from './exit.ts';
import { hooksFor } from './hooks.ts';
import type { Io } from './io.ts';
import type { Loaders } from './loaders.ts';
import { isForPerson, outputsIn, printOutputs } from './outputs.ts';
import { startProgress } from './progress.ts';
import { reportAt } from './read-report.ts';

/** Tells what changed between two reports or recordings. @returns the exit code. @throws UserError where one of them cannot be read. */
export async function diffCommand(
  files: { readonly earlier: string; readonly later: string },
  command: Command,
  io: Io,
  loaders: Loaders,
): Promise<number> {
  if (files.earlier === '-' && files.later === '-')
    throw new UserError('conflict', 'only one of the two can come from stdin');
  const { flags, analyzers, config } = await begin(command, io);
  const outputs = outputsIn(['text', 'markdown', 'json'], config.output, flags);
  const context = { config, analyzers, io, loaders };
  const earlier = await sideOf(files.earlier, context);
  const later = await sideOf(files.later, context);
  const blindTo = sightOf(earlier.report, later.report, { analyzers, facts: later.facts });
  const diff = buildDiff(
    { name: files.earlier, report: earlier.report },
    { name: files.later, report: later.report },
    blindTo,
  );
  const { renderDiffJson, renderDiffMarkdown, renderDiffText } = await import('../render/diff.ts');
  const { severity } = config;
  const render = (format: 'text' | 'markdown' | 'json', toScreen: boolean) => {
    if (format === 'json') return renderDiffJson(diff);
    if (format === 'markdown') return renderDiffMarkdown(diff, { severity });
    return renderDiffText(diff, {
      severity,
      color: toScreen && useColor(config.color, io.environment, io.outIsTerminal),
      ...(toScreen && io.columns !== undefined ? { columns: io.columns } : {}),
    });
  };
  await printOutputs(outputs, io, render);
  return reaches([...diff.added, ...diff.worsened], config.failOn) ? exitCodes.problems : exitCodes.ok;
}

interface DiffContext {
  readonly config: Config;
  readonly analyzers: readonly Analyzer[];
  readonly io: Io;
  readonly loaders: Loaders;
}

/** The report of a file, or that of the recording in it, of which more is known. */
async function sideOf(
  file: string,
  { config, analyzers, io, loaders }: DiffContext,
): Promise<{ readonly report: Comparable; readonly facts?: RunFacts }> {
  const report = await reportAt(file);
  if (report !== undefined) return { report };
  if (file === '-')
    throw new UserError('bad-report', 'stdin holds no report of mekhanikube in JSON or JSON lines', {
      hint: 'Recordings are read from files.',
    });
  const { run } = await import('../pipeline.ts');
  const progress = await startProgress(io, isForPerson(config.output) && !config.verbose);
  try {
    const load = () => loaders.recorded({ ...config, from: [file] }, hooksFor(io, config, progress));
    const {
      report: made,
      findings,
      loaded,
    } = await run({
      ...toRunOptions(config, [], analyzers),
      inventory: false,
      scope: {},
      load,
    });
    return { report: made, facts: { snapshot: loaded.snapshot, findings } };
  } finally {
    progress.stop();
  }
}
