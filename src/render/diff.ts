import type { DiffReport } from '../model/diff-schema.ts';
import type { Severity } from '../model/finding.ts';
import { refText } from '../model/object.ts';
import { dateText } from './date-text.ts';
import { blank, type Row, row, span, type Style } from './layout.ts';
import { code, inline } from './markdown-text.ts';
import { renderRows } from './text.ts';
import { severities } from '../model/severities.ts';
import { jsonText } from './json-text.ts';

interface DiffOptions {
  readonly columns?: number;
  readonly color?: boolean;
  /** The least severity that is shown. */
  readonly severity: Severity;
}

type Entry = DiffReport['added'][number] & { readonly before?: Severity; readonly why?: string };
type Part = 'added' | 'worsened' | 'improved' | 'resolved' | 'unseen' | 'ignored';

/** In the order of telling: what a part is called, and what its lines begin with. */
const parts: readonly { readonly part: Part; readonly title: string; readonly mark: string; readonly style?: Style }[] =
  [
    { part: 'added', title: 'new', mark: '+' },
    { part: 'worsened', title: 'worse', mark: '!' },
    { part: 'improved', title: 'better', mark: '~', style: 'good' },
    { part: 'resolved', title: 'resolved', mark: '-', style: 'good' },
    { part: 'unseen', title: 'not seen now', mark: '?', style: 'dim' },
    { part: 'ignored', title: 'ignored now', mark: '.', style: 'dim' },
  ];

/** The difference as JSON, in the form of schema/diff.json. */
export function renderDiffJson(diff: DiffReport): string {
  return jsonText(diff);
}

/** The difference for a person: a line for each problem that changed, marked as in a patch, and the counts. */
export function renderDiffText(diff: DiffReport, { severity, ...screen }: DiffOptions): string {
  const rows = parts.flatMap(({ part, mark, style }) =>
    shownIn(diff, part, severity).map((entry): Row => {
      const was = entry.before === undefined ? '' : ` (was ${entry.before})`;
      return row(
        `${mark} `,
        [
          span(`${entry.severity}${was}`, style ?? entry.severity),
          `  ${refText(entry.object)}: ${entry.message}`,
          span(`  ${entry.code}`, 'dim'),
          entry.why === undefined ? '' : ` (${entry.why})`,
        ],
        '    ',
      );
    }),
  );
  return renderRows(
    [
      row('Old: ', [sideText(diff.old)]),
      row('New: ', [sideText(diff.new)]),
      blank,
      ...rows,
      ...(rows.length === 0 ? [] : [blank]),
      row('', [span(`${countsText(diff)}.`, 'strong'), hiddenText(diff, severity)], '  '),
      ...diff.hints.map((hint) => row('', [span('Hint: ', 'strong'), hint], '  ')),
    ],
    screen,
  );
}

/** The difference for a pull request. */
export function renderDiffMarkdown(diff: DiffReport, { severity }: DiffOptions): string {
  const sections = parts.flatMap(({ part, title }) => {
    const entries = shownIn(diff, part, severity);
    if (entries.length === 0) return [];
    const lines = entries.map(({ severity: now, before, object, message, code: name, why }) => {
      const was = before === undefined ? '' : ` (was ${before})`;
      const unseen = why === undefined ? '' : ` (${inline(why)})`;
      return `- **${now}**${was} ${code(refText(object))}: ${inline(message)} ${code(name)}${unseen}`;
    });
    return [`### ${title.charAt(0).toUpperCase()}${title.slice(1)}`, lines.join('\n')];
  });
  const side = (name: string, one: DiffReport['old']) => `${name}: ${inline(sideText(one))}`;
  return `${[
    '## What changed',
    `${side('Old', diff.old)}  \n${side('New', diff.new)}`,
    `**${countsText(diff)}.**${hiddenText(diff, severity)}`,
    ...sections,
    ...diff.hints.map((hint) => `Hint: ${inline(hint)}`),
  ].join('\n\n')}\n`;
}

function shownIn(diff: DiffReport, part: Part, least: Severity): readonly Entry[] {
  return diff[part].filter(({ severity }) => severities.indexOf(severity) <= severities.indexOf(least));
}

function sideText({ name, cluster, takenAt }: DiffReport['old']): string {
  return `cluster ${cluster}, at ${dateText(takenAt)} (${name})`;
}

/** "2 new, 1 resolved, 5 unchanged"; new and resolved are told also where there are none. */
function countsText({ summary }: DiffReport): string {
  const counts = parts.flatMap(({ part, title }) => {
    const count = total(summary[part]);
    return count > 0 || part === 'added' || part === 'resolved' ? [`${count} ${title}`] : [];
  });
  return [...counts, `${total(summary.unchanged)} unchanged`].join(', ');
}

function hiddenText(diff: DiffReport, least: Severity): string {
  const all = parts.reduce((sum, { part }) => sum + diff[part].length, 0);
  const shown = parts.reduce((sum, { part }) => sum + shownIn(diff, part, least).length, 0);
  return all === shown ? '' : ` Hidden: ${all - shown} less bad (--severity info shows all).`;
}

function total(counts: Readonly<Record<Severity, number>>): number {
  return counts.critical + counts.warning + counts.info;
}
