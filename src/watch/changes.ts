import type { Severity } from '../model/finding.ts';
import type { Report, ReportIncident } from '../model/report.ts';
import { severities } from '../model/severities.ts';

/** What became of an incident between two looks. */
export interface Change {
  readonly change: 'new' | 'worse' | 'better' | 'resolved' | 'ignored' | 'unseen';
  /** As it is now; where it is gone, as it was. */
  readonly incident: ReportIncident;
  /** How bad it was, where that changed. */
  readonly was?: Severity;
}

const rank = ({ severity }: ReportIncident) => severities.indexOf(severity);

/**
 * What changed between two reports of one cluster and scope: first what is there now, in the order of the report, then what is gone.
 * All is new where there is no earlier one. An incident that is gone while something can no longer be seen that could be seen before is
 * `unseen`: it may still be there. One whose root somebody said to ignore since is `ignored`.
 */
export function changesBetween(earlier: Report | undefined, later: Report): readonly Change[] {
  if (earlier === undefined) return later.incidents.map((incident) => ({ change: 'new', incident }));
  const known = new Map(earlier.incidents.map((incident) => [incident.id, incident]));
  const present = new Set(later.incidents.map(({ id }) => id));
  const sees = new Set(earlier.gaps.map(gapKey));
  const isBlinder = later.gaps.some((gap) => gap.what !== 'explanation' && !sees.has(gapKey(gap)));
  const ignored = new Set(later.suppressed.map(({ id }) => id));
  const gone = earlier.incidents.filter(({ id }) => !present.has(id));
  return [
    ...later.incidents.flatMap((incident): Change[] => {
      const then = known.get(incident.id);
      if (then === undefined) return [{ change: 'new', incident }];
      const step = rank(incident) - rank(then);
      return step === 0 ? [] : [{ change: step < 0 ? 'worse' : 'better', incident, was: then.severity }];
    }),
    ...gone.map((incident): Change => {
      const change = ignored.has(incident.root) ? 'ignored' : isBlinder ? 'unseen' : 'resolved';
      return { change, incident };
    }),
  ];
}

/** Those of incidents that are, or were, at least so bad: who was told of one is told how it ends. */
export function changesAtLeast(least: Severity, changes: readonly Change[]): readonly Change[] {
  const limit = severities.indexOf(least);
  return changes.filter(({ incident, was = incident.severity }) =>
    [incident.severity, was].some((severity) => severities.indexOf(severity) <= limit),
  );
}

const gapKey = ({ what, name }: Report['gaps'][number]) => `${what} ${name}`;
