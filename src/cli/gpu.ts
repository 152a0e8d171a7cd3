import type { Command } from 'commander';
import { useColor } from './color.ts';
import { begin } from './config-of.ts';
import type { Io } from './io.ts';
import type { Loaders } from './loaders.ts';
import { loadCluster, printOutputs, textOrJson } from './outputs.ts';

/** Tells which accelerators a cluster or a recording has, who holds them, and who waits for them. @returns the exit code. */
export async function gpuCommand(command: Command, io: Io, loaders: Loaders): Promise<number> {
  const [{ flags, config }, { buildGpuReport, gpuResources }] = await Promise.all([
    begin(command, io),
    import('../report/gpu.ts'),
  ]);
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
