import type { CertificateReport } from '../model/certs-schema.ts';
import { clusterRow } from './cluster-row.ts';
import { blank, layout, type Row, row, type Span, span } from './layout.ts';
import { tableRows } from './certs-table.ts';
import { treeRows } from './certs-tree.ts';
import { jsonText } from './json-text.ts';

export interface CertificateTextOptions {
  /** How wide the screen is; undefined where nobody looks: then lines are as long as they have to be. */
  readonly columns?: number;
  readonly color?: boolean;
  /** Authorities first, what they signed below them. */
  readonly tree?: boolean;
}

/** The certificates of a cluster, one line each, worst first; or as a tree of who signed whom. */
export function renderCertsText(report: CertificateReport, options: CertificateTextOptions = {}): string {
  const { columns, color = false, tree = false } = options;
  const { certificates } = report;
  const room = columns === undefined ? undefined : Math.max(40, columns);
  const rows: readonly Row[] = [
    ...headRows(report),
    ...(certificates.length === 0 ? [] : [blank, ...(tree ? treeRows(report, room) : tableRows(report, room))]),
    ...footRows(report),
  ];
  return layout(rows, { columns: room ?? 160, color });
}

/** The same as JSON. */
export function renderCertsJson(report: CertificateReport): string {
  return jsonText(report);
}

function headRows(report: CertificateReport): readonly Row[] {
  const { certificates } = report;
  const over = certificates.filter(({ state }) => state === 'expired');
  const expired = over.filter(({ severity }) => severity !== 'info').length;
  const soon = certificates.filter(({ state, severity }) => state === 'expiring' && severity !== 'info').length;
  const count = certificates.length === 1 ? '1 certificate' : `${certificates.length} certificates`;
  const facts: (Span | string)[] = [count];
  if (expired > 0) facts.push(', ', span(`${expired} expired`, 'critical'));
  if (over.length > expired) facts.push(`, ${over.length - expired} expired and replaced`);
  if (soon > 0) facts.push(', ', span(`${soon} near the end`, 'warning'));
  return [clusterRow(report), row('', facts, '  ')];
}

function footRows({ bundled, gaps }: CertificateReport): readonly Row[] {
  const notes = [
    ...(bundled === 0 ? [] : [`${bundled} authorities in large bundles are not listed.`]),
    ...gaps.map(({ name, reason }) => `Not seen: ${name} (${reason}).`),
  ];
  return notes.length === 0 ? [] : [blank, ...notes.map((note) => row('', [span(note, 'dim')], '  '))];
}
