import type { Comparable, ComparableProblem } from '../model/comparable-schema.ts';
import type { DiffReport } from '../model/diff-schema.ts';
import { mismatches } from './baseline.ts';
import { briefOf } from './brief.ts';
import { type Changed, compareReports } from './compare.ts';
import { countBySeverity } from './counts.ts';
import type { BlindTo } from './sight.ts';
import { version } from './version.ts';

/** One of the two reports, and the file that it was made of. */
export interface Side {
  readonly name: string;
  readonly report: Comparable;
}

/** Tells what changed between two reports. @param blindTo what of the earlier the later run could not have seen. */
export function buildDiff(earlier: Side, later: Side, blindTo: BlindTo): DiffReport {
  const {
    new: added,
    worsened,
    improved,
    same,
    resolved,
    unseen,
    ignored,
  } = compareReports(earlier.report, later.report, blindTo);
  const problems = (all: readonly { readonly problem: ComparableProblem }[]) => all.map(({ problem }) => problem);
  return {
    schemaVersion: '1',
    tool: { name: 'mekhanikube', version },
    old: sideOf(earlier),
    new: sideOf(later),
    summary: {
      added: countBySeverity(added),
      worsened: countBySeverity(problems(worsened)),
      improved: countBySeverity(problems(improved)),
      unchanged: countBySeverity(same),
      resolved: countBySeverity(resolved),
      unseen: countBySeverity(problems(unseen)),
      ignored: countBySeverity(ignored),
    },
    added: added.map(briefOf),
    worsened: worsened.map(changedOf),
    improved: improved.map(changedOf),
    resolved: resolved.map(briefOf),
    unseen: unseen.map(({ problem, why }) => ({ ...briefOf(problem), why })),
    ignored: ignored.map(briefOf),
    hints: [
      ...mismatches(earlier.report, later.report, 'the old report', 'the new one'),
      ...versionHint(earlier, later),
    ],
  };
}

function sideOf({ name, report }: Side): DiffReport['old'] {
  return { name, cluster: report.cluster.name, takenAt: report.takenAt };
}

function changedOf({ problem, before }: Changed): DiffReport['worsened'][number] {
  return { ...briefOf(problem), before };
}

/** Versions find different things in one cluster. */
function versionHint({ report: { tool: one } }: Side, { report: { tool: other } }: Side): readonly string[] {
  return one.version === other.version
    ? []
    : [
        `The old report was made by version ${one.version}, the new one by ${other.version}: they may look for other things.`,
      ];
}
