import {
  type CauseLink,
  condition,
  type Draft,
  field,
  type KubeObject,
  olderThan,
  ref,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';

/**
 * Aggregated APIs that do not answer (`Available` is False). Those without a Service are the API server's own. The condition's
 * reasons are those of kube-aggregator: ServiceNotFound, ServicePortError, EndpointsNotFound, MissingEndpoints,
 * FailedDiscoveryCheck.
 */
export function* apiServices(
  snapshot: Snapshot<'apiservices.apiregistration.k8s.io'>,
  graceSeconds: number,
): Iterable<Draft<Code>> {
  for (const api of snapshot.list('apiservices.apiregistration.k8s.io').items) {
    const { service, group, version } = api.spec;
    const available = condition(api, 'Available');
    if (service === undefined || available?.status !== 'False') continue;
    if (api.metadata.deletionTimestamp !== undefined) continue;
    const since = available.lastTransitionTime;
    const grace = definite.has(available.reason ?? '') ? Math.min(graceSeconds, settleSeconds) : graceSeconds;
    if (since !== undefined && !olderThan(snapshot, since, grace)) continue;
    const { name, namespace } = service;
    const words = `${available.reason ?? 'Available=False'}: ${available.message ?? 'no message'}`;
    yield {
      code: 'APIServiceUnavailable',
      object: ref(api),
      message: `${group ?? ''}/${version ?? ''} is not served: ${brief(words, 400)}`,
      evidence: [field(api, 'status.conditions[type=Available]', words)],
      ...(since === undefined ? {} : { since }),
      ...(name === undefined || namespace === undefined
        ? {}
        : {
            causes: [
              // Its certificates, and those by which the API server calls it, are looked at elsewhere.
              ...authorityLinks(api, words),
              {
                object: { apiVersion: 'v1', kind: 'Service', namespace, name },
                needs: 'route',
                via: { field: 'spec.service.name', value: `${namespace}/${name}` },
                certainty: 'sure',
              },
            ],
            values: { service: name, service_namespace: namespace },
          }),
    };
  }
}

/** Reasons that do not pass when pods become ready. */
const definite: ReadonlySet<string> = new Set(['ServiceNotFound', 'ServicePortError']);
/** How long even those are left alone: Services are made one after another. */
const settleSeconds = 15;

/** Words about certificates: the authority that the APIService names, or that of the front proxy, may have expired. */
function authorityLinks(api: KubeObject, words: string): readonly CauseLink[] {
  if (!words.includes('x509: ')) return [];
  const via = { field: 'status.conditions[type=Available].message', value: 'x509' };
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication',
  };
  return [
    { object: ref(api), needs: 'issue', via, certainty: 'sure' },
    { object: map, needs: 'admit', via, certainty: 'likely' },
  ];
}
