import {
  computed,
  type Draft,
  type Expiry,
  expiryOf,
  field,
  issuersOf,
  millis,
  ref,
  renewalOf,
  renewedExpiryOf,
  timeText,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { keyOf, type Leaf, leaves, nameOf, usedSeverity } from './leaf.ts';
import { outlives } from './outlives.ts';
import type { Limits, View } from './reads.ts';
import { authorityLinks } from './signing.ts';
import { certificateText, endText, objectsText, pathValues } from './words.ts';

/** Certificates that have expired, are about to, or are not valid yet. */
export function* leafDates(snapshot: View, limits: Limits): Iterable<Draft<Code>> {
  const now = millis(snapshot.takenAt) ?? 0;
  for (const leaf of leaves(snapshot)) {
    const early = outlives(snapshot, leaf, limits);
    if (early !== undefined) {
      yield early;
      continue;
    }
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
    severity: usedSeverity(snapshot, leaf, expiry.severity),
    message: `certificate ${nameOf(certificate)} in ${first.field} ${endText(certificate, now)}, ${who}${copies}${renewed}`,
    evidence: [
      field(first.object, first.field, certificateText(certificate)),
      ...users.slice(0, 3).map((user) => computed(user, `uses ${first.object.kind} ${first.object.metadata.name}`)),
    ],
    members: holders.slice(1).map(({ object }) => ref(object)),
    causes: [
      ...authorities.flatMap((authority) => authorityLinks(snapshot, authority, first)),
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
    values: { ...pathValues(first), secret: first.object.metadata.name, subject: certificate.subject },
  };
}
