import type { Comparable, ComparableProblem } from '../model/comparable-schema.ts';
import type { Severity } from '../model/finding.ts';
import { severities } from '../model/severities.ts';

/** A problem that both reports have, and how bad it was before. */
export interface Changed {
  readonly problem: ComparableProblem;
  readonly before: Severity;
}

/** How a report differs from an earlier one. What is ignored counts in neither; each list is in the order of its report. */
export interface Comparison {
  /** Only the later report has it, or the earlier one ignored it. */
  readonly new: readonly ComparableProblem[];
  readonly worsened: readonly Changed[];
  readonly improved: readonly Changed[];
  /** In both, and as bad. */
  readonly same: readonly ComparableProblem[];
  /** Gone, and it would have been seen. */
  readonly resolved: readonly ComparableProblem[];
  /** Gone, perhaps only out of sight. */
  readonly unseen: readonly { readonly problem: ComparableProblem; readonly why: string }[];
  /** Counted in the earlier report, ignored in the later one. */
  readonly ignored: readonly ComparableProblem[];
}

/**
 * Compares two reports by the ids of their problems, which neither messages nor the hashes of pods change.
 * @param blindTo why the later run could not have seen a problem of the earlier one; undefined where it would have seen it.
 */
export function compareReports(
  earlier: Comparable,
  later: Comparable,
  blindTo: (problem: ComparableProblem) => string | undefined,
): Comparison {
  const before = new Map(counted(earlier).map((problem) => [problem.id, problem]));
  const now = counted(later);
  const present = new Set(now.map(({ id }) => id));
  const ignored = new Set([
    ...later.suppressed.map(({ id }) => id),
    ...later.problems.filter(({ suppressed }) => suppressed === true).map(({ id }) => id),
  ]);
  const gone = [...before.values()].filter(({ id }) => !present.has(id));
  const left = gone.filter(({ id }) => !ignored.has(id)).map((problem) => ({ problem, why: blindTo(problem) }));
  const kept = now.flatMap((problem) => {
    const then = before.get(problem.id);
    if (then === undefined) return [];
    const step = severities.indexOf(problem.severity) - severities.indexOf(then.severity);
    return [{ problem, before: then.severity, step }];
  });
  const changed = (which: (step: number) => boolean): readonly Changed[] =>
    kept.filter(({ step }) => which(step)).map(({ problem, before: was }) => ({ problem, before: was }));
  return {
    new: now.filter(({ id }) => !before.has(id)),
    worsened: changed((step) => step < 0),
    improved: changed((step) => step > 0),
    same: changed((step) => step === 0).map(({ problem }) => problem),
    resolved: left.filter(({ why }) => why === undefined).map(({ problem }) => problem),
    unseen: left.flatMap(({ problem, why }) => (why === undefined ? [] : [{ problem, why }])),
    ignored: gone.filter(({ id }) => ignored.has(id)),
  };
}

function counted({ problems }: Comparable): readonly ComparableProblem[] {
  return problems.filter(({ suppressed }) => suppressed !== true);
}
