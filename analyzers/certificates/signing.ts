import {
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

/** Links to wherever the authority lies, for its finding stands on one of these objects. */
export function authorityLinks({ certificate, holders }: SeenCertificate, from: CertificateHolder) {
  const objects = new Map(holders.map(({ object }) => [refKey(ref(object)), ref(object)]));
  return [...objects.values()].map((object) => ({
    object,
    needs: 'issue' as const,
    via: { field: from.field, value: `signed by ${certificate.subject} in ${refText(object)}` },
    certainty: 'sure' as const,
  }));
}
