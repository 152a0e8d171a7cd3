import type { Analyzer } from '../model/finding.ts';
import type { CertificateLimits } from './told-certificates.ts';

/**
 * The settings of the analyzer certificates: what is a warning in its findings is one in a list of certificates.
 * @param settings those that were given, by analyzer and name.
 */
export function certificateLimits(
  analyzers: readonly Analyzer[],
  settings: Readonly<Record<string, Readonly<Record<string, number>>>>,
): CertificateLimits {
  const analyzer = analyzers.find(({ id }) => id === 'certificates');
  const given = settings['certificates'] ?? {};
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
