import { type CauseLink, type Draft, field, type KubeObject, ref, refKey, servesSecrets } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { View } from './reads.ts';

/** What keeps a Secret's certificate from being accepted; a key of another certificate is told where Ingresses are looked at. */
const unusable: Partial<Record<Code, string>> = {
  CertificateExpired: 'has expired',
  CertificateNotYetValid: 'is not valid yet',
  CertificateOutlivesAuthority: 'was signed by an authority that has expired',
  CertificateUnreadable: 'cannot be read',
};

/** Ingresses and Gateways that serve a certificate which nobody accepts: what users see of the faults of Secrets. */
export function* served(snapshot: View, faults: readonly Draft<Code>[]): Iterable<Draft<Code>> {
  const bySecret = new Map(
    faults.flatMap((fault) => {
      const words = unusable[fault.code];
      const early = fault.code === 'CertificateOutlivesAuthority' && fault.severity !== 'critical';
      if (words === undefined || early || fault.object.kind !== 'Secret' || fault.key !== 'tls.crt') return [];
      return [fault.object, ...(fault.members ?? [])].map((object) => [refKey(object), { object, words }] as const);
    }),
  );
  const faultOf = (namespace: string, name: string) =>
    bySecret.get(refKey({ apiVersion: 'v1', kind: 'Secret', namespace, name }));
  for (const ingress of snapshot.list('ingresses.networking.k8s.io').items) {
    const { namespace, deletionTimestamp } = ingress.metadata;
    if (deletionTimestamp !== undefined || namespace === undefined || !servesSecrets(snapshot, ingress)) continue;
    const seen = new Set<string>();
    for (const [index, { secretName = '', hosts = [] }] of (ingress.spec.tls ?? []).entries()) {
      const fault = faultOf(namespace, secretName);
      if (fault === undefined || seen.has(secretName)) continue;
      seen.add(secretName);
      const path = `spec.tls[${index}].secretName`;
      const [first] = hosts;
      const where = first === undefined ? '' : ` for ${first}${hosts.length > 1 ? ' and others' : ''}`;
      yield {
        code: 'IngressCertificateUnusable',
        key: secretName,
        message: `the certificate that it serves${where} ${fault.words} (Secret ${secretName})`,
        values: { secret: secretName },
        ...shown(ingress, path, secretName),
        causes: [link(fault.object, path, secretName)],
      };
    }
  }
  for (const gateway of snapshot.list('gateways.gateway.networking.k8s.io').items) {
    const { deletionTimestamp, namespace: home = '' } = gateway.metadata;
    if (deletionTimestamp !== undefined) continue;
    for (const [index, { name: listener = '', hostname = '', tls }] of (gateway.spec.listeners ?? []).entries()) {
      for (const [at, { kind = 'Secret', name = '', namespace = home }] of (tls?.certificateRefs ?? []).entries()) {
        const fault = kind === 'Secret' ? faultOf(namespace, name) : undefined;
        if (fault === undefined) continue;
        const path = `spec.listeners[${index}].tls.certificateRefs[${at}].name`;
        const where = hostname === '' ? '' : ` for ${hostname}`;
        yield {
          code: 'GatewayCertificateUnavailable',
          key: `${listener} ${name}`,
          message: `the certificate that listener ${listener} serves${where} ${fault.words} (Secret ${name})`,
          values: { listener },
          ...shown(gateway, path, name),
          causes: [link(fault.object, path, name)],
        };
      }
    }
  }
}

function shown(object: KubeObject, path: string, secret: string) {
  return { object: ref(object), evidence: [field(object, path, secret)] };
}

function link(object: CauseLink['object'], path: string, secret: string): CauseLink {
  return { object, needs: 'route', via: { field: path, value: secret }, certainty: 'sure' };
}
