import type { CertificateReport, CertificateRow } from '../model/certs-schema.ts';
import { cut, leftText, nameText, padded, renewalText, styleOf, usersText, whereText } from './certs-cells.ts';
import { line, type Row, row, span } from './layout.ts';
import { clean, columnsOf } from './terminal.ts';

const headings = ['LEFT', 'NAME', 'WHERE', 'ISSUER', 'USED BY', 'RENEWED BY'] as const;
/** How much of each is shown at least where the screen is narrow. */
const enough = [8, 32, 44, 28, 36, 44] as const;

/**
 * One line per certificate where that fits, with long cells cut if need be; on a narrow screen two lines, of which the second says who
 * signed, uses and renews it.
 */
export function tableRows(report: CertificateReport, columns: number | undefined): readonly Row[] {
  const all = report.certificates.map((one) => ({ one, cells: cellsOf(one, report.takenAt) }));
  const natural = headings.map((heading, index) =>
    Math.max(columnsOf(heading), ...all.map(({ cells }) => columnsOf(cells[index] ?? ''))),
  );
  const short = natural.map((width, index) => Math.min(width, enough[index] ?? width));
  if (columns === undefined || total(natural) <= columns) return lines(all, natural);
  return total(short) <= columns ? lines(all, short) : pairs(all, natural, columns);
}

interface Item {
  readonly one: CertificateRow;
  readonly cells: readonly string[];
}

function cellsOf(one: CertificateRow, takenAt: string): readonly string[] {
  return [
    leftText(one, takenAt),
    nameText(one),
    whereText(one),
    one.selfSigned ? 'itself' : one.issuer,
    usersText(one),
    renewalText(one),
  ].map(clean);
}

function lines(all: readonly Item[], widths: readonly number[]): readonly Row[] {
  return [headingRow(widths), ...all.map((item) => cellRow(item, widths))];
}

function pairs(all: readonly Item[], natural: readonly number[], columns: number): readonly Row[] {
  const [left = 8, name = 20, where = 40] = natural;
  const room = columns - left - 4;
  const names = Math.min(name, Math.max(room - where, Math.floor(room * 0.4)));
  const widths = [left, names, Math.min(where, room - names)];
  return [headingRow(widths), ...all.flatMap((item) => [cellRow(item, widths), restRow(item, left)])];
}

function headingRow(widths: readonly number[]): Row {
  const text = widths.map((width, index) => padded(headings[index] ?? '', width)).join('  ');
  return line('', [span(text.trimEnd(), 'dim')]);
}

function cellRow({ one, cells }: Item, widths: readonly number[]): Row {
  const [left = '', ...others] = widths.map((width, index) => padded(cut(cells[index] ?? '', width), width));
  return line('', [span(left, styleOf(one)), `  ${others.join('  ').trimEnd()}`]);
}

function restRow({ cells: [, , , issuer = '', users = '', renewal = ''] }: Item, left: number): Row {
  const words = [
    `signed by ${issuer}`,
    ...(users === '-' ? [] : [`used by ${users}`]),
    ...(renewal === '-' ? [] : [`renewed by ${renewal}`]),
  ];
  return row(' '.repeat(left + 2), [span(words.join('; '), 'dim')]);
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1);
}
