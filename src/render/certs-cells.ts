import { refText } from '../model/object.ts';
import type { CertificateRow } from '../model/certs-schema.ts';
import type { Style } from './layout.ts';

/** Days to its end. */
export function leftText({ daysLeft, state }: CertificateRow): string {
  return state === 'not yet valid' ? 'not yet' : `${daysLeft}d`;
}

/** The colour of how it stands. */
export function styleOf(one: CertificateRow | undefined): Style {
  return one?.severity ?? 'good';
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
