import { type CauseLink, type Draft, field, olderThan, ref, brief } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { View } from './reads.ts';

/** Reasons of ResolvedRefs=False that are about certificates. Source: gateway.networking.k8s.io/v1 ListenerConditionReason. */
const about = new Set([
  'InvalidCertificateRef',
  'RefNotPermitted',
  'InvalidCACertificateRef',
  'InvalidCACertificateKind',
  'NoValidCACertificate',
]);

/** Gateway listeners whose certificate cannot be used: the status says it without a look at Secrets. */
export function* gateways(snapshot: View): Iterable<Draft<Code>> {
  for (const gateway of snapshot.list('gateways.gateway.networking.k8s.io').items) {
    if (gateway.metadata.deletionTimestamp !== undefined) continue;
    for (const [index, { name = '', conditions = [] }] of (gateway.status?.listeners ?? []).entries()) {
      const resolved = conditions.find(({ type }) => type === 'ResolvedRefs');
      if (resolved?.status !== 'False' || !about.has(resolved.reason ?? '')) continue;
      const current = resolved.observedGeneration ?? gateway.metadata.generation;
      if (current !== gateway.metadata.generation || !olderThan(snapshot, resolved.lastTransitionTime, 60)) continue;
      const words = `${resolved.reason ?? ''}: ${brief(resolved.message ?? 'no message')}`;
      const refs = (gateway.spec.listeners ?? []).find((one) => one.name === name)?.tls?.certificateRefs ?? [];
      yield {
        code: 'GatewayCertificateUnavailable',
        object: ref(gateway),
        key: name,
        message: `the certificate of listener ${name} cannot be used: ${words}`,
        evidence: [field(gateway, `status.listeners[${index}].conditions[type=ResolvedRefs]`, words)],
        causes: refs.flatMap(({ name: secret, namespace = gateway.metadata.namespace }): CauseLink[] =>
          secret === undefined || namespace === undefined
            ? []
            : [
                {
                  object: { apiVersion: 'v1', kind: 'Secret', namespace, name: secret },
                  needs: 'route',
                  via: { field: 'spec.listeners[].tls.certificateRefs[].name', value: secret },
                  certainty: 'sure',
                },
                ...snapshot
                  .list('certificates.cert-manager.io', namespace)
                  .items.filter(({ spec }) => spec.secretName === secret)
                  .map((one): CauseLink => ({
                    object: ref(one),
                    needs: 'issue',
                    via: { field: 'spec.secretName', value: secret },
                    certainty: 'sure',
                  })),
              ],
        ),
        values: { listener: name },
        ...(resolved.lastTransitionTime === undefined ? {} : { since: resolved.lastTransitionTime }),
      };
    }
  }
}
