import type { Comparable } from '../model/comparable-schema.ts';
import type { Report } from '../model/report.ts';
import { briefOf } from './brief.ts';
import { compareReports } from './compare.ts';
import { countBySeverity } from './counts.ts';
import type { BlindTo } from './sight.ts';

/** A report, told against an earlier one: what that one has is marked as known, and what is gone is listed. */
export function withBaseline(report: Report, earlier: Comparable, blindTo: BlindTo): Report {
  const comparison = compareReports(earlier, report, blindTo);
  const known = [...comparison.same, ...comparison.improved.map(({ problem }) => problem)];
  const ids = new Set(known.map(({ id }) => id));
  return {
    ...report,
    problems: report.problems.map((problem) => (ids.has(problem.id) ? { ...problem, known: true } : problem)),
    baseline: {
      takenAt: earlier.takenAt,
      new: countBySeverity([...comparison.new, ...comparison.worsened.map(({ problem }) => problem)]),
      known: countBySeverity(known),
      resolved: comparison.resolved.map(briefOf),
      unseen: comparison.unseen.map(({ problem, why }) => ({ ...briefOf(problem), why })),
    },
    hints: [...report.hints, ...mismatches(earlier, report, 'the baseline', 'this run')],
  };
}

/** Why two reports may not be of the same thing: another cluster, another scope. */
export function mismatches(
  earlier: Pick<Comparable, 'cluster' | 'scope'>,
  later: Pick<Comparable, 'cluster' | 'scope'>,
  earlierName: string,
  laterName: string,
): readonly string[] {
  const [one, other] = [earlier.cluster, later.cluster];
  const isSame = one.name === other.name || (one.server !== undefined && one.server === other.server);
  const [before, now] = [scopeText(earlier.scope), scopeText(later.scope)];
  return [
    ...(isSame ? [] : [`${earlierName} is of cluster ${one.name}, ${laterName} of ${other.name}: are they the same?`]),
    ...(before === now
      ? []
      : [`${earlierName} shows ${before}, ${laterName} ${now}: what only one of them shows cannot be compared.`]),
  ];
}

function scopeText({ namespaces, selector, filters, targets }: Comparable['scope']): string {
  const parts = [
    ...(namespaces.length === 0 ? [] : [`namespace ${namespaces.toSorted().join(', ')}`]),
    ...(selector === undefined ? [] : [`labels ${selector}`]),
    ...(filters.length === 0 ? [] : [`only ${filters.toSorted().join(', ')}`]),
    ...targets.toSorted(),
  ];
  return parts.length === 0 ? 'everything' : parts.join(', ');
}
