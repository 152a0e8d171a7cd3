import type { Pod } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { once } from '../memo.ts';
import { claimsOf, claimUses, selectedNodeAnnotation } from './claims.ts';
import { type DeviceReads, served } from './device-supply.ts';
import { claimsText, deviceFilter, unsureServing } from './devices.ts';
import { nodeAffinityMiss } from './node-affinity.ts';
import { type Cluster, clusterOf, clusterWithout, type Room, type SchedulingReads } from './occupancy.ts';
import { podAffinityFilter } from './pod-affinity.ts';
import { hostPortsOf } from './ports.ts';
import type { Placement, Reason, Verdict } from './reasons.ts';
import { requestsOf } from './requests.ts';
import { portReasons, resourceReasons } from './room.ts';
import { spreadFilter } from './spread.ts';
import { tolerates, untolerated } from './tolerations.ts';
import { claimsInUse, volumeLimitReasons } from './volume-use.ts';
import { volumeReasons } from './volumes.ts';

/** What the filters read to place a pod. */
export type PlacementReads = DeviceReads | SchedulingReads;

/**
 * The scheduler's filters for one pod on every node of the snapshot: for each node all that fails, not only the first. Computed
 * once for all pods that ask the same. It is as good as what could be read: see `Placement.unseen`, and look at
 * `list('nodes').complete` before concluding anything from it.
 * Source: pkg/scheduler/apis/config/v1/default_plugins.go for the filters and their order.
 */
export function placementOf(snapshot: Snapshot<PlacementReads>, pod: Pod): Placement {
  const known = placements(snapshot);
  const key = templateKey(snapshot, pod);
  let placement = known.get(key);
  if (placement === undefined) known.set(key, (placement = evaluate(snapshot, clusterOf(snapshot), pod)));
  return placement;
}

/** As `placementOf`, as if some placed pods were gone. */
export function placementWithout(snapshot: Snapshot<PlacementReads>, pod: Pod, gone: readonly Pod[]): Placement {
  return evaluate(snapshot, clusterWithout(snapshot, gone), pod);
}

const placements = once((_snapshot: Snapshot<PlacementReads>) => new Map<string, Placement>());

/** All of a pod that the filters look at, as text. */
function templateKey(snapshot: Snapshot<PlacementReads>, pod: Pod): string {
  const { metadata, spec, status } = pod;
  const { affinity, nodeName, nodeSelector, priority, schedulerName, tolerations } = spec;
  return JSON.stringify([
    metadata.namespace,
    metadata.labels,
    [...requestsOf(pod)],
    hostPortsOf(pod),
    claimUses(pod),
    [affinity, nodeName, nodeSelector, priority, schedulerName, tolerations],
    claimsText(snapshot, pod),
    spec.topologySpreadConstraints,
    status?.nominatedNodeName === undefined ? '' : metadata.name,
  ]);
}

function evaluate(snapshot: Snapshot<PlacementReads>, cluster: Cluster, pod: Pod): Placement {
  const claims = claimsOf(snapshot, pod);
  const everywhere = claimsInUse(cluster, pod, claims);
  const spread = spreadFilter(cluster, pod);
  const others = podAffinityFilter(snapshot, cluster, pod);
  const nodes = cluster.rooms.map(({ node }) => node);
  const devices = deviceFilter(snapshot, pod, nodes);
  const available = claims.delayed.length === 0 ? [] : snapshot.list('persistentvolumes').items;
  const verdict = (room: Room): Verdict => ({
    node: room.node,
    reasons: [
      ...nodeReasons(pod, room),
      ...portReasons(pod, room),
      ...resourceReasons(pod, room, (resource) => served(snapshot, resource, room.node)),
      ...everywhere,
      ...volumeLimitReasons(snapshot, claims, room),
      ...volumeReasons(claims, room, available),
      ...spread(room),
      ...others.check(room),
      ...(devices.reasons.get(room.node.metadata.name) ?? []),
    ],
  });
  return {
    claims: claims.problems,
    nodes: cluster.rooms.map(verdict),
    waiting: claims.delayed.map(({ use, claim }) => {
      const selectedNode = claim.metadata.annotations?.[selectedNodeAnnotation];
      return { volume: use.volume, claim: use.claim, ...(selectedNode === undefined ? {} : { selectedNode }) };
    }),
    unseen: [
      ...claims.unseen,
      ...others.unseen,
      ...devices.unseen,
      ...unsureServing(snapshot, pod, nodes),
      ...unread(
        snapshot,
        pod,
        claims.delayed.map((one) => one.class.provisioner ?? ''),
      ),
    ],
  };
}

/** Filters that need objects the snapshot does not hold. */
function unread(snapshot: Snapshot<PlacementReads>, pod: Pod, provisioners: readonly string[]): readonly string[] {
  const unseen: string[] = [];
  if (!snapshot.list('pods').complete) unseen.push('pods');
  if (pod.spec.schedulingGroup !== undefined) unseen.push('podgroups');
  const scheduler = pod.spec.schedulerName ?? '';
  if (scheduler !== '' && scheduler !== 'default-scheduler') unseen.push(`rules of the scheduler ${scheduler}`);
  if (provisioners.length > 0 && !snapshot.list('persistentvolumes').complete) unseen.push('persistentvolumes');
  const counted = provisioners.some((name) => {
    const driver = snapshot.lookup('csidrivers.storage.k8s.io', name);
    return driver.state === 'found' && driver.object.spec.storageCapacity === true;
  });
  if (counted) unseen.push('csistoragecapacities');
  return unseen;
}

/** The filters that read the node alone. A cordoned node carries a taint that says the same: it is told once. */
function nodeReasons(pod: Pod, { node }: Room): readonly Reason[] {
  const { spec } = pod;
  const reasons: Reason[] = [];
  const cordoned = node.spec.unschedulable === true && !tolerates(spec.tolerations, cordon);
  if (cordoned) reasons.push({ kind: 'cordon' });
  const wanted = spec.nodeName ?? '';
  if (wanted !== '' && wanted !== node.metadata.name) reasons.push({ kind: 'name', wanted });
  for (const taint of untolerated(spec.tolerations, node.spec.taints)) {
    if (!cordoned || taint.key !== cordon.key) reasons.push({ kind: 'taint', taint });
  }
  const miss = nodeAffinityMiss(spec, node);
  if (miss !== undefined) reasons.push({ kind: 'affinity', ...miss });
  return reasons;
}

const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
