import type { Report, ReportIncident } from '../model/report.ts';
import type { RenderOptions } from './formats.ts';
import { clusterRow } from './cluster-row.ts';
import { baselineRows } from './text-baseline.ts';
import { checkedText, coverageRows, joined } from './text-coverage.ts';
import { ignoredRows } from './text-ignored.ts';
import { headline, type IncidentContext, incidentRows } from './text-incident.ts';
import { blank, layout, type Row, row, span } from './layout.ts';
import { severities } from '../model/severities.ts';

/** How many incidents are told in full; of the others only the first line is shown. */
const inFull = 12;
const narrowest = 40;
const widest = 120;

/**
 * The report for a person at a terminal. Lines that begin with CRITICAL, WARNING or INFO are the first lines of incidents, and no
 * other line begins so: they can be counted with grep.
 */
export function renderText(report: Report, options: RenderOptions = {}): string {
  const { columns = 80, color = false, severity = 'warning', all = false, titleOf = () => undefined } = options;
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  const least = severities.indexOf(severity);
  const visible = report.incidents.filter((incident) => severities.indexOf(incident.severity) <= least);
  const full = all ? visible.length : inFull;
  const context: IncidentContext = { report, problemOf: (id: string) => problems.get(id), titleOf, all };
  const rows = [
    ...headRows(report),
    blank,
    ...visible.slice(0, full).flatMap((incident) => incidentRows(incident, context)),
    ...briefRows(visible.slice(full), context),
    summaryRow(report, least),
    ...hiddenRows(report, least),
    ...baselineRows(report, all),
    ...ignoredRows(report, all),
    ...coverageRows(report, all),
  ];
  return renderRows(rows, { columns, color });
}

/** Rows of text as wide as the report is. */
export function renderRows(rows: readonly Row[], options: Pick<RenderOptions, 'columns' | 'color'>): string {
  const { columns = 80, color = false } = options;
  return layout(rows, { columns: Math.min(widest, Math.max(narrowest, columns)), color });
}

function headRows(report: Report): readonly Row[] {
  const { namespaces, selector, filters, targets } = report.scope;
  const parts = [
    namespaces.length === 0
      ? 'all namespaces'
      : `${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${joined(namespaces)}`,
    ...(selector === undefined ? [] : [`labels ${selector}`]),
    ...(filters.length === 0 ? [] : [`only ${joined(filters)}`]),
    ...(targets.length === 0 ? [] : [joined(targets)]),
  ];
  return [clusterRow(report), row('', [`Scope: ${parts.join(', ')}`], '  ')];
}

/** The first lines of incidents, and how to see the rest of them. */
function briefRows(incidents: readonly ReportIncident[], context: IncidentContext): readonly Row[] {
  const named = incidents.map(({ object }) => targetCommand(object)).find((command) => command !== undefined);
  if (incidents.length === 0) return [];
  const example = named === undefined ? [] : [', or name an object: ', span(named, 'command')];
  return [
    ...incidents.map((incident) => headline(incident, context)),
    row('  ', ['To see these in full: --all', ...example], '  '),
    blank,
  ];
}

/** Undefined for names that no API server would take and that a shell might act upon. */
function targetCommand({ kind, namespace, name }: ReportIncident['object']): string | undefined {
  const words = [`${kind.toLowerCase()}/${name}`, ...(namespace === undefined ? [] : ['-n', namespace])];
  return words.every((word) => /^[\w./:-]+$/.test(word)) ? `mekhanikube analyze ${words.join(' ')}` : undefined;
}

function summaryRow(report: Report, least: number): Row {
  const { incidents, problems } = report.summary;
  const checked = `Checked ${checkedText(report)} for ${count(report.stats.codes, 'kind')} of problem.`;
  if (report.stats.objects === 0) return row('', [span('Nothing was checked: no object was seen.', 'warning')], '  ');
  const where = report.complete ? '' : ' in what could be seen';
  if (report.status === 'ok') {
    const told = severities[least] === 'info' ? incidents.info : 0;
    const verdict = told === 0 ? 'No problems found' : 'Nothing critical and no warning found';
    const rest = told === 0 ? '' : `, ${told} info ${told === 1 ? 'incident' : 'incidents'}`;
    return row('', [span(`${verdict}${where}${rest}.`, 'good'), ` ${checked}`], '  ');
  }
  const counts = severities.filter((one) => incidents[one] > 0).map((one) => span(`${incidents[one]} ${one}`, one));
  const total = severities.reduce((sum, one) => sum + incidents[one], 0);
  const all = severities.reduce((sum, one) => sum + problems[one], 0);
  const listed = counts.flatMap((one, index) => (index === 0 ? [one] : [span(', '), one]));
  const rest = ` ${total === 1 ? 'incident' : 'incidents'} (${count(all, 'problem')}). ${checked}`;
  return row('', [...listed, rest], '  ');
}

function hiddenRows({ summary }: Report, least: number): readonly Row[] {
  const hidden = severities.filter((one, index) => index > least && summary.incidents[one] > 0);
  const last = hidden.at(-1);
  if (last === undefined) return [];
  const total = hidden.reduce((sum, one) => sum + summary.incidents[one], 0);
  const counts = hidden.map((one) => `${summary.incidents[one]} ${one}`).join(' and ');
  return [
    row(
      '',
      [
        `Hidden: ${counts} ${total === 1 ? 'incident' : 'incidents'} (--severity ${last} shows ${total === 1 ? 'it' : 'them'}).`,
      ],
      '  ',
    ),
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
