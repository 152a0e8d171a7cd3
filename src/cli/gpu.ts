import type { Command } from 'commander';
import type { Loaded } from '../cluster/load.ts';
import { useColor } from './color.ts';
import { checkConflicts } from './conflicts.ts';
import { givenFlags } from './flags.ts';
import { hooksFor } from './hooks.ts';
import type { Io } from './io.ts';
import { loadAnalyzers } from './load-analyzers.ts';
import type { Loaders } from './loaders.ts';
import { startProgress } from './progress.ts';
import { writeFileAtomically } from './write-file.ts';

/** Tells which accelerators a cluster or a recording has, who holds them, and who waits for them. @returns the exit code. */
export async function gpuCommand(command: Command, io: Io, loaders: Loaders): Promise<number> {
  const flags = givenFlags(command);
  const [analyzers, { loadConfig }, { buildGpuReport, gpuResources }] = await Promise.all([
    loadAnalyzers(flags, io.environment),
    import('../config/load.ts'),
    import('../report/gpu.ts'),
  ]);
  const config = await loadConfig({ flags, environment: io.environment, analyzers });
  checkConflicts(flags, config);
  const forPerson = config.output.some(({ format, file }) => format === 'text' && file === undefined);
  const progress = await startProgress(io, forPerson && !config.verbose);
  const hooks = hooksFor(io, config, progress);
  let loaded: Loaded;
  try {
    hooks.onStep('load');
    loaded = await (config.from.length > 0
      ? loaders.recorded(config, hooks)
      : loaders.live(config, hooks, gpuResources()));
  } finally {
    progress.stop();
  }
  const report = buildGpuReport(loaded);
  const { renderGpuJson, renderGpuText } = await import('../render/gpu.ts');
  const render = (format: 'text' | 'json', toScreen: boolean) =>
    format === 'json'
      ? renderGpuJson(report)
      : renderGpuText(report, {
          bars: toScreen && io.outIsTerminal,
          color: toScreen && useColor(config.color, io.environment, io.outIsTerminal),
          ...(toScreen && io.columns !== undefined ? { columns: io.columns } : {}),
        });
  for (const { format, file } of config.output) if (file === undefined) await io.out(render(format, true));
  for (const { format, file } of config.output) {
    if (file !== undefined) await writeFileAtomically(file, render(format, false));
  }
  return 0;
}
