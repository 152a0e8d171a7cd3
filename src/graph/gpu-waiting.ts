import type { Pod } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { conditionIs } from './conditions.ts';
import { gpuRequestsOf } from './gpu-demand.ts';
import type { GpuNodeView } from './gpu-inventory.ts';
import { gpuVendorOf } from './gpu-names.ts';
import { claimAsks, waitForClaims } from './gpu-waiting-claims.ts';
import type { GpuWaitReason } from './gpu-wait-reason.ts';
import { waitFor } from './gpu-waiting-reasons.ts';
import { candidates } from './scheduling/change.ts';
import { placementOf } from './scheduling/placement.ts';
import type { Placement, Reason } from './scheduling/reasons.ts';
import { isActive } from './settling.ts';

/** A pod without a node that asks for accelerators. */
export interface GpuWait extends GpuWaitReason {
  readonly pod: Pod;
  readonly asks: ReadonlyMap<string, number>;
  readonly since: string | undefined;
}

/** Pods without a node that ask for accelerators, with why they wait, by namespace and name. */
export function gpuWaits(snapshot: Snapshot, nodes: readonly GpuNodeView[]): readonly GpuWait[] {
  return snapshot.list('pods').items.flatMap((pod) => {
    if (!isActive(pod) || (pod.spec.nodeName ?? '') !== '') return [];
    const asks = new Map([...gpuRequestsOf(pod), ...claimAsks(snapshot, pod)]);
    if (asks.size === 0) return [];
    const since = conditionIs(pod, 'PodScheduled', 'False')?.lastTransitionTime ?? pod.metadata.creationTimestamp;
    return [{ pod, asks, since, ...explain(snapshot, nodes, pod) }];
  });
}

/** The scheduler's filters, told in the order in which a person would ask. */
function explain(snapshot: Snapshot, views: readonly GpuNodeView[], pod: Pod): GpuWaitReason {
  const gates = (pod.spec.schedulingGates ?? []).map(({ name }) => name);
  if (gates.length > 0)
    return {
      cause: 'gated',
      why: `held back by scheduling gate ${gates.join(', ')}`,
      change: 'look at the queue or operator that owns the gate',
    };
  const nodes = snapshot.list('nodes');
  if (!nodes.complete)
    return {
      cause: 'unseen',
      why: `the nodes could not be seen (${nodes.reason ?? 'not complete'})`,
      change: undefined,
    };
  return byFilters(snapshot, views, pod);
}

/** Reasons by placement, which pods that ask the same have in common. */
const known = new WeakMap<Placement, GpuWaitReason>();

function byFilters(snapshot: Snapshot, views: readonly GpuNodeView[], pod: Pod): GpuWaitReason {
  const placement = placementOf(snapshot, pod);
  const told = known.get(placement) ?? firstReason(snapshot, views, placement, pod);
  known.set(placement, told);
  return told;
}

function firstReason(snapshot: Snapshot, views: readonly GpuNodeView[], placement: Placement, pod: Pod): GpuWaitReason {
  const verdicts = candidates(placement, pod);
  const free = verdicts.find(({ reasons }) => reasons.length === 0);
  if (free !== undefined && placement.unseen.length > 0) {
    const why = `${free.node.metadata.name} would take it, but ${placement.unseen.join(', ')} could not be seen`;
    return { cause: 'unseen', why, change: undefined };
  }
  if (free !== undefined)
    return { cause: 'fits', why: 'a node takes it now; the scheduler has not placed it yet', change: undefined };
  const claims = waitForClaims(verdicts);
  if (claims !== undefined) return claims;
  for (const [resource, asked] of gpuRequestsOf(pod)) {
    const told = waitFor(snapshot, views, verdicts, resource, asked);
    if (told !== undefined) return told;
  }
  const [near] = verdicts
    .filter(({ reasons }) => reasons.every((one) => one.kind !== 'resource' || gpuVendorOf(one.resource) === undefined))
    .toSorted((one, other) => one.reasons.length - other.reasons.length);
  const what = near === undefined ? '' : ` on ${near.node.metadata.name}: ${near.reasons.map(kindText).join(', ')}`;
  return {
    cause: 'other',
    why: `enough is free, but something else is in the way${what}`,
    change: 'mekhanikube analyze tells all that is in its way',
  };
}

function kindText(reason: Reason): string {
  switch (reason.kind) {
    case 'resource':
      return `too little ${reason.resource}`;
    case 'volume':
    case 'in-use':
      return `claim ${reason.claim}`;
    case 'devices':
      return reason.source;
    case 'port':
      return 'a host port';
    default:
      return reason.kind.replaceAll('-', ' ');
  }
}
