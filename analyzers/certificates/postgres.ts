import {
  type Draft,
  duration,
  expiryOf,
  field,
  millis,
  type PostgresCertificate,
  postgresCertificates,
  ref,
  timeText,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { Limits, View } from './reads.ts';

/** What CloudNativePG renews, it renews a week before its end: with so little left it has not. */
const late = 3 * 86_400;

/** Certificates of databases, as CloudNativePG tells of them in the status of its Clusters. */
export function* postgres(snapshot: View, limits: Limits): Iterable<Draft<Code>> {
  const now = millis(snapshot.takenAt) ?? 0;
  for (const one of postgresCertificates(snapshot)) {
    const { cluster, secret, notAfter, renewed } = one;
    const expiry = expiryOf({ notBefore: -Infinity, notAfter }, now, limitsOf(one, limits));
    if (expiry === undefined) continue;
    const left = (notAfter - now) / 1000;
    const when = left > 0 ? `expires in ${duration(left)}` : `expired ${duration(-left)} ago`;
    const who = renewed ? '; CloudNativePG should have renewed it' : '';
    yield {
      code: expiry.state === 'expired' ? 'CertificateExpired' : 'CertificateExpiring',
      object: ref(cluster),
      key: secret,
      severity: expiry.severity,
      message: `its certificate in Secret ${secret} ${when} (${timeText(notAfter)})${who}`,
      evidence: [field(cluster, `status.certificates.expirations[${secret}]`, timeText(notAfter))],
      ...(left > 0 ? {} : { since: timeText(notAfter) }),
      values: { postgres: cluster.metadata.name, ...(renewed ? {} : { secret }) },
    };
  }
}

function limitsOf({ renewed }: PostgresCertificate, limits: Limits) {
  return renewed ? { critical: 0, warning: late, info: late } : limits;
}
