import {
  type Certificate,
  type CertificateHolder,
  certificateUsers,
  computed,
  type Draft,
  type Expiry,
  expiryOf,
  field,
  issuersOf,
  millis,
  type ObjectRef,
  ref,
  refKey,
  renewalOf,
  renewedExpiryOf,
  seenCertificates,
  type Severity,
  timeText,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { Limits, View } from './reads.ts';
import { authorityLinks, isAuthority } from './signing.ts';
import { certificateText, endText, objectsText } from './words.ts';

/** One certificate of somebody's own, with the Secrets that hold it first in a chain. */
interface Leaf {
  readonly certificate: Certificate;
  /** Those that somebody uses first. */
  readonly holders: readonly CertificateHolder[];
  readonly users: readonly ObjectRef[];
}

/** Certificates that somebody serves or shows, each once, however many copies of its Secret there are. */
function leaves(snapshot: View): readonly Leaf[] {
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

/** Certificates that have expired, are about to, or are not valid yet. */
export function* leafDates(snapshot: View, limits: Limits): Iterable<Draft<Code>> {
  const now = millis(snapshot.takenAt) ?? 0;
  for (const leaf of leaves(snapshot)) {
    const renewals = leaf.holders.flatMap(({ object }) => renewalOf(snapshot, object) ?? []);
    const expiry =
      renewals.length > 0 ? renewedExpiryOf(leaf.certificate, now) : expiryOf(leaf.certificate, now, limits);
    if (expiry === undefined) continue;
    const draft = dated(snapshot, leaf, expiry, now);
    if (draft !== undefined) yield draft;
  }
}

function dated(snapshot: View, leaf: Leaf, expiry: Expiry, now: number): Draft<Code> | undefined {
  const { certificate, holders, users } = leaf;
  const [first] = holders;
  if (first === undefined) return undefined;
  const renewal = renewalOf(snapshot, first.object);
  const home = first.object.metadata.namespace;
  const who = users.length > 0 ? `used by ${objectsText(users, home)}` : 'nobody was seen to use it';
  const copies = holders.length > 1 ? `; the same certificate is in ${holders.length - 1} more Secrets` : '';
  const renewed = renewal === undefined ? '' : `; ${renewal.by} should have renewed it`;
  // An authority that lives on has no part in what ended before it.
  const authorities = issuersOf(snapshot)(certificate).filter(
    (one) => expiry.state !== 'expired' || one.certificate.notAfter < now,
  );
  const code =
    expiry.state === 'expired'
      ? 'CertificateExpired'
      : expiry.state === 'expiring'
        ? 'CertificateExpiring'
        : 'CertificateNotYetValid';
  return {
    code,
    object: ref(first.object),
    key: keyOf(first),
    severity: severityOf(snapshot, leaf, expiry),
    message: `certificate ${nameOf(certificate)} in ${first.field} ${endText(certificate, now)}, ${who}${copies}${renewed}`,
    evidence: [
      field(first.object, first.field, certificateText(certificate)),
      ...users.slice(0, 3).map((user) => computed(user, `uses ${first.object.kind} ${first.object.metadata.name}`)),
    ],
    members: holders.slice(1).map(({ object }) => ref(object)),
    causes: [
      ...authorities.flatMap((authority) => authorityLinks(authority, first)),
      ...(renewal?.object === undefined
        ? []
        : [
            {
              object: renewal.object,
              needs: 'issue' as const,
              via: { field: 'spec.secretName', value: first.object.metadata.name },
              certainty: 'sure' as const,
            },
          ]),
    ],
    ...(expiry.state === 'expired' ? { since: timeText(certificate.notAfter) } : {}),
    values: { data_key: keyOf(first), subject: certificate.subject },
  };
}

/** What nobody uses does no harm; where its users could not be seen, it may. */
function severityOf(snapshot: View, { users }: Leaf, { severity }: Expiry): Severity {
  if (users.length > 0) return severity;
  const seen = snapshot.list('ingresses.networking.k8s.io').complete && snapshot.list('pods').complete;
  return seen || severity === 'info' ? 'info' : 'warning';
}

/** The key of the Secret: `tls.crt`. */
function keyOf({ field: path }: CertificateHolder): string {
  return path.replace(/^data\[(.*)\]$/s, '$1');
}

function nameOf({ names, subject }: Certificate): string {
  return names[0] ?? subject;
}
