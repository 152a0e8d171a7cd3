import { type KubeObject, type ObjectRef, ref } from '../model/object.ts';
import type { ResourceTypes } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { matchesLabels } from './selectors.ts';
import { isActive } from './settling.ts';

type Reads = 'services' | 'ingresses.networking.k8s.io' | 'horizontalpodautoscalers.autoscaling' | 'pods';

type Scaled = KubeObject & {
  readonly spec: { readonly template: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } } };
};

/**
 * Who expects a workload without pods to have some: Services that select its template and find no pod of another workload either, the
 * Ingresses before those, and autoscalers. An autoscaler of KEDA's is left out: scaling to zero is its trade.
 */
export function pointersAt(snapshot: Snapshot<Reads>, workload: Scaled): readonly ObjectRef[] {
  const { namespace } = workload.metadata;
  const labels = workload.spec.template.metadata?.labels;
  const pods = snapshot.list('pods', namespace);
  const services = snapshot.list('services', namespace).items.filter(({ spec: { selector, type } }) => {
    if (selector === undefined || Object.keys(selector).length === 0 || type === 'ExternalName') return false;
    if (!matchesLabels(selector, labels)) return false;
    return pods.complete && !pods.items.some((pod) => isActive(pod) && matchesLabels(selector, pod.metadata.labels));
  });
  const names = new Set(services.map((service) => service.metadata.name));
  const ingresses = snapshot
    .list('ingresses.networking.k8s.io', namespace)
    .items.filter((ingress) => backends(ingress).some((name) => names.has(name)));
  const scalers = snapshot
    .list('horizontalpodautoscalers.autoscaling', namespace)
    .items.filter(({ metadata, spec }) => {
      const target = spec.scaleTargetRef;
      const byKeda = metadata.ownerReferences?.some((owner) => owner.kind === 'ScaledObject') ?? false;
      return !byKeda && target?.kind === workload.kind && target.name === workload.metadata.name;
    });
  return [...services, ...ingresses, ...scalers].map(ref);
}

function backends({ spec }: ResourceTypes['ingresses.networking.k8s.io']): readonly string[] {
  const paths = (spec.rules ?? []).flatMap((rule) => rule.http?.paths ?? []);
  return [spec.defaultBackend, ...paths.map((path) => path.backend)].flatMap((backend) => backend?.service?.name ?? []);
}
