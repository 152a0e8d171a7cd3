import type { Command } from 'commander';
import type { Config } from '../config/load.ts';
import type { Analyzer } from '../model/finding.ts';
import type { CertificateLimits } from '../report/certs.ts';
import { useColor } from './color.ts';
import { checkConflicts } from './conflicts.ts';
import { givenFlags } from './flags.ts';
import type { Io } from './io.ts';
import { loadAnalyzers } from './load-analyzers.ts';
import type { Loaders } from './loaders.ts';
import { loadCluster, printOutputs } from './outputs.ts';

/** Lists the certificates of a cluster or a recording, worst first. @returns the exit code. */
export async function certsCommand(command: Command, io: Io, loaders: Loaders): Promise<number> {
  const flags = givenFlags(command);
  const tree = flags['tree'] === true;
  const [analyzers, { loadConfig }, { neededResources }, { buildCertificateReport }] = await Promise.all([
    loadAnalyzers(flags, io.environment),
    import('../config/load.ts'),
    import('../pipeline.ts'),
    import('../report/certs.ts'),
  ]);
  const { tree: _, ...others } = flags;
  const config = await loadConfig({ flags: others, environment: io.environment, analyzers });
  checkConflicts(others, config);
  const own = analyzers.filter(({ id }) => id === 'certificates');
  const loaded = await loadCluster(config, io, loaders, neededResources(own));
  const report = buildCertificateReport(loaded, { limits: limitsOf(own[0], config), namespaces: config.namespace });
  const { renderCertsJson, renderCertsText } = await import('../render/certs.ts');
  const render = (format: 'text' | 'json', toScreen: boolean) =>
    format === 'json'
      ? renderCertsJson(report)
      : renderCertsText(report, {
          tree,
          color: toScreen && useColor(config.color, io.environment, io.outIsTerminal),
          ...(toScreen && io.columns !== undefined ? { columns: io.columns } : {}),
        });
  await printOutputs(config, io, render);
  return 0;
}

/** The settings of the analyzer, in its words: what is a warning there is one here. */
function limitsOf(analyzer: Analyzer | undefined, config: Config): CertificateLimits {
  const given = config.analyzers['certificates'] ?? {};
  const value = (name: string) => given[name] ?? analyzer?.settings[name]?.default ?? 0;
  return {
    own: { critical: value('critical'), warning: value('warning'), info: value('info') },
    authority: {
      critical: value('authorityCritical'),
      warning: value('authorityWarning'),
      info: value('authorityInfo'),
    },
  };
}
