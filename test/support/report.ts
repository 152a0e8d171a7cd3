import { correlate } from '../../src/engine/correlate.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Explanation, Report } from '../../src/model/report.ts';
import { buildReport, type ReportParts } from '../../src/report/build.ts';
import { now } from './objects.ts';
import { snapshotOf } from './snapshot.ts';

const explanation: Explanation = {
  source: 'runbook',
  cause: 'Because of this.',
  confidence: 'high',
  steps: [],
  verified: true,
};

/** The report of findings as the engine joins them; no snapshot stands behind it. */
export function reportOf(findings: readonly Finding[], parts: Partial<ReportParts> = {}): Report {
  return buildReport({
    cluster: { name: 'test', source: 'recorded' },
    takenAt: now,
    scope: { namespaces: [], filters: [], targets: [] },
    incidents: correlate(snapshotOf([]), findings).map((incident) => ({ incident, explanation })),
    ignored: [],
    gaps: [],
    assumptions: [],
    hints: [],
    stats: { requests: 0, bytes: 0, objects: 0, analyzers: 1, codes: 1, resources: {} },
    ...parts,
  });
}
