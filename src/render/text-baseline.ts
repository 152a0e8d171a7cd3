import type { Severity } from '../model/finding.ts';
import { refText } from '../model/object.ts';
import type { Report, ReportIncident, ReportProblem } from '../model/report.ts';
import { dateText } from './date-text.ts';
import { type Row, row, span } from './layout.ts';

/** How many problems of a list are named. */
const shown = 10;

type Brief = NonNullable<Report['baseline']>['resolved'][number];

/** How the report differs from its baseline; nothing where it has none. */
export function baselineRows({ baseline }: Report, all: boolean): readonly Row[] {
  if (baseline === undefined) return [];
  const { takenAt, resolved, unseen } = baseline;
  const counts = [
    `${total(baseline.new)} new`,
    `${total(baseline.known)} known`,
    `${resolved.length} resolved`,
    ...(unseen.length === 0 ? [] : [`${unseen.length} not seen now`]),
  ];
  return [
    row('', [`Since ${dateText(takenAt)}: `, span(counts.join(', '), 'strong'), '.'], '  '),
    ...briefRows('Resolved', resolved, all, () => ''),
    ...briefRows('Not seen', unseen, all, ({ why }) => ` (${why})`),
  ];
}

/** True where a report is told against a baseline and an incident has a problem that counts and that the baseline lacks. */
export function hasNew(
  incident: ReportIncident,
  { report, problemOf }: { readonly report: Report; readonly problemOf: (id: string) => ReportProblem | undefined },
): boolean {
  return [incident.root, ...incident.symptoms].some((id) => {
    const problem = problemOf(id);
    return problem !== undefined && isNew(report, problem);
  });
}

/** What is said of a problem in a chain beside its message: that it is new, or ignored. */
export function markOf(report: Report, problem: ReportProblem): string {
  return problem.suppressed === true ? ' (ignored)' : isNew(report, problem) ? ' (new)' : '';
}

function isNew({ baseline }: Report, { known, suppressed }: ReportProblem): boolean {
  return baseline !== undefined && known !== true && suppressed !== true;
}

/** Problems that are no longer told of, one to a line. */
function briefRows<Problem extends Brief>(
  title: string,
  problems: readonly Problem[],
  all: boolean,
  more: (problem: Problem) => string,
): readonly Row[] {
  const kept = all ? problems : problems.slice(0, shown);
  const rest = problems.length - kept.length;
  return [
    ...kept.map((problem) => {
      const { code, object, message } = problem;
      return row(`  ${title}: `, [`${refText(object)}: ${message}`, span(`  ${code}`, 'dim'), more(problem)], '    ');
    }),
    ...(rest > 0 ? [row('  ', [`and ${rest} more (--all shows them)`])] : []),
  ];
}

function total(counts: Readonly<Record<Severity, number>>): number {
  return counts.critical + counts.warning + counts.info;
}
