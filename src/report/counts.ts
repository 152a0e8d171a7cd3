import type { Severity } from '../model/finding.ts';

/** How many there are of each severity. */
export function countBySeverity(all: readonly { readonly severity: Severity }[]): Record<Severity, number> {
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const { severity } of all) counts[severity] += 1;
  return counts;
}
