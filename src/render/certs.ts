import type { CertificateReport, CertificateRow } from '../model/certs-schema.ts';
import { type ObjectRef, refText } from '../model/object.ts';
import { blank, layout, line, type Row, row, type Span, span } from './layout.ts';
import { leftText, nameText, styleOf, whereText } from './certs-cells.ts';
import { treeRows } from './certs-tree.ts';
import { clean, columnsOf, escapeJson } from './terminal.ts';

export interface CertificateTextOptions {
  readonly columns?: number;
  readonly color?: boolean;
  /** Authorities first, what they signed below them. */
  readonly tree?: boolean;
}

/** The certificates of a cluster, one line each, worst first; or as a tree of who signed whom. */
export function renderCertsText(report: CertificateReport, options: CertificateTextOptions = {}): string {
  const { columns = 160, color = false, tree = false } = options;
  const { certificates } = report;
  const rows: readonly Row[] = [
    ...headRows(report),
    ...(certificates.length === 0 ? [] : [blank, ...(tree ? treeRows(certificates) : tableRows(certificates))]),
    ...footRows(report),
  ];
  return layout(rows, { columns: Math.max(40, columns), color });
}

/** The same as JSON. */
export function renderCertsJson(report: CertificateReport): string {
  return `${escapeJson(JSON.stringify(report, undefined, 2))}\n`;
}

function headRows({ cluster, certificates, takenAt }: CertificateReport): readonly Row[] {
  const expired = certificates.filter(({ state }) => state === 'expired').length;
  const soon = certificates.filter(({ state, severity }) => state === 'expiring' && severity !== 'info').length;
  const count = certificates.length === 1 ? '1 certificate' : `${certificates.length} certificates`;
  const facts: (Span | string)[] = ['Cluster ', span(cluster.name, 'strong'), ` at ${takenAt}: ${count}`];
  if (expired > 0) facts.push(', ', span(`${expired} expired`, 'critical'));
  if (soon > 0) facts.push(', ', span(`${soon} near the end`, 'warning'));
  return [row('', facts, '  ')];
}

function footRows({ bundled, gaps }: CertificateReport): readonly Row[] {
  const notes = [
    ...(bundled === 0 ? [] : [`${bundled} authorities in large bundles are not listed.`]),
    ...gaps.map(({ name, reason }) => `Not seen: ${name} (${reason}).`),
  ];
  return notes.length === 0 ? [] : [blank, ...notes.map((note) => row('', [span(note, 'dim')], '  '))];
}

const headings = ['LEFT', 'NAME', 'WHERE', 'ISSUER', 'USED BY', 'RENEWED BY'] as const;
const widest = [8, 36, 48, 32, 40, 56] as const;

function tableRows(certificates: readonly CertificateRow[]): readonly Row[] {
  const cells = certificates.map((one) => [
    leftText(one),
    nameText(one),
    whereText(one),
    one.selfSigned ? 'itself' : one.issuer,
    usersText(one),
    renewalText(one),
  ]);
  const widths = headings.map((heading, index) =>
    Math.min(
      widest[index] ?? 30,
      Math.max(columnsOf(heading), ...cells.map((texts) => columnsOf(clean(texts[index] ?? '')))),
    ),
  );
  const pad = (text: string, index: number) => padded(cut(text, widths[index] ?? 30), widths[index] ?? 30);
  return [
    line('', [span(headings.map(pad).join('  ').trimEnd(), 'dim')]),
    ...cells.map((texts, index) =>
      line('', [
        span(pad(texts[0] ?? '', 0), styleOf(certificates[index])),
        `  ${texts
          .slice(1)
          .map((text, at) => pad(text, at + 1))
          .join('  ')
          .trimEnd()}`,
      ]),
    ),
  ];
}

function usersText({ users, places }: CertificateRow): string {
  const all: readonly ObjectRef[] = [
    ...users,
    ...places.map(({ object }) => object).filter(({ kind }) => /Webhook|APIService|CustomResource/.test(kind)),
  ];
  const [first] = all;
  if (first === undefined) return '-';
  return `${refText(first)}${all.length > 1 ? ` +${all.length - 1}` : ''}`;
}

function renewalText({ renewal }: CertificateRow): string {
  if (renewal === undefined) return '-';
  return renewal.at === undefined ? renewal.by : `${renewal.by}, next ${renewal.at.slice(0, 10)}`;
}

function cut(text: string, width: number): string {
  const safe = clean(text);
  if (columnsOf(safe) <= width) return safe;
  let kept = '';
  for (const char of safe) {
    if (columnsOf(kept + char) > width - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

function padded(text: string, width: number): string {
  return `${text}${' '.repeat(Math.max(0, width - columnsOf(text)))}`;
}
