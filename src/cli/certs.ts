import type { Command } from 'commander';
import { certificateLimits } from '../report/certificate-limits.ts';
import { useColor } from './color.ts';
import { checkConflicts } from './conflicts.ts';
import { givenFlags } from './flags.ts';
import type { Io } from './io.ts';
import { loadAnalyzers } from './load-analyzers.ts';
import type { Loaders } from './loaders.ts';
import { loadCluster, printOutputs, textOrJson } from './outputs.ts';

/** Lists the certificates of a cluster or a recording, worst first. @returns the exit code. */
export async function certsCommand(command: Command, io: Io, loaders: Loaders): Promise<number> {
  const flags = givenFlags(command);
  const tree = flags['tree'] === true;
  const [analyzers, { loadConfig }, { neededResources }, { buildCertificateReport }, { checkNamespaces }] =
    await Promise.all([
      loadAnalyzers(flags, io.environment),
      import('../config/load.ts'),
      import('../pipeline.ts'),
      import('../report/certs.ts'),
      import('../report/existence.ts'),
    ]);
  const { tree: _, ...others } = flags;
  const config = await loadConfig({ flags: others, environment: io.environment, analyzers });
  checkConflicts(others, config);
  const outputs = textOrJson(config.output, others);
  const own = analyzers.filter(({ id }) => id === 'certificates');
  const loaded = await loadCluster(config, io, loaders, neededResources(own));
  const gaps = [...loaded.gaps, ...checkNamespaces(config.namespace, loaded.snapshot)];
  const report = buildCertificateReport(
    { ...loaded, gaps },
    {
      limits: certificateLimits(analyzers, config.analyzers),
      namespaces: config.namespace,
    },
  );
  const { renderCertsJson, renderCertsText } = await import('../render/certs.ts');
  const render = (format: 'text' | 'json', toScreen: boolean) =>
    format === 'json'
      ? renderCertsJson(report)
      : renderCertsText(report, {
          tree,
          color: toScreen && useColor(config.color, io.environment, io.outIsTerminal),
          ...(toScreen && io.columns !== undefined ? { columns: io.columns } : {}),
        });
  await printOutputs(outputs, io, render);
  return 0;
}
