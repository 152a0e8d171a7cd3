import type { Severity } from '../../model/finding.ts';
import type { ObjectRef } from '../../model/object.ts';
import type { Report } from '../../model/report.ts';
import { type Kept, keepFirst, most } from './bounds.ts';
import { distinct, type Gauge, plain, type Sample, sum } from './exposition.ts';

const severities = ['critical', 'warning', 'info'] as const satisfies readonly Severity[];

/** What is wrong, in numbers. Severities have a series also where nothing is that bad, so that an alert can tell zero from unknown. */
export function problemGauges(report: Report): {
  readonly gauges: readonly Gauge[];
  readonly namespacesLeftOut: number;
} {
  const { summary, incidents } = report;
  const problems = report.problems.filter(({ suppressed }) => suppressed !== true);
  // Incidents come worst first: the namespaces of the worst keep their names.
  const worstFirst = [...incidents, ...[...problems].sort((one, next) => rank(one.severity) - rank(next.severity))];
  const kept = keepFirst(
    worstFirst.map(({ object }) => namespaceOf(object)).filter((name) => name !== ''),
    most.namespaces,
  );
  return {
    gauges: [
      bySeverity('mekhanikube_incidents', 'Incidents: problems joined by their root cause', summary.incidents),
      byCode(
        'mekhanikube_incidents_by_code',
        'Incidents by the code and the namespace of their root cause',
        incidents,
        kept,
      ),
      bySeverity('mekhanikube_problems', 'Problems, roots and what they cause', summary.problems),
      byCode(
        'mekhanikube_problems_by_code',
        'Problems by code and namespace; no namespace for those of the cluster',
        problems,
        kept,
      ),
      bySeverity(
        'mekhanikube_suppressed_problems',
        'Problems that somebody said to ignore; they count nowhere else',
        summary.suppressed,
      ),
      ...baselineGauges(report),
    ],
    namespacesLeftOut: kept.left,
  };
}

/** How the report differs from an earlier one, where it was compared with one. */
function baselineGauges({ baseline }: Report): readonly Gauge[] {
  if (baseline === undefined) return [];
  const taken = Date.parse(baseline.takenAt) / 1_000;
  return [
    bySeverity(
      'mekhanikube_new_problems',
      'Problems that the baseline does not have, or that were less bad then',
      baseline.new,
    ),
    bySeverity('mekhanikube_known_problems', 'Problems that the baseline has', baseline.known),
    bySeverity('mekhanikube_resolved_problems', 'Problems of the baseline that are gone', counted(baseline.resolved)),
    bySeverity(
      'mekhanikube_unseen_problems',
      'Problems of the baseline where nothing could be seen now',
      counted(baseline.unseen),
    ),
    plain('mekhanikube_baseline_timestamp_seconds', 'When the cluster was as the baseline says', taken),
  ];
}

type Told = { readonly severity: Severity; readonly code: string; readonly object: ObjectRef };

function byCode(name: string, help: string, all: readonly Told[], kept: Kept): Gauge {
  const samples = all.map(({ severity, code, object }): Sample => {
    const namespace = namespaceOf(object);
    return { labels: { severity, code, namespace: namespace === '' ? '' : kept.as(namespace) }, value: 1 };
  });
  return { name, help, samples: distinct(samples, sum) };
}

function bySeverity(name: string, help: string, counts: Readonly<Record<Severity, number>>): Gauge {
  return { name, help, samples: severities.map((severity) => ({ labels: { severity }, value: counts[severity] })) };
}

function counted(all: readonly { readonly severity: Severity }[]): Record<Severity, number> {
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const { severity } of all) counts[severity] += 1;
  return counts;
}

const rank = (severity: Severity) => severities.indexOf(severity);

/** Where a person would look: a Namespace is in itself. Empty for what belongs to the whole cluster. */
function namespaceOf({ kind, name, namespace = '' }: ObjectRef): string {
  return kind === 'Namespace' ? name : namespace;
}
