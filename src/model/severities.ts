import type { Severity } from './finding.ts';

/** All severities, worst first. */
export const severities: readonly Severity[] = ['critical', 'warning', 'info'];
