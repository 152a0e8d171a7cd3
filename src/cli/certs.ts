import type { Command } from 'commander';
import { certificateLimits } from '../report/certificate-limits.ts';
import { useColor } from './color.ts';
import { begin } from './config-of.ts';
import { givenFlags } from './flags.ts';
import type { Io } from './io.ts';
import type { Loaders } from './loaders.ts';
import { loadCluster, printOutputs, textOrJson } from './outputs.ts';

/** Lists the certificates of a cluster or a recording, worst first. @returns the exit code. */
export async function certsCommand(command: Command, io: Io, loaders: Loaders): Promise<number> {
  const tree = givenFlags(command)['tree'] === true;
  const [{ flags, analyzers, config }, { neededResources }, { buildCertificateReport }, { checkNamespaces }] =
    await Promise.all([
      begin(command, io, ['tree']),
      import('../pipeline.ts'),
      import('../report/certs.ts'),
      import('../report/existence.ts'),
    ]);
  const outputs = textOrJson(config.output, flags);
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
