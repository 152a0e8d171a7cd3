import {
  type Certificate,
  type CertificateHolder,
  certificateUsers,
  type ObjectRef,
  refKey,
  seenCertificates,
  type Severity,
} from '../../src/kit.ts';
import type { View } from './reads.ts';
import { isAuthority } from './signing.ts';

/** One certificate of somebody's own, with the Secrets that hold it first in a chain. */
export interface Leaf {
  readonly certificate: Certificate;
  /** Those that somebody uses first. */
  readonly holders: readonly CertificateHolder[];
  readonly users: readonly ObjectRef[];
}

/** Certificates that somebody serves or shows, each once, however many copies of its Secret there are. */
export function leaves(snapshot: View): readonly Leaf[] {
  return seenCertificates(snapshot).flatMap((seen) => {
    const own = seen.holders.filter(
      ({ object, use, certificates }) =>
        object.kind === 'Secret' &&
        object.metadata.deletionTimestamp === undefined &&
        use === 'chain' &&
        certificates[0] === seen.certificate,
    );
    if (own.length === 0 || isAuthority(snapshot, seen)) return [];
    const used = own.map((one) => ({ one, users: certificateUsers(snapshot, one.object) }));
    used.sort((one, other) => Number(other.users.length > 0) - Number(one.users.length > 0));
    const users = new Map(used.flatMap((one) => one.users.map(({ object }) => [refKey(object), object] as const)));
    return [{ certificate: seen.certificate, holders: used.map(({ one }) => one), users: [...users.values()] }];
  });
}

/** What nobody uses does no harm; where its users could not be seen, it may. */
export function usedSeverity(snapshot: View, { users }: Leaf, severity: Severity): Severity {
  if (users.length > 0) return severity;
  const seen = snapshot.list('ingresses.networking.k8s.io').complete && snapshot.list('pods').complete;
  return seen || severity === 'info' ? 'info' : 'warning';
}

/** The key of the Secret: `tls.crt`. */
export function keyOf({ field: path }: CertificateHolder): string {
  return path.replace(/^data\[(.*)\]$/s, '$1');
}

/** Its first name, else its subject. */
export function nameOf({ names, subject }: Certificate): string {
  return names[0] ?? subject;
}
