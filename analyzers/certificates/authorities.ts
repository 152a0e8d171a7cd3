import {
  type Certificate,
  type CertificateHolder,
  certificateUsers,
  computed,
  type Draft,
  type Expiry,
  expiryOf,
  field,
  holderRenewal,
  issuersOf,
  millis,
  ref,
  renewedExpiryOf,
  type SeenCertificate,
  seenCertificates,
  type Severity,
  timeText,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { isCluster, placesOf } from './places.ts';
import { authorityLinks, isAuthority, signedBy } from './signing.ts';
import type { Limits, View } from './reads.ts';
import { certificateText, endText, listText, pathValues } from './words.ts';

/** Authorities that have expired or are about to: whatever they signed fails with them, however long it is valid itself. */
export function* authorities(snapshot: View, limits: Limits): Iterable<Draft<Code>> {
  const now = millis(snapshot.takenAt) ?? 0;
  for (const seen of seenCertificates(snapshot)) {
    if (!isAuthority(snapshot, seen)) continue;
    const places = placesOf(snapshot, seen);
    const [first] = places;
    if (first === undefined) continue;
    const renewed =
      seen.holders.some((one) => holderRenewal(snapshot, one, seen.certificate) !== undefined) ||
      isManagedUnseen(snapshot, seen.certificate);
    const expiry = renewed
      ? renewedExpiryOf(seen.certificate, now)
      : expiryOf(seen.certificate, now, {
          critical: limits.authorityCritical,
          warning: limits.authorityWarning,
          info: limits.authorityInfo,
        });
    if (expiry !== undefined) yield finding(snapshot, { seen, places, first, expiry, now });
  }
}

interface Case {
  readonly seen: SeenCertificate;
  readonly places: readonly CertificateHolder[];
  readonly first: CertificateHolder;
  readonly expiry: Expiry;
  readonly now: number;
}

function finding(snapshot: View, { seen, places, first, expiry, now }: Case): Draft<Code> {
  const { certificate } = seen;
  const signed = (signedBy(snapshot).get(certificate) ?? []).filter(({ holders }) =>
    holders.some(({ object }) => object.kind === 'Secret'),
  );
  const names = [...new Set(signed.map((one) => one.certificate.names[0] ?? one.certificate.subject))];
  const effect = isCluster(first)
    ? `; ${clusterEffect(first)}`
    : names.length === 0
      ? ''
      : `; it signed ${listText(names)}`;
  const more = places.length > 1 ? `; it is in ${places.length - 1} more places` : '';
  const code =
    expiry.state === 'expired'
      ? 'CertificateAuthorityExpired'
      : expiry.state === 'expiring'
        ? 'CertificateAuthorityExpiring'
        : 'CertificateNotYetValid';
  const links = issuersOf(snapshot)(certificate).flatMap((authority) => authorityLinks(snapshot, authority, first));
  return {
    code,
    object: ref(first.object),
    key: certificate.subject,
    severity: severityOf(snapshot, { seen, places, expiry, signed }),
    message: `authority ${certificate.subject} in ${first.field} ${endText(certificate, now)}${effect}${more}`,
    evidence: [
      field(first.object, first.field, certificateText(certificate)),
      ...signed
        .slice(0, 3)
        .flatMap((one) =>
          one.holders
            .slice(0, 1)
            .map((holder) =>
              computed(holder.object, `${holder.field} is signed by it and ends ${timeText(one.certificate.notAfter)}`),
            ),
        ),
    ],
    ...(links.length === 0 ? {} : { causes: links }),
    ...(expiry.state === 'expired' ? { since: timeText(certificate.notAfter) } : {}),
    values: {
      ...pathValues(first),
      subject: certificate.subject,
      ...(isCluster(first) ? { cluster_authority: certificate.subject } : {}),
    },
  };
}

/** What the cluster's own authorities are there for, by the field they are in. */
function clusterEffect({ field: path }: CertificateHolder): string {
  if (path.includes('requestheader-client-ca')) return 'aggregated APIs accept the calls of the API server by it';
  if (path.includes('client-ca')) return 'the API server accepts the certificates of its clients by it';
  return 'every component of the cluster trusts the API server by it';
}

/** Whether a Certificate whose Secret may not be read is this authority: their dates are the same to the second. */
function isManagedUnseen(snapshot: View, { notBefore, notAfter }: Certificate): boolean {
  return snapshot
    .list('certificates.cert-manager.io')
    .items.some(
      ({ spec, status }) =>
        spec.isCA === true && millis(status?.notBefore) === notBefore && millis(status?.notAfter) === notAfter,
    );
}

function severityOf(
  snapshot: View,
  {
    seen,
    places,
    expiry: { severity },
    signed,
  }: Pick<Case, 'seen' | 'places' | 'expiry'> & { readonly signed: readonly SeenCertificate[] },
): Severity {
  if (places.some((one) => isCluster(one) || ['CertificateRequest', 'Config', 'Kafka'].includes(one.object.kind)))
    return severity;
  const used = (holders: readonly CertificateHolder[]) =>
    holders.some(({ object }) => certificateUsers(snapshot, object).length > 0);
  const signs = signed.some((one) => used(one.holders));
  const issues = places.some(({ use }) => use === 'chain') && used(seen.holders);
  if (signs || issues) return severity;
  // Trusted by somebody, but nothing that it signed was seen: it may be of no use any more.
  return used(places) && severity !== 'info' ? 'warning' : 'info';
}
