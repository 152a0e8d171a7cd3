import { X509Certificate } from 'node:crypto';
import { timeText } from '../graph/time.ts';
import type { AccessFacts } from '../model/snapshot.ts';
import type { Connection } from './kubeconfig/connection.ts';
import { certificatesIn } from './redact/certificates.ts';
import { defined } from './redact/secret.ts';
import { isRecord } from './shape.ts';

/**
 * What is kept of the way to an API server: whom it showed itself as, whom the kubeconfig trusts, and the dates of the certificate that
 * the kubeconfig holds for its user. Whose certificate that is, is nobody's business who gets a recording.
 * @param peer the certificate that the server showed in the handshake, DER.
 */
export function accessFacts({ name, ca, clientCertificate }: Connection, peer: Buffer | undefined): AccessFacts {
  return {
    name,
    ...defined('served', peer === undefined ? undefined : certificatesIn(new X509Certificate(peer).toString())),
    ...defined('trusted', ca === undefined ? undefined : certificatesIn(ca)),
    ...defined('client', clientCertificate === undefined ? undefined : datesOf(clientCertificate)),
  };
}

/** The same as it stands in a recording, checked as strictly as if it came from a server; undefined where it is none. */
export function knownAccess(value: unknown): AccessFacts | undefined {
  if (!isRecord(value) || typeof value['name'] !== 'string') return undefined;
  const { name, served, trusted, client } = value;
  const pem = (text: unknown) => (typeof text === 'string' ? certificatesIn(text) : undefined);
  return {
    name,
    ...defined('served', pem(served)),
    ...defined('trusted', pem(trusted)),
    ...defined('client', isRecord(client) ? knownDates(client) : undefined),
  };
}

function datesOf(pem: string): AccessFacts['client'] {
  try {
    const { validFromDate, validToDate } = new X509Certificate(pem);
    return { notBefore: timeText(validFromDate.getTime()), notAfter: timeText(validToDate.getTime()) };
  } catch {
    return undefined;
  }
}

function knownDates({ notBefore, notAfter }: Readonly<Record<string, unknown>>): AccessFacts['client'] {
  const isTime = (time: unknown): time is string => typeof time === 'string' && !Number.isNaN(Date.parse(time));
  return isTime(notBefore) && isTime(notAfter) ? { notBefore, notAfter } : undefined;
}
