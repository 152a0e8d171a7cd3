import type { Severity } from '../model/finding.ts';
import { refText } from '../model/object.ts';
import type { Report, ReportIncident } from '../model/report.ts';
import { dateText } from './date-text.ts';
import type { RenderOptions } from './formats.ts';
import type { Row } from './layout.ts';
import { headlineText, incidentBlocks } from './markdown-incident.ts';
import { code, inline } from './markdown-text.ts';
import { baselineRows } from './text-baseline.ts';
import { checkedText, coverageRows, joined } from './text-coverage.ts';
import type { IncidentContext } from './text-incident.ts';
import { severities } from '../model/severities.ts';

/** GitHub takes comments of so many characters. Bytes are counted here, of which there are never fewer. */
const largest = 65_536;
/** How much of the room is for incidents in full, where not all fit: the others are told in a line each. */
const inFull = 0.75;
/** What the line takes that says what was left out. */
const reserve = 400;
const shownIgnored = 20;

/** The report for a comment on a pull request, in GitHub Flavored Markdown of at most 65,536 characters, worst first. */
export function renderMarkdown(report: Report, options: RenderOptions = {}): string {
  const { titleOf = () => undefined } = options;
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  const context: IncidentContext = { report, titleOf, all: false, problemOf: (id) => problems.get(id) };
  const head = text([`### ${verdictText(report)}`, factsText(report), countsTable(report)]);
  const tail = text([...rowTexts(baselineRows(report, false)), ...ignoredBlocks(report), ...coverageTexts(report)]);
  return head + incidentsText(context, largest - bytes(head) - bytes(tail) - reserve) + tail;
}

/** Incidents in full as long as there is room, then in a line each, then their number. */
function incidentsText(context: IncidentContext, room: number): string {
  const { report } = context;
  const parts: string[] = [];
  let used = 0;
  let brief = false;
  let told = 0;
  for (const incident of report.incidents) {
    const full: string = brief || incident.severity === 'info' ? '' : text(incidentBlocks(incident, told + 1, context));
    const fits: boolean = full !== '' && used + bytes(full) <= room * inFull;
    const part = fits ? full : `${brief ? '' : '#### In short\n\n'}- ${headlineText(incident, context)}\n`;
    if (used + bytes(part) > room) break;
    brief ||= !fits;
    parts.push(part);
    used += bytes(part);
    told += 1;
  }
  return `${parts.join('')}${brief ? '\n' : ''}${leftOutText(report.incidents.slice(told))}`;
}

function leftOutText(incidents: readonly ReportIncident[]): string {
  if (incidents.length === 0) return '';
  const counts = severities.flatMap((severity) => {
    const count = incidents.filter((incident) => incident.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  const noun = incidents.length === 1 ? 'incident is' : 'incidents are';
  return text([
    `**${joined(counts)} ${noun} left out**: a comment on GitHub holds no more. \`mekhanikube analyze -o json\` tells all.`,
  ]);
}

function verdictText({ summary, status, complete, stats, baseline }: Report): string {
  if (stats.objects === 0) return 'Nothing was checked: no object was seen';
  if (status === 'ok') return complete ? 'No problems found' : 'No problems found in what could be seen';
  const counts = severities.flatMap((one) => (summary.incidents[one] > 0 ? [`${summary.incidents[one]} ${one}`] : []));
  const total = severities.reduce((sum, one) => sum + summary.incidents[one], 0);
  const fresh = baseline === undefined ? 0 : severities.reduce((sum, one) => sum + baseline.new[one], 0);
  const news = baseline === undefined ? '' : `, ${fresh === 0 ? 'nothing' : fresh} new`;
  return `${joined(counts)} ${total === 1 ? 'incident' : 'incidents'}${news}`;
}

function factsText(report: Report): string {
  const { cluster, scope, takenAt, stats, stale } = report;
  const version = cluster.version === undefined ? '' : ` (${inline(cluster.version)})`;
  const limits = [
    ...scope.namespaces.map((name) => `namespace ${code(name)}`),
    ...(scope.selector === undefined ? [] : [`labels ${code(scope.selector)}`]),
    ...scope.filters.map((name) => `only ${code(name)}`),
    ...scope.targets.map(code),
  ];
  const where = limits.length === 0 ? 'all namespaces' : joined(limits);
  const old = stale === undefined ? '' : ` **Stale** since ${inline(dateText(stale.since))}: ${inline(stale.reason)}.`;
  return `Cluster ${code(cluster.name)}${version}, ${where}, ${inline(dateText(takenAt))}. Checked ${inline(checkedText(report))} for ${stats.codes} kinds of problem.${old}`;
}

function countsTable({ summary, baseline }: Report): string {
  const row = (name: string, counts: Readonly<Record<Severity, number>>) =>
    `| ${name} | ${severities.map((severity) => counts[severity]).join(' | ')} |`;
  const ignored = severities.some((severity) => summary.suppressed[severity] > 0);
  return [
    `| | ${severities.join(' | ')} |`,
    `| --- |${severities.map(() => ' ---: |').join('')}`,
    row('incidents', summary.incidents),
    row('problems', summary.problems),
    ...(baseline === undefined ? [] : [row('of these new', baseline.new)]),
    ...(ignored ? [row('ignored', summary.suppressed)] : []),
  ].join('\n');
}

function ignoredBlocks({ suppressed }: Report): readonly string[] {
  if (suppressed.length === 0) return [];
  const lines = suppressed.slice(0, shownIgnored).map(({ object, message, by, reason, until }) => {
    const why = [`by ${by}`, ...(reason === undefined ? [] : [inline(reason)])].join(': ');
    return `- ${code(refText(object))}: ${inline(message)} (${why}${until === undefined ? '' : `, until ${inline(dateText(until))}`})`;
  });
  const rest = suppressed.length - lines.length;
  const noun = suppressed.length === 1 ? 'problem is' : 'problems are';
  return [
    `<details><summary>${suppressed.length} ${noun} ignored</summary>`,
    [...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n'),
    '</details>',
  ];
}

/** What could not be seen, assumptions and hints: the first few of each. */
function coverageTexts(report: Report): readonly string[] {
  const { assumptions, hints } = report;
  return rowTexts(coverageRows({ ...report, assumptions: assumptions.slice(0, 5), hints: hints.slice(0, 5) }, false));
}

function rowTexts(rows: readonly Row[]): readonly string[] {
  return rows.map(({ first, spans }) => inline(`${first}${spans.map((one) => one.text).join('')}`));
}

/** Blocks, each followed by an empty line. */
function text(blocks: readonly string[]): string {
  return blocks.map((block) => `${block}\n\n`).join('');
}

function bytes(part: string): number {
  return Buffer.byteLength(part);
}
