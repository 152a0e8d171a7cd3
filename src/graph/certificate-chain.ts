import type { Snapshot } from '../model/snapshot.ts';
import { type CertificateReads, issuersOf, type SeenCertificate } from './certificate-holders.ts';
import type { Certificate } from './x509.ts';

/** Where a certificate's chain ends before the certificate itself does. */
export interface ChainEnd {
  /** The authority that ends first. */
  readonly authority: SeenCertificate;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/**
 * The authority whose end is that of a certificate, too, for it ends before it: clients check the whole chain. Undefined where the chain
 * lasts, or was not seen. Of several authorities of one name and key, as there are while one is replaced, the last to end counts; and
 * above the direct issuer only roots do, for whoever trusts an authority needs none that has signed it in turn (cross-signing).
 */
export function chainEnd(snapshot: Snapshot<CertificateReads>, certificate: Certificate): ChainEnd | undefined {
  const issuers = issuersOf(snapshot);
  const endOf = (authority: SeenCertificate): ChainEnd => {
    const own = { authority, notAfter: authority.certificate.notAfter };
    if (authority.certificate.selfSigned) return own;
    const above = issuers(authority.certificate);
    if (above.length === 0 || !above.every((one) => one.certificate.selfSigned)) return own;
    const root = above.map((one) => ({ authority: one, notAfter: one.certificate.notAfter })).reduce(later);
    return root.notAfter < own.notAfter ? root : own;
  };
  const ends = issuers(certificate).map(endOf);
  const end = ends.length === 0 ? undefined : ends.reduce(later);
  return end !== undefined && end.notAfter < certificate.notAfter ? end : undefined;
}

function later(one: ChainEnd, other: ChainEnd): ChainEnd {
  return other.notAfter > one.notAfter ? other : one;
}
