import type { Config } from '../config/load.ts';
import type { Analyzer } from '../model/finding.ts';
import type { CertificateLimits } from '../report/certificate-rows.ts';

/** The settings of the analyzer certificates: what is a warning in its findings is one in a list of certificates. */
export function certificateLimits(analyzers: readonly Analyzer[], config: Config): CertificateLimits {
  const analyzer = analyzers.find(({ id }) => id === 'certificates');
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
