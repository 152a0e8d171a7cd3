import { duration } from '../graph/time.ts';
import type { CertificateRow } from '../model/certs-schema.ts';
import { type ObjectRef, refText } from '../model/object.ts';
import type { Style } from './layout.ts';
import { clean, columnsOf } from './terminal.ts';

/** How long it is to its end: days, and hours where it is less than two days. */
export function leftText({ daysLeft, notAfter, state }: CertificateRow, takenAt: string): string {
  if (state === 'not yet valid') return 'not yet';
  const seconds = (Date.parse(notAfter) - Date.parse(takenAt)) / 1000;
  // What ended two days and a half ago ended two days ago, as it is said elsewhere.
  if (!(Math.abs(seconds) < 2 * 86_400)) return `${daysLeft < 0 ? Math.ceil(seconds / 86_400) : daysLeft}d`;
  const length = Math.abs(seconds);
  return `${seconds < 0 ? '-' : ''}${length < 3_600 ? duration(length) : `${Math.floor(length / 3_600)}h`}`;
}

/** The colour of how it stands. */
export function styleOf(one: CertificateRow): Style {
  return one.severity ?? 'good';
}

/** Its first name, and how many more it has. */
export function nameText({ names, subject, authority }: CertificateRow): string {
  const [first] = names;
  if (first === undefined) return authority ? `${subject} (CA)` : subject;
  const more = names.length > 1 ? ` +${names.length - 1}` : '';
  return `${first}${more}${authority ? ' (CA)' : ''}`;
}

/** The first place where it lies, and how many more there are. */
export function whereText({ places }: CertificateRow): string {
  const [first] = places;
  if (first === undefined) return '';
  const key = /^data\[(.*)\]$/s.exec(first.field)?.[1];
  const more = places.length > 1 ? ` +${places.length - 1}` : '';
  return `${refText(first.object)}${key === undefined ? '' : ` ${key}`}${more}`;
}

/** Who uses it, or checks others by it, and how many more there are; a dash where nobody is known to. */
export function usersText({ users, places }: CertificateRow): string {
  const all: readonly ObjectRef[] = [
    ...users,
    ...places.map(({ object }) => object).filter(({ kind }) => /Webhook|APIService|CustomResource/.test(kind)),
  ];
  const [first] = all;
  if (first !== undefined) return `${refText(first)}${all.length > 1 ? ` +${all.length - 1}` : ''}`;
  return places.some(({ object }) => object.name === 'kube-root-ca.crt') ? 'the cluster' : '-';
}

/** Who renews it, and when next; a dash where nobody is known to. */
export function renewalText({ renewal }: CertificateRow): string {
  if (renewal === undefined) return '-';
  return renewal.at === undefined ? renewal.by : `${renewal.by}, next ${renewal.at.slice(0, 10)}`;
}

/** A text that takes no more columns than that, with an ellipsis where it was longer. */
export function cut(text: string, width: number): string {
  const safe = clean(text);
  if (columnsOf(safe) <= width) return safe;
  let kept = '';
  for (const char of safe) {
    if (columnsOf(kept + char) > width - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

/** A text that takes so many columns at least. */
export function padded(text: string, width: number): string {
  return `${text}${' '.repeat(Math.max(0, width - columnsOf(text)))}`;
}
