import type { Loaded } from '../cluster/load.ts';
import { type Expiry, expiryOf, type ExpiryLimits, renewedExpiryOf } from '../graph/certificate-expiry.ts';
import {
  type CertificateHolder,
  type CertificateReads,
  issuersOf,
  type SeenCertificate,
  seenCertificates,
} from '../graph/certificate-holders.ts';
import { holderRenewal, managedBy } from '../graph/certificate-renewal.ts';
import { certificateUsers, type CertificateUserReads } from '../graph/certificate-users.ts';
import { millis, timeText } from '../graph/time.ts';
import { type ObjectRef, ref, refKey } from '../model/object.ts';
import type { ResourceTypes } from '../model/resources.ts';
import type { Gap, Snapshot } from '../model/snapshot.ts';

type Reads = CertificateReads | CertificateUserReads | 'certificates.cert-manager.io';

/** One certificate that could be seen, or of which cert-manager tells. */
export interface CertificateRow {
  /** SHA-256; undefined where only cert-manager tells of it. */
  readonly fingerprint?: string;
  readonly subject: string;
  readonly names: readonly string[];
  readonly issuer: string;
  /** The fingerprints of the authorities that were seen to have signed it. */
  readonly issuedBy: readonly string[];
  readonly authority: boolean;
  readonly selfSigned: boolean;
  readonly key?: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** Whole days to its end, negative after it. */
  readonly daysLeft: number;
  readonly state: 'ok' | Expiry['state'];
  readonly severity?: Expiry['severity'];
  /** Where it lies: the place to renew it first. */
  readonly places: readonly { readonly object: ObjectRef; readonly field: string }[];
  readonly users: readonly ObjectRef[];
  readonly renewal?: { readonly by: string; readonly at?: string };
}

export interface CertificateReport {
  readonly schemaVersion: '1';
  readonly cluster: { readonly name: string; readonly context?: string; readonly version?: string };
  readonly takenAt: string;
  /** Worst first. */
  readonly certificates: readonly CertificateRow[];
  /** How many authorities lie only in large bundles, as distributions ship them; they are not listed. */
  readonly bundled: number;
  readonly gaps: readonly Gap[];
}

export interface CertificateLimits {
  readonly own: ExpiryLimits;
  readonly authority: ExpiryLimits;
}

/** Every certificate of a cluster, each once. `namespaces` keeps those that lie in them, or are used there. */
export function buildCertificateReport(
  { snapshot, cluster, gaps }: Pick<Loaded, 'snapshot' | 'cluster' | 'gaps'>,
  { limits, namespaces }: { readonly limits: CertificateLimits; readonly namespaces: readonly string[] },
): CertificateReport {
  const now = millis(snapshot.takenAt) ?? 0;
  const seen = seenCertificates(snapshot).filter((one) => !isHistory(snapshot, one));
  const listed = seen.filter(({ holders }) => holders.some(({ certificates }) => certificates.length <= largeBundle));
  const rows = [
    ...listed.map((one) => rowOf(snapshot, one, { now, limits })),
    ...unseen(snapshot).flatMap((one) => managedRow(one, now) ?? []),
  ].filter((row) => isIn(row, namespaces));
  return {
    schemaVersion: '1',
    cluster: {
      name: cluster.name,
      ...(cluster.context === undefined ? {} : { context: cluster.context }),
      ...(cluster.version === undefined ? {} : { version: cluster.version }),
    },
    takenAt: snapshot.takenAt,
    certificates: rows.sort(compareRows),
    bundled: seen.length - listed.length,
    gaps,
  };
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

interface Context {
  readonly now: number;
  readonly limits: CertificateLimits;
}

function rowOf(
  snapshot: Snapshot<Reads>,
  { certificate, holders }: SeenCertificate,
  { now, limits }: Context,
): CertificateRow {
  const places = holders.toSorted((one, other) => rank(one) - rank(other));
  const users = new Map(
    holders
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
    ...(expiry === undefined ? {} : { severity: expiry.severity }),
    places: places.map(({ object, field }) => ({ object: ref(object), field })),
    users: [...users.values()],
    ...(renewal === undefined
      ? {}
      : { renewal: { by: renewal.by, ...(renewal.at === undefined ? {} : { at: renewal.at }) } }),
  };
}

function datesOf(notBefore: number, notAfter: number, now: number) {
  return {
    notBefore: timeText(notBefore),
    notAfter: timeText(notAfter),
    daysLeft: Math.floor((notAfter - now) / 86_400_000),
  };
}

/** cert-manager's Certificates whose Secret could not be seen: their status tells the dates. */
function unseen(snapshot: Snapshot<Reads>): readonly ResourceTypes['certificates.cert-manager.io'][] {
  const seen = new Set(
    snapshot
      .list('secrets')
      .items.filter(({ certificates }) => certificates?.['tls.crt'] !== undefined)
      .flatMap((secret) => managedBy(snapshot, secret)),
  );
  return snapshot.list('certificates.cert-manager.io').items.filter((one) => !seen.has(one));
}

function managedRow(one: ResourceTypes['certificates.cert-manager.io'], now: number): CertificateRow | undefined {
  const { notBefore, notAfter, renewalTime } = one.status ?? {};
  const start = millis(notBefore);
  const end = millis(notAfter);
  if (start === undefined || end === undefined) return undefined;
  const names = [...(one.spec.dnsNames ?? []), ...(one.spec.ipAddresses ?? [])];
  const { kind = 'Issuer', name = '' } = one.spec.issuerRef ?? {};
  const expiry = renewedExpiryOf({ notBefore: start, notAfter: end }, now);
  return {
    subject: one.spec.commonName === undefined ? (names[0] ?? one.metadata.name) : `CN=${one.spec.commonName}`,
    names,
    issuer: `${kind} ${name}`,
    issuedBy: [],
    authority: one.spec.isCA === true,
    selfSigned: false,
    ...datesOf(start, end, now),
    state: expiry?.state ?? 'ok',
    ...(expiry === undefined ? {} : { severity: expiry.severity }),
    places: [{ object: ref(one), field: 'status' }],
    users: [],
    renewal: { by: `cert-manager`, ...(renewalTime === undefined ? {} : { at: renewalTime }) },
  };
}

/** Where a person would renew it comes first. */
function rank({ object, use, hasKey }: CertificateHolder): number {
  if (object.kind === 'Secret') return use === 'chain' ? (hasKey ? 0 : 1) : 3;
  if (object.kind === 'ConfigMap') return object.metadata.namespace === 'kube-system' ? 2 : 4;
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
