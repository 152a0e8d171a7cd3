import type { FleetReport } from '../model/fleet-schema.ts';
import type { Severity } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { version } from './version.ts';

/** Puts the reports of several clusters together. @param gaps those that could not be read. */
export function buildFleet(clusters: readonly Report[], gaps: FleetReport['gaps']): FleetReport {
  const summed = (name: 'incidents' | 'problems' | 'suppressed') => sum(clusters.map(({ summary }) => summary[name]));
  return {
    schemaVersion: '1',
    tool: { name: 'mekhanikube', version },
    status: clusters.every(({ status }) => status === 'ok') ? 'ok' : 'problems',
    complete: gaps.length === 0 && clusters.every(({ complete }) => complete),
    summary: {
      clusters: clusters.length + gaps.length,
      unread: gaps.length,
      incidents: summed('incidents'),
      problems: summed('problems'),
      suppressed: summed('suppressed'),
    },
    clusters,
    gaps,
  };
}

type Counts = Readonly<Record<Severity, number>>;

function sum(all: readonly Counts[]): Counts {
  const total = { critical: 0, warning: 0, info: 0 };
  for (const { critical, warning, info } of all) {
    total.critical += critical;
    total.warning += warning;
    total.info += info;
  }
  return total;
}
