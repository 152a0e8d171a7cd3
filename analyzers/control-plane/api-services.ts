import { condition, type Draft, field, olderThan, ref, type Snapshot } from '../../src/kit.ts';
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
      message: `${group ?? ''}/${version ?? ''} is not served: ${oneLine(words)}`,
      evidence: [field(api, 'status.conditions[type=Available]', words)],
      ...(since === undefined ? {} : { since }),
      ...(name === undefined || namespace === undefined
        ? {}
        : {
            causes: [
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

function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .slice(0, 400)
    .replace(/[.\s]{1,5}$/, '');
}
