import { clientDates, kubeconfigOf } from '../graph/access.ts';
import { type ExpiryLimits, renewedExpiryOf } from '../graph/certificate-expiry.ts';
import { managedBy } from '../graph/certificate-renewal.ts';
import { type PostgresCertificate, postgresCertificates } from '../graph/postgres-certificates.ts';
import { millis, timeText } from '../graph/time.ts';
import type { CertificateRow } from '../model/certs-schema.ts';
import { ref } from '../model/object.ts';
import type { ResourceTypes } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** How long before their end certificates and authorities are told, in seconds. */
export interface CertificateLimits {
  readonly own: ExpiryLimits;
  readonly authority: ExpiryLimits;
}

export interface RowContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly limits: CertificateLimits;
}

/** Certificates of which others tell and which were not seen themselves: by cert-manager, the kubeconfig, CloudNativePG. */
export function toldRows(
  snapshot: Snapshot<'certificates.cert-manager.io' | 'clusters.postgresql.cnpg.io' | 'secrets'>,
  context: RowContext,
): readonly CertificateRow[] {
  return [
    ...unseen(snapshot).flatMap((one) => managedRow(one, context.now) ?? []),
    ...clientRows(snapshot, context),
    ...postgresCertificates(snapshot).map((one) => postgresRow(one, context.now)),
  ];
}

/** The dates of a row. */
export function datesOf(notBefore: number, notAfter: number, now: number) {
  return {
    notBefore: timeText(notBefore),
    notAfter: timeText(notAfter),
    daysLeft: Math.floor((notAfter - now) / 86_400_000),
  };
}

/** cert-manager's Certificates whose Secret could not be seen: their status tells the dates. */
function unseen(
  snapshot: Snapshot<'certificates.cert-manager.io' | 'secrets'>,
): readonly ResourceTypes['certificates.cert-manager.io'][] {
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

/** The client certificate of the kubeconfig, of which only the dates are kept. */
function clientRows({ access }: Snapshot<never>, { now, limits }: RowContext): readonly CertificateRow[] {
  const dates = access === undefined ? undefined : clientDates(access, now, limits.own);
  if (access === undefined || dates === undefined) return [];
  const { expiry, notBefore, notAfter } = dates;
  return [
    {
      subject: 'client certificate',
      names: [],
      issuer: '-',
      issuedBy: [],
      authority: false,
      selfSigned: false,
      ...datesOf(notBefore, notAfter, now),
      state: expiry?.state ?? 'ok',
      ...(expiry === undefined ? {} : { severity: expiry.severity }),
      places: [{ object: ref(kubeconfigOf(access)), field: 'users[].user.client-certificate-data' }],
      users: [],
    },
  ];
}

/** A certificate of which CloudNativePG tells. */
function postgresRow({ cluster, secret, notAfter, renewed }: PostgresCertificate, now: number): CertificateRow {
  const expiry = renewedExpiryOf({ notBefore: notAfter - 90 * 86_400_000, notAfter }, now);
  return {
    subject: secret,
    names: [],
    issuer: '-',
    issuedBy: [],
    authority: false,
    selfSigned: false,
    notAfter: timeText(notAfter),
    daysLeft: Math.floor((notAfter - now) / 86_400_000),
    state: expiry?.state ?? 'ok',
    ...(expiry === undefined ? {} : { severity: expiry.severity }),
    places: [{ object: ref(cluster), field: `status.certificates.expirations[${secret}]` }],
    users: [],
    ...(renewed ? { renewal: { by: 'CloudNativePG' } } : {}),
  };
}
