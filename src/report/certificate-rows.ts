import { expiryOf, renewedExpiryOf } from '../graph/certificate-expiry.ts';
import {
  type CertificateHolder,
  type CertificateReads,
  issuersOf,
  type SeenCertificate,
  seenCertificates,
} from '../graph/certificate-holders.ts';
import { holderRenewal } from '../graph/certificate-renewal.ts';
import { certificateUsers, type CertificateUserReads } from '../graph/certificate-users.ts';
import { millis } from '../graph/time.ts';
import type { Certificate } from '../graph/x509.ts';
import type { CertificateReport, CertificateRow } from '../model/certs-schema.ts';
import { ref, refKey } from '../model/object.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type CertificateLimits, datesOf, type RowContext, toldRows } from './told-certificates.ts';

type Reads = CertificateReads | CertificateUserReads | 'certificates.cert-manager.io' | 'clusters.postgresql.cnpg.io';

/**
 * Every certificate of a cluster, each once, worst first. `namespaces` keeps those that lie in them, or are used there; empty means all.
 * `bundled` counts the authorities that are left out because they lie only in large bundles.
 */
export function certificateRows(
  snapshot: Snapshot<Reads>,
  { limits, namespaces }: { readonly limits: CertificateLimits; readonly namespaces: readonly string[] },
): Pick<CertificateReport, 'certificates' | 'bundled'> {
  const now = millis(snapshot.takenAt) ?? 0;
  const seen = seenCertificates(snapshot).filter((one) => !isHistory(snapshot, one));
  const listed = seen.filter(({ holders }) => holders.some(({ certificates }) => certificates.length <= largeBundle));
  const rows = [
    ...listed.map((one) => rowOf(snapshot, one, { now, limits })),
    ...toldRows(snapshot, { now, limits }),
  ].filter((row) => isIn(row, namespaces));
  return { certificates: rows.sort(compareRows), bundled: seen.length - listed.length };
}

/** Distributions ship some 140 public authorities in one bundle. */
const largeBundle = 20;

/** Earlier certificates that cert-manager still holds in its requests, where the Secrets show which are in use. */
function isHistory(snapshot: Snapshot<Reads>, { holders }: SeenCertificate): boolean {
  return (
    snapshot.list('secrets').complete &&
    holders.every(
      ({ object }) => object.kind === 'CertificateRequest' || object.kind === 'CertificateSigningRequest',
    ) &&
    holders.some(({ object }) => object.kind === 'CertificateRequest')
  );
}

function rowOf(
  snapshot: Snapshot<Reads>,
  { certificate, holders }: SeenCertificate,
  { now, limits }: RowContext,
): CertificateRow {
  const places = holders.toSorted((one, other) => rank(one, certificate) - rank(other, certificate));
  const own = holders.filter(({ use, certificates }) => use === 'bundle' || certificates[0] === certificate);
  const users = new Map(
    (own.length > 0 ? own : holders)
      .filter(({ object }) => object.kind !== 'ConfigMap' || object.metadata.name !== 'kube-root-ca.crt')
      .flatMap(({ object }) => certificateUsers(snapshot, object))
      .map(({ object }) => [refKey(object), object] as const),
  );
  const renewal = holders.flatMap((one) => holderRenewal(snapshot, one, certificate) ?? [])[0];
  const expiry =
    renewal === undefined
      ? expiryOf(certificate, now, certificate.isAuthority ? limits.authority : limits.own)
      : renewedExpiryOf(certificate, now);
  const { fingerprint, subject, names, issuer, isAuthority, selfSigned, key, notBefore, notAfter } = certificate;
  return {
    fingerprint,
    subject,
    names,
    issuer,
    issuedBy: issuersOf(snapshot)(certificate).map((one) => one.certificate.fingerprint),
    authority: isAuthority,
    selfSigned,
    key,
    ...datesOf(notBefore, notAfter, now),
    state: expiry?.state ?? 'ok',
    ...(expiry === undefined ? {} : { severity: isReplaced(certificate, holders, now) ? 'info' : expiry.severity }),
    places: places.map(({ object, field }) => ({ object: ref(object), field })),
    users: [...users.values()],
    ...(renewal === undefined
      ? {}
      : { renewal: { by: renewal.by, ...(renewal.at === undefined ? {} : { at: renewal.at }) } }),
  };
}

/** Whether it has ended, and lies only in bundles beside one that is valid: such are kept until nobody asks for them any more. */
function isReplaced({ notAfter: end }: Certificate, holders: readonly CertificateHolder[], now: number): boolean {
  const hasValid = ({ use, certificates }: CertificateHolder) =>
    use === 'bundle' && certificates.some(({ notBefore, notAfter }) => notBefore <= now && now <= notAfter);
  return end < now && holders.every(hasValid);
}

/** Where a person would renew it comes first. */
function rank({ object, use, hasKey, certificates }: CertificateHolder, certificate: Certificate): number {
  const own = use === 'chain' && certificates[0] === certificate;
  if (object.kind === 'Secret') return own ? (hasKey ? 0 : 1) : 3;
  if (object.kind === 'APIServer') return 0;
  if (object.kind === 'ConfigMap') {
    const { name, namespace } = object.metadata;
    return namespace !== 'kube-system' ? 4 : name === 'kube-root-ca.crt' ? 1 : 2;
  }
  return 5;
}

function isIn({ places, users }: CertificateRow, namespaces: readonly string[]): boolean {
  return (
    namespaces.length === 0 ||
    [...places.map(({ object }) => object), ...users].some(({ namespace = '' }) => namespaces.includes(namespace))
  );
}

const severities = ['critical', 'warning', 'info', undefined];

function compareRows(one: CertificateRow, other: CertificateRow): number {
  return (
    severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
    one.daysLeft - other.daysLeft ||
    (one.subject < other.subject ? -1 : one.subject > other.subject ? 1 : 0)
  );
}
