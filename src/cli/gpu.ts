import type { Command } from 'commander';
import { useColor } from './color.ts';
import { checkConflicts } from './conflicts.ts';
import { givenFlags } from './flags.ts';
import type { Io } from './io.ts';
import { loadAnalyzers } from './load-analyzers.ts';
import type { Loaders } from './loaders.ts';
import { loadCluster, printOutputs, textOrJson } from './outputs.ts';

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
  const outputs = textOrJson(config.output, flags);
  const loaded = await loadCluster(config, io, loaders, gpuResources());
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
  await printOutputs(outputs, io, render);
  return 0;
}
