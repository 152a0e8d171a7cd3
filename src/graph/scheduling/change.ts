import type { Node, Pod } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { gpuVendorOf } from '../gpu-names.ts';
import { gpuHardware, gpuOffers } from '../gpu-node.ts';
import { namedNodes } from './node-affinity.ts';
import { clusterOf, type SchedulingReads } from './occupancy.ts';
import type { Placement, Reason, Verdict } from './reasons.ts';
import { usageOf } from './requests.ts';
import type { Taint } from './tolerations.ts';

/** Taints that say that something is wrong with the node or that it is not ready for work, not that it is kept for others. */
const faultTaints = new Set([
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/pid-pressure',
  'node.kubernetes.io/network-unavailable',
  'node.kubernetes.io/unschedulable',
  'node.kubernetes.io/out-of-service',
  'node.cloudprovider.kubernetes.io/uninitialized',
  'node.cloudprovider.kubernetes.io/shutdown',
  'karpenter.sh/unregistered',
]);
const controlPlaneTaints = new Set(['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']);

/** True for a taint that a fault of the node, or its not being set up yet, has put there. */
export function isFaultTaint({ key }: Pick<Taint, 'key'>): boolean {
  return faultTaints.has(key) || key.endsWith('/agent-not-ready');
}

/** True where a reason is the node's own fault: it would go if the node were healed or uncordoned. */
export function isNodeFault(reason: Reason): boolean {
  return reason.kind === 'cordon' || (reason.kind === 'taint' && isFaultTaint(reason.taint));
}

/** True where a node could never hold what is asked, were it empty. */
export function isTooSmall(reason: Reason): boolean {
  return reason.kind === 'resource' && reason.asked > (reason.allocatable ?? 0);
}

/** The nodes that are meant: those a DaemonSet's pod is made for, or all. */
export function candidates(placement: Placement, pod: Pod): readonly Verdict[] {
  const named = namedNodes(pod.spec);
  return named === undefined ? placement.nodes : placement.nodes.filter(({ node }) => named.has(node.metadata.name));
}

/**
 * The node that needs the least to take the pod: the fewest reasons, then the mildest, then the smallest lack, then by name.
 * Undefined where there is no node, or one takes the pod as it is.
 */
export function nearestNode(verdicts: readonly Verdict[]): Verdict | undefined {
  const ranked = verdicts.map((verdict) => ({
    verdict,
    rank: [
      verdict.reasons.length,
      verdict.reasons.reduce((sum, reason) => sum + weight(reason, verdict.node), 0),
      Math.max(0, ...verdict.reasons.map(shortage)),
    ] as const,
  }));
  const first = ranked.reduce<(typeof ranked)[number] | undefined>((best, one) => {
    if (best === undefined) return one;
    const difference = one.rank[0] - best.rank[0] || one.rank[1] - best.rank[1] || one.rank[2] - best.rank[2];
    return difference < 0 ? one : best;
  }, undefined);
  return first === undefined || first.rank[0] === 0 ? undefined : first.verdict;
}

/** How hard a reason is to take away: small numbers are a command, great ones a new machine. */
function weight(reason: Reason, node: Node): number {
  switch (reason.kind) {
    case 'cordon':
      return 1;
    case 'taint':
      return controlPlaneTaints.has(reason.taint.key) ? 9 : isFaultTaint(reason.taint) ? 3 : 2;
    case 'affinity':
      return isNodeFact(reason.rule) ? 9 : 3;
    case 'port':
    case 'spread':
    case 'pod-anti-affinity':
      return 5;
    case 'resource':
      if (reason.allocatable === undefined) return isNearDevices(reason.resource, node) ? 7 : 8;
      return reason.allocatable === 0 ? 7 : isTooSmall(reason) ? 6 : 4;
    case 'devices':
      return deviceWeights[reason.why];
    case 'in-use':
    case 'pod-affinity':
    case 'volume-limit':
      return 6;
    default:
      return 7;
  }
}

const deviceWeights: Readonly<Record<Extract<Reason, { kind: 'devices' }>['why'], number>> = {
  missing: 3,
  'not-made': 3,
  'no-class': 3,
  held: 4,
  unfit: 5,
  elsewhere: 6,
  'not-listed': 8,
};

/** Labels that say what a machine is or which group of machines it came from; the kubelet, the cloud or discovery writes them. */
const factLabels = [
  String.raw`(?:beta\.)?kubernetes\.io\/(?:hostname|os|arch|instance-type)\b`,
  String.raw`failure-domain\.beta\.kubernetes\.io\/`,
  String.raw`topology\.[\w.-]+\/`,
  String.raw`node\.kubernetes\.io\/(?:instance-type|windows-build)\b`,
  String.raw`feature\.node\.kubernetes\.io\/`,
  String.raw`cloud\.google\.com\/`,
  String.raw`(?:eks|k8s)\.amazonaws\.com\/`,
  String.raw`kubernetes\.azure\.com\/`,
  String.raw`karpenter\.[\w.]+\/`,
  String.raw`nvidia\.com\/(?:cuda\.|gpu\.(?:compute|count|family|machine|memory|mode|product)\b)`,
  String.raw`amd\.com\/gpu\.`,
];
const factRule = new RegExp(String.raw`(?:^|[\s,])(?:${factLabels.join('|')})`);

/** A rule about labels that say what a node is: nobody should make a node lie. */
export function isNodeFact(rule: string): boolean {
  return factRule.test(rule);
}

/** A machine with accelerators, where one is asked for that it does not offer. */
function isNearDevices(resource: string, node: Node): boolean {
  return gpuVendorOf(resource) !== undefined && (gpuHardware(node).length > 0 || gpuOffers(node).length > 0);
}

function shortage(reason: Reason): number {
  return reason.kind === 'resource' ? (reason.asked - reason.free) / reason.asked : 0;
}

/** A pod that takes some of a resource on a node. */
export interface Holder {
  readonly pod: Pod;
  readonly amount: number;
  /** What is wrong with it, where it holds its share without running: `ImagePullBackOff`, `Terminating`. */
  readonly idle?: string;
}

/** Who takes a resource on a node: pods that do not run first, then by how much they take. */
export function holdersOf(snapshot: Snapshot<SchedulingReads>, node: string, resource: string): readonly Holder[] {
  const room = clusterOf(snapshot).rooms.find((one) => one.node.metadata.name === node);
  return (room?.pods ?? [])
    .map((pod) => {
      const idle = idleReason(pod);
      return { pod, amount: usageOf(pod).get(resource) ?? 0, ...(idle === undefined ? {} : { idle }) };
    })
    .filter(({ amount }) => amount > 0)
    .sort(
      (one, other) =>
        Number(other.idle !== undefined) - Number(one.idle !== undefined) ||
        other.amount - one.amount ||
        (nameOf(one.pod) < nameOf(other.pod) ? -1 : 1),
    );
}

function idleReason({ metadata, status }: Pod): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const { state } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    if (state?.waiting?.reason !== undefined) return state.waiting.reason;
  }
  return status?.phase === 'Pending' ? 'Pending' : undefined;
}

function nameOf({ metadata }: Pod): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
