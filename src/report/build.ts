import { compareFindings, compareRefs } from '../engine/order.ts';
import type { Evidence, Finding, Incident } from '../model/finding.ts';
import { earliest } from '../graph/time.ts';
import { type ObjectRef, refKey } from '../model/object.ts';
import type { Explanation, Report, ReportIncident, ReportProblem, ReportScope } from '../model/report.ts';
import { reportVersion } from '../model/report.ts';
import type { Gap } from '../model/snapshot.ts';
import { briefOf } from './brief.ts';
import { countBySeverity } from './counts.ts';
import type { Ignored } from './ignore/ignore.ts';
import type { Inventory } from './inventory.ts';
import { version } from './version.ts';

/** All that a report is made of. */
export interface ReportParts {
  readonly cluster: Report['cluster'];
  readonly takenAt: string;
  readonly scope: ReportScope;
  /** The incidents to show, in their order, with the explanation of each. */
  readonly incidents: readonly { readonly incident: Incident; readonly explanation: Explanation }[];
  /** What is ignored, of those incidents or of others. */
  readonly ignored: readonly Ignored[];
  readonly inventory?: Inventory | undefined;
  readonly gaps: readonly Gap[];
  readonly assumptions: readonly string[];
  readonly hints: readonly string[];
  readonly stats: Report['stats'];
}

/** Makes the report: plain data in a defined order, so that the same input gives the same bytes. */
export function buildReport(parts: ReportParts): Report {
  const { cluster, takenAt, scope, ignored, inventory, gaps, assumptions, hints, stats } = parts;
  const incidents = parts.incidents.map(({ incident, explanation }) => toIncident(incident, explanation));
  const suppressed = ignored.map(toSuppressed);
  const ids = new Set(suppressed.map(({ id }) => id));
  const problems = toProblems(
    parts.incidents.map(({ incident }) => incident),
    ids,
  );
  const summary = {
    incidents: countBySeverity(incidents),
    problems: countBySeverity(problems.filter(({ suppressed: isIgnored }) => isIgnored !== true)),
    suppressed: countBySeverity(suppressed),
  };
  return {
    schemaVersion: reportVersion,
    tool: { name: 'mekhanikube', version },
    status: summary.problems.critical + summary.problems.warning === 0 ? 'ok' : 'problems',
    // What a model could not say takes nothing away from what was found.
    complete: gaps.every(({ what }) => what === 'explanation'),
    summary,
    cluster,
    scope,
    takenAt,
    problems,
    incidents,
    suppressed,
    ...inventory,
    gaps: gaps.map(({ what, name, reason }) => ({ what, name, reason })),
    assumptions,
    hints,
    stats,
  };
}

function toIncident(incident: Incident, explanation: Explanation): ReportIncident {
  const { id, severity, root, symptoms, chain, deadlock } = incident;
  const objects = distinct([root, ...symptoms].flatMap(({ object, members }) => [object, ...members])).sort(
    compareRefs,
  );
  const since = root.since ?? earliest(symptoms.map((symptom) => symptom.since));
  return {
    id,
    severity,
    code: root.code,
    object: toRef(root.object),
    message: root.message,
    root: root.id,
    symptoms: symptoms.map((symptom) => symptom.id),
    chain: chain.map(({ from, to, via, certainty }) => ({
      from: from.id,
      to: to.id,
      via: { field: via.field, value: via.value },
      certainty,
    })),
    affected: { count: objects.length, objects: objects.map(toRef) },
    ...(since === undefined ? {} : { since }),
    explanation,
    ...(deadlock ? { deadlock: true as const } : {}),
  };
}

/** Every problem of the incidents once, worst first, with the incidents that it belongs to. */
function toProblems(incidents: readonly Incident[], ignored: ReadonlySet<string>): readonly ReportProblem[] {
  const all = new Map<string, { finding: Finding; incidents: string[] }>();
  for (const { id, root, symptoms } of incidents) {
    for (const finding of [root, ...symptoms]) {
      const known = all.get(finding.id);
      if (known === undefined) all.set(finding.id, { finding, incidents: [id] });
      else known.incidents.push(id);
    }
  }
  return [...all.values()]
    .sort((one, other) => compareFindings(one.finding, other.finding))
    .map(({ finding, incidents: ids }) => ({
      ...toProblem(finding, ids),
      ...(ignored.has(finding.id) ? { suppressed: true as const } : {}),
    }));
}

function toSuppressed({ finding, reason: { by, rule, reason, until } }: Ignored): Report['suppressed'][number] {
  return {
    ...briefOf(finding),
    by,
    rule,
    ...(reason === undefined ? {} : { reason }),
    ...(until === undefined ? {} : { until }),
  };
}

function toProblem(finding: Finding, incidents: readonly string[]): ReportProblem {
  const { id, analyzer, code, severity, object, message, evidence, members, since } = finding;
  return {
    id,
    analyzer,
    code,
    severity,
    object: toRef(object),
    message,
    evidence: evidence.map(toEvidence),
    members: members.map(toRef),
    ...(since === undefined ? {} : { since }),
    incidents,
  };
}

function toEvidence({ object, path, value, kind }: Evidence): Evidence {
  return { object: toRef(object), ...(path === undefined ? {} : { path }), value, kind };
}

function toRef({ apiVersion, kind, namespace, name }: ObjectRef): ObjectRef {
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

function distinct(objects: readonly ObjectRef[]): ObjectRef[] {
  return [...new Map(objects.map((one) => [refKey(one), one])).values()];
}
