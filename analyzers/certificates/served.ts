import { type Draft, field, ref, refKey } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { View } from './reads.ts';

/** What keeps a Secret's certificate from being accepted; a key of another certificate is told where Ingresses are looked at. */
const unusable: Partial<Record<Code, string>> = {
  CertificateExpired: 'has expired',
  CertificateNotYetValid: 'is not valid yet',
  CertificateUnreadable: 'cannot be read',
};

/** Ingresses that serve a certificate which nobody accepts: what users see of the faults of Secrets. */
export function* served(snapshot: View, faults: readonly Draft<Code>[]): Iterable<Draft<Code>> {
  const bySecret = new Map(
    faults.flatMap((fault) => {
      const words = unusable[fault.code];
      if (words === undefined || fault.object.kind !== 'Secret' || fault.key !== 'tls.crt') return [];
      return [fault.object, ...(fault.members ?? [])].map((object) => [refKey(object), { object, words }] as const);
    }),
  );
  for (const ingress of snapshot.list('ingresses.networking.k8s.io').items) {
    const { namespace, deletionTimestamp } = ingress.metadata;
    if (deletionTimestamp !== undefined || namespace === undefined) continue;
    const seen = new Set<string>();
    for (const [index, { secretName = '', hosts = [] }] of (ingress.spec.tls ?? []).entries()) {
      const fault = bySecret.get(refKey({ apiVersion: 'v1', kind: 'Secret', namespace, name: secretName }));
      if (fault === undefined || seen.has(secretName)) continue;
      seen.add(secretName);
      const path = `spec.tls[${index}].secretName`;
      const [first] = hosts;
      const where = first === undefined ? '' : ` for ${first}${hosts.length > 1 ? ' and others' : ''}`;
      yield {
        code: 'IngressCertificateUnusable',
        object: ref(ingress),
        key: secretName,
        message: `the certificate that it serves${where} ${fault.words} (Secret ${secretName})`,
        evidence: [field(ingress, path, secretName)],
        causes: [{ object: fault.object, needs: 'route', via: { field: path, value: secretName }, certainty: 'sure' }],
        values: { secret: secretName },
      };
    }
  }
}
