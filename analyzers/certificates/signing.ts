import {
  type CauseLink,
  type Certificate,
  type CertificateHolder,
  certificateUsers,
  issuersOf,
  once,
  ref,
  refKey,
  refText,
  type SeenCertificate,
  seenCertificates,
} from '../../src/kit.ts';
import { placesOf } from './places.ts';
import type { View } from './reads.ts';

/**
 * Whether a certificate is there to sign others. `openssl req -x509` makes every certificate an authority, so one that lies first in a
 * chain and has signed nothing that was seen counts as somebody's own, unless an issuer names its Secret.
 */
export function isAuthority(snapshot: View, { certificate, holders }: SeenCertificate): boolean {
  if (!certificate.isAuthority) return false;
  if (signedBy(snapshot).has(certificate)) return true;
  const named = holders.some(({ object }) =>
    certificateUsers(snapshot, object).some((user) => user.field === 'spec.ca.secretName'),
  );
  return named || !holders.some(({ object, field }) => object.kind === 'Secret' && field === 'data[tls.crt]');
}

/** What was seen of the certificates that each authority signed. */
export const signedBy = once((snapshot: View): ReadonlyMap<Certificate, readonly SeenCertificate[]> => {
  const signed = new Map<Certificate, SeenCertificate[]>();
  for (const seen of seenCertificates(snapshot)) {
    for (const { certificate } of issuersOf(snapshot)(seen.certificate)) {
      const known = signed.get(certificate);
      if (known === undefined) signed.set(certificate, [seen]);
      else known.push(seen);
    }
  }
  return signed;
});

/**
 * Links to an authority: to the one of its places on which a finding about it stands, and to what the API server checks by it, where that
 * has findings of its own.
 */
export function authorityLinks(snapshot: View, authority: SeenCertificate, from: CertificateHolder): CauseLink[] {
  const first = placesOf(snapshot, authority).slice(0, 1);
  const bundles = authority.holders.filter(({ field }) => field.endsWith('caBundle'));
  const objects = new Map([...first, ...bundles].map(({ object }) => [refKey(ref(object)), ref(object)]));
  return [...objects.values()].map((object) => {
    const value = `signed by ${authority.certificate.subject} in ${refText(object)}`;
    return { object, needs: 'issue', via: { field: from.field, value }, certainty: 'sure' };
  });
}
