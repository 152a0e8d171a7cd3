import { ref, refKey } from '../../model/object.ts';
import type { Node, Pod } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { groupBy, once } from '../memo.ts';
import { type Amounts, amountsOf } from './amounts.ts';
import { type AffinityTerm, antiAffinityTerms } from './pod-terms.ts';
import { type HostPort, hostPortsOf } from './ports.ts';
import { usageOf } from './requests.ts';

/** What the scheduler's filters read. */
export type SchedulingReads =
  | 'nodes'
  | 'pods'
  | 'namespaces'
  | 'persistentvolumeclaims'
  | 'persistentvolumes'
  | 'storageclasses.storage.k8s.io'
  | 'csidrivers.storage.k8s.io'
  | 'csinodes.storage.k8s.io'
  | 'volumeattachments.storage.k8s.io';

/** A node with the pods that take room on it. */
export interface Room {
  readonly node: Node;
  readonly labels: Readonly<Record<string, string>>;
  readonly allocatable: Amounts;
  readonly pods: readonly Pod[];
  readonly used: Amounts;
  readonly ports: readonly { readonly pod: Pod; readonly port: HostPort }[];
  /** Pods that are not placed yet but for which room is kept here after a preemption or before binding. */
  readonly nominated: readonly Pod[];
}

export interface Placed {
  readonly pod: Pod;
  readonly room: Room;
}

/** All nodes and what is on them. */
export interface Cluster {
  readonly rooms: readonly Room[];
  readonly byNamespace: ReadonlyMap<string, readonly Placed[]>;
  /** Placed pods that keep others away. */
  readonly antiAffine: readonly (Placed & { readonly terms: readonly AffinityTerm[] })[];
}

/** The cluster of a snapshot, computed once. */
export const clusterOf = once((snapshot: Snapshot<SchedulingReads>) => buildCluster(snapshot, new Set()));

/** The cluster of a snapshot as if some pods were gone. */
export function clusterWithout(snapshot: Snapshot<SchedulingReads>, gone: readonly Pod[]): Cluster {
  return buildCluster(snapshot, new Set(gone.map((pod) => refKey(ref(pod)))));
}

/** True for a pod that takes room: placed, and not ended. Terminating pods and pods that cannot start hold theirs too. */
export function takesRoom(pod: Pod): boolean {
  return (pod.spec.nodeName ?? '') !== '' && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
}

function buildCluster(snapshot: Snapshot<SchedulingReads>, gone: ReadonlySet<string>): Cluster {
  const pods = snapshot.list('pods').items.filter((pod) => gone.size === 0 || !gone.has(refKey(ref(pod))));
  const byNode = groupBy(pods.filter(takesRoom), (pod) => pod.spec.nodeName);
  const nominated = groupBy(pods, (pod) =>
    (pod.spec.nodeName ?? '') === '' && pod.status?.phase === 'Pending' ? pod.status.nominatedNodeName : undefined,
  );
  const rooms = snapshot.list('nodes').items.map((node) => {
    const { name } = node.metadata;
    return roomOf(node, byNode.get(name) ?? [], nominated.get(name) ?? []);
  });
  const placed = rooms.flatMap((room) => room.pods.map((pod) => ({ pod, room })));
  return {
    rooms,
    byNamespace: groupBy(placed, ({ pod }) => pod.metadata.namespace ?? ''),
    antiAffine: placed
      .map((one) => ({ ...one, terms: antiAffinityTerms(one.pod) }))
      .filter(({ terms }) => terms.length > 0),
  };
}

function roomOf(node: Node, pods: readonly Pod[], nominated: readonly Pod[]): Room {
  const used = new Map<string, number>();
  for (const pod of pods) {
    for (const [resource, amount] of usageOf(pod)) used.set(resource, (used.get(resource) ?? 0) + amount);
  }
  return {
    node,
    labels: node.metadata.labels ?? {},
    allocatable: amountsOf(node.status?.allocatable),
    pods,
    used,
    ports: pods.flatMap((pod) => hostPortsOf(pod).map((port) => ({ pod, port }))),
    nominated,
  };
}
