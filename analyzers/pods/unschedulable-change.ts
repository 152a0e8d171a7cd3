import {
  amountText,
  controllerOf,
  gpuOffers,
  gpuVendorOf,
  isFaultTaint,
  isNodeFact,
  isTooSmall,
  nearestNode,
  type Pod,
  portsText,
  type Reason,
  refText,
  ref,
  sameRef,
  taintText,
  topOf,
  type Verdict,
} from '../../src/kit.ts';
import type { PendingCase } from './pending-case.ts';

export interface Change {
  readonly verdict: Verdict;
  readonly text: string;
}

/** The smallest change that would let the pod run, in words; undefined where there is no node to change for. */
export function smallestChange(
  { snapshot, pod }: Pick<PendingCase, 'pod' | 'snapshot'>,
  verdicts: readonly Verdict[],
): Change | undefined {
  const verdict = nearestNode(verdicts);
  if (verdict === undefined) return undefined;
  const { node, reasons } = verdict;
  const another = anotherNode(reasons);
  if (another !== undefined) return { verdict, text: another };
  const changes = reasons.map((reason) => {
    if (reason.kind === 'pod-anti-affinity') return antiAffinityChange(snapshot, reason, pod);
    if (reason.kind === 'in-use')
      return `stop ${workloadText(snapshot, reason.holders)}, which uses claim ${reason.claim}`;
    return otherName(reason, node) ?? changeText(reason, node.metadata.name, pod);
  });
  return { verdict, text: [...new Set(changes)].join(' and ') };
}

/** Where even the nearest node is of the wrong kind and lacks more than that, a node of the right kind is less than all that. */
function anotherNode(reasons: readonly Reason[]): string | undefined {
  const rule = reasons.flatMap((one) => (one.kind === 'affinity' && isNodeFact(one.rule) ? [one] : []))[0];
  if (rule === undefined || reasons.length < 2) return undefined;
  const what = rule.field === 'spec.nodeSelector' ? 'nodeSelector' : 'node affinity';
  return `add a node that its ${what} admits (${rule.rule})`;
}

/** Accelerators of a node that go by another name than the one asked for: partitions, shares, another vendor's. */
function otherName(reason: Reason, node: Verdict['node']): string | undefined {
  if (reason.kind !== 'resource' || (reason.allocatable ?? 0) > 0 || gpuVendorOf(reason.resource) === undefined)
    return undefined;
  const names = gpuOffers(node).flatMap(({ resource, allocatable }) => (allocatable > 0 ? [resource] : []));
  if (names.length === 0) return undefined;
  const own = gpuVendorOf(reason.resource);
  const others = names.every((name) => gpuVendorOf(name) !== own);
  return `ask for ${names.join(' or ')}, which ${node.metadata.name} offers, in place of ${reason.resource}${others ? ', with an image that is built for it' : ''}`;
}

/** Faults that taints of Kubernetes stand for, and what takes them away. */
const repairs: Readonly<Record<string, (node: string) => string>> = {
  'node.kubernetes.io/not-ready': (node) => `bring ${node} back to Ready`,
  'node.kubernetes.io/unreachable': (node) => `bring ${node} back (its kubelet is silent)`,
  'node.kubernetes.io/memory-pressure': (node) => `free memory on ${node}`,
  'node.kubernetes.io/disk-pressure': (node) => `free disk space on ${node}`,
  'node.kubernetes.io/pid-pressure': (node) => `end processes on ${node}`,
  'node.kubernetes.io/network-unavailable': (node) => `set up the network of ${node}`,
  'node.kubernetes.io/unschedulable': (node) => `uncordon ${node}`,
  'node.cloudprovider.kubernetes.io/uninitialized': (node) => `let the cloud controller manager set up ${node}`,
  'node.cloudprovider.kubernetes.io/shutdown': (node) => `start the machine of ${node}`,
};

function changeText(reason: Exclude<Reason, { kind: 'in-use' | 'pod-anti-affinity' }>, node: string, pod: Pod): string {
  switch (reason.kind) {
    case 'cordon':
      return `uncordon ${node}`;
    case 'name':
      return `take ${reason.wanted} out of spec.nodeName`;
    case 'taint':
      return repairs[reason.taint.key]?.(node) ?? taintChange(reason.taint, node);
    case 'affinity':
      if (reason.field !== 'spec.nodeSelector') return `let its node affinity admit ${node} (${reason.rule})`;
      return isNodeFact(reason.rule)
        ? `let its nodeSelector admit ${node} (${reason.rule})`
        : `label ${node} with ${reason.rule}`;
    case 'port':
      return portsChange(reason, node, pod);
    case 'resource':
      return resourceChange(reason, node);
    case 'devices':
      return devicesChange(reason, node);
    case 'volume-limit':
      return `detach a volume of ${reason.driver} from ${node}`;
    case 'volume':
      return `make claim ${reason.claim} usable on ${node}`;
    case 'spread':
      return spreadChange(reason, node);
    default:
      return `run a pod ${reason.selector} in the same ${reason.topologyKey} as ${node}`;
  }
}

/** A taint that an agent takes away once the node works is no rule about pods. */
function taintChange(taint: Extract<Reason, { kind: 'taint' }>['taint'], node: string): string {
  return isFaultTaint(taint)
    ? `let what sets up ${node} take its taint ${taintText(taint)} away`
    : `${isControlPlane(taint) ? 'add a worker node, or ' : ''}tolerate ${taintText(taint)} of ${node}`;
}

function isControlPlane({ key }: { readonly key: string }): boolean {
  return /^node-role\.kubernetes\.io\/(?:control-plane|master)$/.test(key);
}

function spreadChange({ topologyKey, skew, domains }: Extract<Reason, { kind: 'spread' }>, node: string): string {
  if (skew === undefined) return `label ${node} with ${topologyKey}`;
  return domains === undefined
    ? `relax its topology spread over ${topologyKey}, or make room in the other domains`
    : `add nodes in another ${topologyKey}, or ask for at most ${domains.found} of them (minDomains is ${domains.wanted})`;
}

function antiAffinityChange(
  snapshot: PendingCase['snapshot'],
  { topologyKey, holders }: Extract<Reason, { kind: 'pod-anti-affinity' }>,
  pod: Pod,
): string {
  const whom = workloadText(snapshot, holders, refText(topOf(snapshot, pod)));
  return `add a node, or relax the anti-affinity over ${topologyKey} with ${whom}`;
}

/** The workloads whose pods are in the way: pods come and go. `own` is the one that waits. */
function workloadText(snapshot: PendingCase['snapshot'], holders: readonly Pod[], own?: string): string {
  const [first = 'another pod', ...others] = new Set(holders.map((holder) => refText(topOf(snapshot, holder))));
  return `${first === own ? 'its other replicas' : first}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}

/** Replicas that take ports of their node need a node each. */
function portsChange({ ports, holders }: Extract<Reason, { kind: 'port' }>, node: string, pod: Pod): string {
  const text = portsText(ports);
  const owner = controllerOf(pod);
  const replica = holders.find((holder) => {
    const other = controllerOf(holder);
    return owner !== undefined && other !== undefined && sameRef(owner, other);
  });
  return replica === undefined
    ? `free ${text} on ${node}, held by ${holderText(holders)}`
    : `add a node, or run fewer replicas: each takes ${text} of its node, which on ${node} ${refText(ref(replica))} has`;
}

function resourceChange(reason: Extract<Reason, { kind: 'resource' }>, node: string): string {
  const { resource, asked, free, allocatable } = reason;
  if (resource === 'pods') return `end a pod on ${node}`;
  if (allocatable === undefined || allocatable === 0) return `get ${resource} offered on ${node}`;
  if (!isTooSmall(reason)) return `free ${amountText(resource, asked - Math.max(0, free))} ${resource} on ${node}`;
  return free > 0
    ? `ask for at most ${amountText(resource, free)} ${resource}, what ${node} has free`
    : `ask for less ${resource} than the ${amountText(resource, allocatable)} of ${node}, and free it there`;
}

function devicesChange(
  { why, source, deviceClass, asked, free, total, tainted }: Extract<Reason, { kind: 'devices' }>,
  node: string,
) {
  const lack = asked - (why === 'unfit' ? total : free);
  if (tainted >= lack && (why === 'unfit' || why === 'held'))
    return `mend ${lack} of the devices of ${node} that their driver took out of service`;
  switch (why) {
    case 'missing':
      return `create ${source}`;
    case 'not-made':
      return `create ${source}, or see why no claim is made of it`;
    case 'no-class':
      return `create DeviceClass ${deviceClass}, or name one that exists`;
    case 'not-listed':
      return `run the driver of ${deviceClass} on ${node}`;
    case 'unfit':
      return `let ${source} admit the devices of ${node}, or add one that it admits`;
    case 'held':
      return `free ${asked - free} of class ${deviceClass} on ${node}`;
    default:
      return `give ${source} up, whose devices are not on ${node}`;
  }
}

function holderText(holders: Extract<Reason, { kind: 'port' }>['holders']): string {
  const [first] = holders;
  if (first === undefined) return 'another pod';
  return `${refText(ref(first))}${holders.length > 1 ? ` and ${holders.length - 1} more` : ''}`;
}
