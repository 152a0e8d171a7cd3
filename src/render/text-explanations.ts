import { refText } from '../model/object.ts';
import type { Explanation, Report, ReportIncident, Step } from '../model/report.ts';
import type { Gap } from '../model/snapshot.ts';
import { blank, line, type Row, row, span } from './layout.ts';

/** How many incidents that share an explanation are named. */
const shown = 5;

/** What explanations begin with. */
export function explanationsHead(): readonly Row[] {
  return [
    blank,
    row('', [
      span('Explanations', 'strong'),
      ' by a language model, from the facts above. It may be wrong: look before you act.',
    ]),
    blank,
  ];
}

/** One explanation, and the incidents that it is about, by their place in the report. */
export function explanationRows(
  report: Report,
  entries: readonly { readonly id: string; readonly explanation: Explanation }[],
): readonly Row[] {
  const [first, ...others] = entries;
  const incident = report.incidents.find(({ id }) => id === first?.id);
  if (first === undefined || incident === undefined) return [];
  const { cause, confidence, steps, citations = [] } = first.explanation;
  const facts = citations.flatMap(({ problem, evidence }) => {
    const fact = report.problems.find(({ id }) => id === problem)?.evidence[evidence];
    return fact === undefined
      ? []
      : [
          row(
            '    ',
            [
              span(`${refText(fact.object)}  `, 'dim'),
              fact.path === undefined ? fact.value : `${fact.path}: ${fact.value}`,
            ],
            '      ',
          ),
        ];
  });
  return [
    line('', [span(numbered(report, incident), 'strong'), span(`  (confidence: ${confidence})`, 'dim')]),
    row('  ', [cause]),
    ...(facts.length === 0 ? [] : [row('  ', [span('Because of', 'strong')]), ...facts]),
    ...stepRows(steps, 'confirm', 'Confirm'),
    ...stepRows(steps, 'fix', 'Fix'),
    ...sameRows(report, others),
    blank,
  ];
}

/** What the model could not explain. */
export function unexplainedRow({ name, reason }: Gap): Row {
  return row('', [span('Not explained: ', 'warning'), `${name} (${reason}). What the report says of it stands.`], '  ');
}

function numbered(report: Report, incident: ReportIncident): string {
  return `${report.incidents.indexOf(incident) + 1}. ${incident.code} ${refText(incident.object)}`;
}

function sameRows(report: Report, others: readonly { readonly id: string }[]): readonly Row[] {
  if (others.length === 0) return [];
  const named = others.slice(0, shown).flatMap(({ id }) => {
    const incident = report.incidents.find((one) => one.id === id);
    return incident === undefined ? [] : [numbered(report, incident)];
  });
  const rest = others.length - named.length;
  return [
    row('  ', [span('The same holds for ', 'strong'), named.join(', '), rest > 0 ? ` and ${rest} more` : ''], '    '),
  ];
}

function stepRows(steps: readonly Step[], phase: Step['phase'], title: string): readonly Row[] {
  const rows = steps
    .filter((step) => step.phase === phase)
    .flatMap(({ text, command, effect }, index) => {
      const number = `    ${index + 1}. `;
      if (command === undefined) return [row(number, [text])];
      const mark = effect === 'changes' ? ' (changes the cluster)' : effect === 'reads' ? ' (only reads)' : '';
      return [
        row(number, [text.replace(/[.:]$/, ''), span(mark, 'dim'), ':']),
        line(' '.repeat(number.length), [span(command, 'command')]),
      ];
    });
  return rows.length === 0 ? [] : [row('  ', [span(title, 'strong')]), ...rows];
}
