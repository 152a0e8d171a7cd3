import {
  isReady,
  isLagging,
  namedNodes,
  type Node,
  nodeAffinityMiss,
  once,
  ownedBy,
  type Pod,
  type ResourceTypes,
  type Snapshot,
  untolerated,
} from '../../src/kit.ts';

export type DaemonSet = ResourceTypes['daemonsets.apps'];
type Reads = 'daemonsets.apps' | 'pods' | 'nodes';

export interface View {
  readonly set: DaemonSet;
  /** Nodes that should run a pod, by the controller's count. */
  readonly desired: number;
  readonly ready: number;
  readonly pods: readonly Pod[];
  readonly unready: readonly Pod[];
  readonly podsSeen: boolean;
  /** Nodes that lack a ready pod, as far as nodes and pods could be read, by name. */
  readonly nodesWithout: readonly string[];
  readonly lagging: boolean;
}

/** The DaemonSets that are not being deleted and whose controller has counted their nodes. */
export const daemonSets = once((snapshot: Snapshot<Reads>): readonly View[] =>
  snapshot
    .list('daemonsets.apps')
    .items.filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status !== undefined)
    .map((set) => viewOf(snapshot, set)),
);

function viewOf(snapshot: Snapshot<Reads>, set: DaemonSet): View {
  const { status } = set;
  const pods = ownedBy(snapshot, 'pods', set).filter(({ status: one }) => one?.phase !== 'Failed');
  const podsSeen = snapshot.list('pods', set.metadata.namespace).complete;
  const withReady = new Set(pods.filter(isReady).map(nodeOf));
  const unready = pods.filter((pod) => !isReady(pod));
  const eligible = podsSeen ? snapshot.list('nodes').items.filter((node) => isEligible(set, node)) : [];
  const lacking = [...unready.flatMap((pod) => nodeOf(pod) ?? []), ...eligible.map((node) => node.metadata.name)];
  return {
    set,
    desired: status?.desiredNumberScheduled ?? 0,
    ready: status?.numberReady ?? 0,
    pods,
    unready,
    podsSeen,
    nodesWithout: [...new Set(lacking)].filter((name) => !withReady.has(name)).sort(),
    lagging: isLagging(set),
  };
}

/** The node a pod is on, or is made for: the controller writes its name into the pod's affinity. */
export function nodeOf({ spec }: Pod): string | undefined {
  return spec.nodeName ?? [...(namedNodes(spec) ?? [])][0];
}

/** Taints of node conditions, which the controller adds tolerations for. Source: pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations. */
const tolerated =
  /^node\.kubernetes\.io\/(not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|unschedulable)$/;

/** Whether the controller would want a pod on a node: by name, selector, affinity and taints, not by room. */
export function isEligible(set: DaemonSet, node: Node): boolean {
  const { spec } = set.spec.template;
  if (spec === undefined) return false;
  if (spec.nodeName !== undefined && spec.nodeName !== node.metadata.name) return false;
  if (nodeAffinityMiss(spec, node) !== undefined) return false;
  return untolerated(spec.tolerations, node.spec.taints).every(
    ({ key }) => tolerated.test(key) || (spec.hostNetwork === true && key === 'node.kubernetes.io/network-unavailable'),
  );
}
