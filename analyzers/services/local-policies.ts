import {
  type BackendReads,
  backendsOf,
  computed,
  type Draft,
  eventsOf,
  field,
  isReady,
  ref,
  type Service,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';

type Snap = Snapshot<BackendReads | 'services' | 'events' | 'nodes'>;

/**
 * Services with externalTrafficPolicy Local whose address is announced by a node that has no ready endpoint: kube-proxy drops what
 * arrives there. Only where the announcing node is known: MetalLB writes it in the event `nodeAssigned`, kube-vip in an annotation.
 */
export function* localPolicies(snapshot: Snap): Generator<Draft<Code>> {
  for (const service of snapshot.list('services').items) {
    if (service.spec.externalTrafficPolicy !== 'Local' || service.spec.type !== 'LoadBalancer') continue;
    const announcing = announcingNode(snapshot, service);
    const nodes = endpointNodes(snapshot, service);
    if (announcing === undefined || nodes === undefined || nodes.size === 0 || nodes.has(announcing)) continue;
    yield {
      code: 'ServiceLocalPolicyNoEndpoint',
      object: ref(service),
      message: `node ${announcing} announces its address and has no ready endpoint, and externalTrafficPolicy Local keeps traffic on that node`,
      evidence: [
        field(service, 'spec.externalTrafficPolicy', 'Local'),
        computed(service, `announced by ${announcing}; ready endpoints on ${[...nodes].sort().slice(0, 5).join(', ')}`),
      ],
      values: { node: announcing },
    };
  }
}

function announcingNode(snapshot: Snap, service: Service): string | undefined {
  const { annotations, uid } = service.metadata;
  const annotated = annotations?.['kube-vip.io/vipHost'];
  if (annotated !== undefined) return annotated;
  const [newest, ...older] = eventsOf(snapshot, ref(service), uid).filter(({ reason }) => reason === 'nodeAssigned');
  const [, node, protocol] =
    /^announcing from node "([^"]+)"(?: with protocol "([^"]+)")?/.exec(newest?.message ?? '') ?? [];
  // By BGP many nodes announce it at once, and those that no longer do write nothing; old versions do not say how.
  return protocol === 'layer2' || (protocol === undefined && older.length === 0) ? node : undefined;
}

/** The nodes with a ready endpoint; undefined where some may not have been seen. */
function endpointNodes(snapshot: Snap, service: Service): ReadonlySet<string> | undefined {
  const { slices, slicesSeen, pods, podsSeen } = backendsOf(snapshot, service);
  if (slicesSeen) {
    const ready = slices.flatMap(({ endpoints }) => endpoints ?? []).filter((one) => one.conditions?.ready !== false);
    if (ready.some(({ nodeName }) => nodeName === undefined)) return undefined;
    return new Set(ready.flatMap(({ nodeName }) => nodeName ?? []));
  }
  return podsSeen ? new Set(pods.filter(isReady).flatMap(({ spec }) => spec.nodeName ?? [])) : undefined;
}
