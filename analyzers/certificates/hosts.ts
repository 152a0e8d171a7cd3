import {
  type Certificate,
  certificatesOf,
  type Draft,
  field,
  type ObjectRef,
  ref,
  renewalOf,
  servesSecrets,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { View } from './reads.ts';
import { certificateText, listText } from './words.ts';

/** Hosts of an Ingress that the certificate in its Secret is not for: clients that go there are warned, or get another one. */
export function* hosts(snapshot: View): Iterable<Draft<Code>> {
  for (const ingress of snapshot.list('ingresses.networking.k8s.io').items) {
    if (ingress.metadata.deletionTimestamp !== undefined || !servesSecrets(snapshot, ingress)) continue;
    for (const [index, { secretName, hosts: named = [] }] of (ingress.spec.tls ?? []).entries()) {
      if (secretName === undefined || secretName === '') continue;
      // Without hosts it is for those of all rules.
      const rules = (ingress.spec.rules ?? []).flatMap(({ host }) => host ?? []);
      const wanted = named.length === 0 && ingress.spec.tls?.length === 1 ? rules : named;
      const secret = snapshot.lookup('secrets', secretName, ingress.metadata.namespace);
      if (secret.state !== 'found' || secret.object.keyMatchesCertificate === false) continue;
      const [own] = certificatesOf(secret.object.certificates?.['tls.crt'] ?? '');
      if (own === undefined) continue;
      const renewal = renewalOf(snapshot, secret.object);
      if (isStandIn(own)) continue;
      const missed = [...new Set(wanted)].filter((host) => host !== '' && !own.covers(host));
      if (missed.length === 0) continue;
      const target: ObjectRef = ref(secret.object);
      const names =
        own.names.length === 0
          ? `no name at all (clients do not read its subject, ${own.subject})`
          : listText(own.names);
      yield {
        code: 'IngressCertificateMismatch',
        object: ref(ingress),
        key: secretName,
        message: `the certificate in Secret ${secretName} is not for ${listText(missed)}: it is for ${names}`,
        evidence: [
          field(ingress, named.length === 0 ? 'spec.rules[].host' : `spec.tls[${index}].hosts`, wanted.join(', ')),
          field(target, 'data[tls.crt]', certificateText(own)),
        ],
        causes: [
          ...(renewal?.object === undefined ? [] : [renewal.object]).map((object) => ({
            object,
            needs: 'issue' as const,
            via: { field: 'spec.secretName', value: secretName },
            certainty: 'sure' as const,
          })),
          {
            object: target,
            needs: 'route',
            via: { field: `spec.tls[${index}].secretName`, value: secretName },
            certainty: 'sure',
          },
        ],
        values: { secret: secretName, host: missed[0] ?? '' },
      };
    }
  }
}

/** cert-manager's, until the first real one is there. */
export function isStandIn({ subject, issuer }: Certificate): boolean {
  return subject.includes('cert-manager.local') || issuer.includes('cert-manager.local');
}
