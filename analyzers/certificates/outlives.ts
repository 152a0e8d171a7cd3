import {
  type ChainEnd,
  chainEnd,
  computed,
  type Draft,
  type Expiry,
  expiryOf,
  field,
  millis,
  ref,
  renewalOf,
  renewedExpiryOf,
  timeText,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { keyOf, type Leaf, nameOf, usedSeverity } from './leaf.ts';
import type { Limits, View } from './reads.ts';
import { authorityLinks } from './signing.ts';
import { certificateText, endText, objectsText, pathValues } from './words.ts';

/** A certificate whose authority ends before it: it is worth nothing from then on. Undefined while that is far away. */
export function outlives(snapshot: View, leaf: Leaf, limits: Limits): Draft<Code> | undefined {
  const { certificate, holders, users } = leaf;
  const [first] = holders;
  const end = chainEnd(snapshot, certificate);
  const expiry = end === undefined ? undefined : earlyExpiry(snapshot, leaf, end, limits);
  if (first === undefined || end === undefined || expiry === undefined) return undefined;
  const over = expiry.state === 'expired';
  const authority = end.authority.certificate;
  const now = millis(snapshot.takenAt) ?? 0;
  const who = users.length > 0 ? `; used by ${objectsText(users, first.object.metadata.namespace)}` : '';
  const until = over ? 'so clients refuse it' : 'and clients refuse it from then on';
  return {
    code: 'CertificateOutlivesAuthority',
    object: ref(first.object),
    key: keyOf(first),
    severity: usedSeverity(snapshot, leaf, expiry.severity === 'critical' && !over ? 'warning' : expiry.severity),
    message:
      `certificate ${nameOf(certificate)} in ${first.field} is dated until ${timeText(certificate.notAfter)}, ` +
      `but authority ${authority.subject} above it ${endText(authority, now)}, ${until}${who}`,
    evidence: [
      field(first.object, first.field, certificateText(certificate)),
      ...end.authority.holders
        .slice(0, 1)
        .map((holder) => computed(holder.object, `${holder.field}: ${certificateText(authority)}`)),
    ],
    members: holders.slice(1).map(({ object }) => ref(object)),
    causes: authorityLinks(snapshot, end.authority, first),
    ...(over ? { since: timeText(end.notAfter) } : {}),
    values: { ...pathValues(first), subject: authority.subject },
  };
}

/** What is renewed before its authority ends gets another one by then. */
function earlyExpiry(
  snapshot: View,
  { certificate, holders }: Leaf,
  end: ChainEnd,
  limits: Limits,
): Expiry | undefined {
  const now = millis(snapshot.takenAt) ?? 0;
  const dates = { notBefore: certificate.notBefore, notAfter: end.notAfter };
  const renewals = holders.flatMap(({ object }) => renewalOf(snapshot, object) ?? []);
  if (renewals.length === 0) return expiryOf(dates, now, limits);
  const next = millis(renewals.find(({ at }) => at !== undefined)?.at);
  return next !== undefined && next < end.notAfter && now < end.notAfter ? undefined : renewedExpiryOf(dates, now);
}
