import {
  apiServerOf,
  certificatesOf,
  clientDates,
  type Draft,
  duration,
  expiryOf,
  field,
  kubeconfigOf,
  millis,
  ref,
  timeText,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { Limits, View } from './reads.ts';
import { certificateText, endText } from './words.ts';

/**
 * The certificate that the API server showed when it was asked, and the one by which the kubeconfig says who asks: with either of them
 * over, nobody gets in any more. kubeadm makes both for a year, and renews them with the cluster's version only.
 */
export function* access(snapshot: View, limits: Limits): Iterable<Draft<Code>> {
  if (snapshot.access === undefined) return;
  const now = millis(snapshot.takenAt) ?? 0;
  const { served = '' } = snapshot.access;
  const [shown] = certificatesOf(served);
  const expiry = shown === undefined ? undefined : expiryOf(shown, now, limits);
  if (shown !== undefined && expiry !== undefined) {
    const server = apiServerOf(snapshot.access);
    yield {
      code: 'APIServerCertificateExpiring',
      object: ref(server),
      severity: expiry.severity,
      message: `the certificate that the API server shows (${shown.subject}) ${endText(shown, now)}`,
      evidence: [field(server, 'TLS handshake', certificateText(shown))],
      values: { subject: shown.subject },
    };
  }
  const own = clientDates(snapshot.access, now, limits);
  if (own?.expiry !== undefined) {
    const config = kubeconfigOf(snapshot.access);
    const left = (own.notAfter - now) / 1000;
    yield {
      code: 'KubeconfigCertificateExpiring',
      object: ref(config),
      severity: own.expiry.severity,
      message: `the client certificate of the kubeconfig ${left > 0 ? `expires in ${duration(left)}` : `expired ${duration(-left)} ago`} (${timeText(own.notAfter)})`,
      evidence: [
        field(
          config,
          'users[].user.client-certificate-data',
          `${timeText(own.notBefore)} to ${timeText(own.notAfter)}`,
        ),
      ],
      values: {},
    };
  }
}
