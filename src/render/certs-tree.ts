import type { CertificateReport, CertificateRow } from '../model/certs-schema.ts';
import { cut, leftText, nameText, styleOf, whereText } from './certs-cells.ts';
import { line, type Row, span } from './layout.ts';
import { columnsOf } from './terminal.ts';

/** Authorities, and below each what it signed; what nobody seen has signed stands alone. */
export function treeRows({ certificates, takenAt }: CertificateReport, columns: number | undefined): readonly Row[] {
  const known = new Set(certificates.flatMap(({ fingerprint }) => fingerprint ?? []));
  const below = Map.groupBy(
    certificates.flatMap((one) =>
      one.issuedBy.filter((issuer) => known.has(issuer)).map((issuer) => ({ issuer, one })),
    ),
    ({ issuer }) => issuer,
  );
  const shown = new Set<CertificateRow>();
  const rows: Row[] = [];
  const add = (one: CertificateRow, depth: number) => {
    const again = shown.has(one);
    shown.add(one);
    const unseen = one.issuer === '-' ? 'issuer not seen' : `issuer ${one.issuer} not seen`;
    const issuer = depth > 0 || one.selfSigned ? '' : `, ${unseen}`;
    const name = cut(nameText(one), Math.max((columns ?? Infinity) - 2 * depth - 26, 16));
    const left = leftText(one, takenAt);
    const where = `${whereText(one)}${issuer}${again && one.authority ? ' (see above)' : ''}`;
    const room = (columns ?? Infinity) - 2 * depth - columnsOf(name) - left.length - 4;
    rows.push(
      line('  '.repeat(depth), [
        span(name, one.authority ? 'strong' : undefined),
        '  ',
        span(left, styleOf(one)),
        span(`  ${cut(where, Math.max(room, 8))}`, 'dim'),
      ]),
    );
    // Two authorities may have signed each other.
    if (again || depth > 8) return;
    for (const child of below.get(one.fingerprint ?? '') ?? []) add(child.one, depth + 1);
  };
  const roots = certificates.filter(({ issuedBy }) => !issuedBy.some((issuer) => known.has(issuer)));
  for (const one of [...roots.filter(({ authority }) => authority), ...roots.filter(({ authority }) => !authority)])
    add(one, 0);
  for (const one of certificates) if (!shown.has(one)) add(one, 0);
  return rows;
}
