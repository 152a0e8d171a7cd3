import type { ResourceTypes } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { managedBy } from './certificate-renewal.ts';
import { timeText } from './time.ts';

/** One certificate of a database cluster, of which only the end is known. */
export interface PostgresCertificate {
  readonly cluster: ResourceTypes['clusters.postgresql.cnpg.io'];
  /** The Secret that holds it. */
  readonly secret: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
  /** Whether CloudNativePG renews it, which it does a week before its end. */
  readonly renewed: boolean;
}

/** The certificates that CloudNativePG tells of and that nothing else does: their Secrets were not seen, and cert-manager keeps none of them. */
export function postgresCertificates(
  snapshot: Snapshot<'clusters.postgresql.cnpg.io' | 'secrets' | 'certificates.cert-manager.io'>,
): readonly PostgresCertificate[] {
  return snapshot.list('clusters.postgresql.cnpg.io').items.flatMap((cluster) => {
    const { namespace, deletionTimestamp } = cluster.metadata;
    const given = Object.values(cluster.spec.certificates ?? {});
    const told = deletionTimestamp === undefined ? Object.entries(cluster.status?.certificates?.expirations ?? {}) : [];
    return told.flatMap(([secret, text]) => {
      const notAfter = goTime(text);
      const kept = managedBy(snapshot, { ...cluster, metadata: { ...cluster.metadata, name: secret } }).length > 0;
      const seen = snapshot.lookup('secrets', secret, namespace).state === 'found';
      return notAfter === undefined || kept || seen
        ? []
        : [{ cluster, secret, notAfter, renewed: !given.includes(secret) }];
    });
  });
}

/** `2026-11-06 01:46:28 +0000 UTC`, as Go prints a time; undefined where it is none. */
function goTime(text: string): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text);
  const time = parts === null ? Number.NaN : Date.parse(`${parts[1]}T${parts[2]}Z`);
  return Number.isNaN(time) || timeText(time) === 'never' ? undefined : time;
}
