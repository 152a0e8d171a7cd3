import { duration, millis } from '../graph/time.ts';
import { type ObjectRef, refKey, refText } from '../model/object.ts';
import type { Report, ReportIncident, ReportProblem, Step } from '../model/report.ts';
import { hasNew } from './text-baseline.ts';
import { sentence } from './sentence.ts';
import { chainRows } from './text-chain.ts';
import { blank, line, type Row, row, span } from './layout.ts';

/** How many facts, and how many objects of one kind, are shown. */
const shown = 5;

export interface IncidentContext {
  readonly report: Report;
  readonly problemOf: (id: string) => ReportProblem | undefined;
  /** The title of a code, where it is known. */
  readonly titleOf: (code: string) => string | undefined;
  readonly all: boolean;
}

/** An incident as people read it: what, why, how that is known, and what to do. Its first line alone begins at the margin. */
export function incidentRows(incident: ReportIncident, context: IncidentContext): readonly Row[] {
  const root = context.problemOf(incident.root);
  const { cause, steps, verified } = incident.explanation;
  const told = incident.chain.length > 0 ? chainRows(incident, context) : [row('  ', [sentence(incident.message)])];
  const unchecked = steps.some(({ command }) => command !== undefined) && !verified;
  return [
    headline(incident, context),
    ...told,
    ...(incident.deadlock === true
      ? [row('  ', [span('Deadlock: ', 'strong'), 'each of these waits for the other. Break it at the first.'])]
      : []),
    ...section('Cause', [row('    ', [cause])]),
    ...section('Evidence', evidenceRows(root, context.all)),
    ...section('Confirm', stepRows(steps, 'confirm')),
    ...section('Fix', stepRows(steps, 'fix')),
    ...(unchecked
      ? [
          row('    ', [
            span('Not every object that these commands name was seen: look whether it exists first.', 'dim'),
          ]),
        ]
      : []),
    ...section('Affected', affectedRows(incident, context.all)),
    blank,
  ];
}

/** The line that an incident begins with: severity, what, which object, since when, code. */
export function headline(incident: ReportIncident, context: IncidentContext): Row {
  const { severity, code, object, since } = incident;
  const began = millis(since);
  const now = millis(context.report.takenAt);
  const age = began === undefined || now === undefined || began > now ? '' : `, for ${duration((now - began) / 1000)}`;
  return line('', [
    span(severity.toUpperCase(), severity),
    '  ',
    span(context.titleOf(code) ?? code, 'strong'),
    `: ${refText(object)}`,
    span(`${age}  ${code}`, 'dim'),
    ...(hasNew(incident, context) ? [span('  new', 'warning')] : []),
  ]);
}

function section(title: string, rows: readonly Row[]): readonly Row[] {
  return rows.length === 0 ? [] : [row('  ', [span(title, 'strong')]), ...rows];
}

function evidenceRows(root: ReportProblem | undefined, all: boolean): readonly Row[] {
  const evidence = root?.evidence ?? [];
  const kept = all ? evidence : evidence.slice(0, shown);
  const rows = kept.map(({ object, path, value, kind }) => {
    const where = kind === 'event' ? `${refText(object)}, event` : refText(object);
    const what = path === undefined ? value : `${path}: ${value}`;
    return row('    ', [span(`${where}  `, 'dim'), what], '      ');
  });
  return [...rows, ...more(evidence.length - kept.length)];
}

function stepRows(steps: readonly Step[], phase: Step['phase']): readonly Row[] {
  return steps
    .filter((step) => step.phase === phase)
    .flatMap(({ text, command }, index) => {
      const number = `    ${index + 1}. `;
      if (command === undefined) return [row(number, [text])];
      const words = /[.:!?]$/.test(text) ? text : `${text}:`;
      return [row(number, [words]), line(' '.repeat(number.length), [span(command, 'command')])];
    });
}

/** What is affected beside the object in the headline, by kind. */
function affectedRows({ affected, object }: ReportIncident, all: boolean): readonly Row[] {
  const others = affected.objects.filter((one) => refKey(one) !== refKey(object));
  return [...Map.groupBy(others, ({ kind }) => kind)].map(([kind, objects]) => {
    const kept = all ? objects : objects.slice(0, shown);
    const rest = objects.length - kept.length;
    const names = kept.map(nameOf).join(', ');
    return row('    ', [span(`${kind}  `, 'dim'), names, rest > 0 ? ` and ${rest} more` : ''], '      ');
  });
}

function nameOf({ namespace, name }: ObjectRef): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function more(count: number): readonly Row[] {
  return count > 0 ? [row('    ', [span(`and ${count} more`, 'dim')])] : [];
}
