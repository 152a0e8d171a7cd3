import { refText } from '../model/object.ts';
import type { Report, ReportIncident } from '../model/report.ts';
import type { Gap } from '../model/snapshot.ts';
import type { AnalyzerFacts, RenderOptions } from './formats.ts';
import { layout } from './layout.ts';
import { type Case, junitXml, type Suite } from './junit-xml.ts';
import { hasNew } from './text-baseline.ts';
import { type IncidentContext, incidentRows } from './text-incident.ts';

const severities = ['critical', 'warning', 'info'] as const;

/**
 * The report as JUnit XML, in the form that Jenkins, GitLab and GitHub's test reporters read: a suite for each analyzer. A test case is
 * an incident, by its root: critical and warning ones fail, those of information pass and say what they have to. An analyzer that found
 * nothing is a case that passed, or that was skipped where something it reads was not seen. What is ignored or already known was skipped,
 * and so was what could not be seen; an analyzer that broke is an error, and no failure beside it.
 */
export function renderJunit(report: Report, options: RenderOptions = {}): string {
  return junitXml([...analyzerSuites(report, options), runSuite(report)], report.takenAt);
}

function analyzerSuites(
  report: Report,
  { analyzers = [], titleOf = () => undefined }: RenderOptions,
): readonly Suite[] {
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  const context: IncidentContext = { report, titleOf, all: false, problemOf: (id) => problems.get(id) };
  const found = Map.groupBy(report.incidents, ({ root }) => problems.get(root)?.analyzer ?? 'other');
  const known = new Map(analyzers.map((analyzer) => [analyzer.id, analyzer]));
  const ids = [...known.keys(), ...[...found.keys()].filter((id) => !known.has(id))];
  const isClean = cleanIn(report);
  return ids
    .map((id) => {
      const cases = (found.get(id) ?? []).map((incident) => incidentCase(incident, context));
      const analyzer = known.get(id);
      const passed = analyzer !== undefined && isClean(id) ? [cleanCase(analyzer, report.gaps)] : [];
      return { name: `mekhanikube.${id}`, cases: [...distinct(cases, found.get(id) ?? []), ...passed] };
    })
    .filter(({ cases }) => cases.length > 0);
}

/** Whether an analyzer can be said to have found nothing: neither a cause nor an effect, and its findings would be shown. */
function cleanIn({ problems, scope }: Report): (id: string) => boolean {
  const found = new Set(problems.map(({ analyzer }) => analyzer));
  return (id) =>
    !found.has(id) && scope.targets.length === 0 && (scope.filters.length === 0 || scope.filters.includes(id));
}

function incidentCase(incident: ReportIncident, context: IncidentContext): Case {
  const { severity, code, object, message } = incident;
  const name = `${context.titleOf(code) ?? code}: ${refText(object)}`;
  const body = `\n${layout(incidentRows(incident, context), { columns: 100, color: false })}`;
  const short = `${severity}: ${refText(object)}: ${message}`;
  if (severity === 'info') return { name, outcome: { element: 'system-out', body } };
  if (context.report.baseline !== undefined && !hasNew(incident, context))
    return { name, outcome: { element: 'skipped', type: 'known', message: `known before; ${short}` } };
  return { name, outcome: { element: 'failure', type: severity, message: short, body } };
}

/** Readers tell cases apart by their names: what two have in common is told apart by the id of the problem. */
function distinct(cases: readonly Case[], incidents: readonly ReportIncident[]): readonly Case[] {
  const taken = Map.groupBy(cases, ({ name }) => name);
  return cases.map((one, index) =>
    taken.get(one.name)?.length === 1 ? one : { ...one, name: `${one.name} (${incidents[index]?.root ?? index})` },
  );
}

function cleanCase({ title, reads }: AnalyzerFacts, gaps: readonly Gap[]): Case {
  const unseen = gaps.filter(({ what, name }) => what === 'namespace' || (what === 'resource' && reads.includes(name)));
  if (unseen.length === 0) return { name: title };
  const message = `nothing found, but not all could be seen: ${unseen.map(({ name, reason }) => `${name} (${reason})`).join('; ')}`;
  return { name: title, outcome: { element: 'skipped', type: 'not seen', message } };
}

/** What is said of the whole run. */
function runSuite({ cluster, scope, takenAt, summary, gaps, suppressed, stats }: Report): Suite {
  const seen: Case = {
    name: 'Objects to look at',
    ...(stats.objects > 0 ? {} : { outcome: { element: 'skipped', type: 'not seen', message: 'no object was seen' } }),
  };
  return {
    name: 'mekhanikube',
    properties: [
      ['cluster', cluster.name],
      ['takenAt', takenAt],
      ['namespaces', scope.namespaces.join(' ') || 'all'],
      ...(scope.selector === undefined ? [] : [['selector', scope.selector] as const]),
      ...(['incidents', 'problems', 'suppressed'] as const).flatMap((what) =>
        severities.map((severity) => [`${what}.${severity}`, summary[what][severity]] as const),
      ),
    ],
    cases: [
      seen,
      ...gaps.map(({ what, name, reason }): Case => {
        const element = what === 'analyzer' ? 'error' : 'skipped';
        return { name: `Seen: ${what} ${name}`, outcome: { element, type: 'not seen', message: reason } };
      }),
      ...suppressed.map(({ id, code, object, message, by, reason }): Case => {
        const why = `ignored by ${by}${reason === undefined ? '' : `: ${reason}`}`;
        const outcome = { element: 'skipped', type: 'ignored', message: `${why}; ${message}` } as const;
        return { name: `Ignored: ${code} ${refText(object)} (${id})`, outcome };
      }),
    ],
  };
}
