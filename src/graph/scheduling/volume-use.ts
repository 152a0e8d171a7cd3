import type { Pod } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { groupBy, once } from '../memo.ts';
import { claimUses, type PodClaims } from './claims.ts';
import type { Cluster, Room, SchedulingReads } from './occupancy.ts';
import type { Reason } from './reasons.ts';

/**
 * Claims that only one pod may use at a time (ReadWriteOncePod) and that a placed pod uses: no node can take the pod.
 * Source: pkg/scheduler/framework/plugins/volumerestrictions.
 */
export function claimsInUse(cluster: Cluster, pod: Pod, claims: PodClaims): readonly Reason[] {
  return [...claims.bound, ...claims.delayed]
    .filter(({ use, claim }) => !use.ephemeral && (claim.spec.accessModes ?? []).includes('ReadWriteOncePod'))
    .flatMap(({ use }): readonly Reason[] => {
      const holders = (cluster.byNamespace.get(pod.metadata.namespace ?? '') ?? [])
        .map((placed) => placed.pod)
        .filter((other) =>
          (other.spec.volumes ?? []).some((one) => one.persistentVolumeClaim?.claimName === use.claim),
        );
      return holders.length === 0 ? [] : [{ kind: 'in-use', claim: use.claim, holders }];
    });
}

/**
 * The filter of CSI volume limits, for one node: volumes of the pods there and those attached to it, each counted once, together with
 * the pod's own new ones, against `CSINode.spec.drivers[].allocatable.count`.
 * Source: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.
 */
export function volumeLimitReasons(
  snapshot: Snapshot<SchedulingReads>,
  claims: PodClaims,
  room: Room,
): readonly Reason[] {
  if (claims.bound.length + claims.delayed.length === 0) return [];
  const own = new Map<string, string>();
  for (const { volume } of claims.bound) {
    const { driver, volumeHandle } = volume.spec.csi ?? {};
    if (driver !== undefined && volumeHandle !== undefined) own.set(`${driver}/${volumeHandle}`, driver);
  }
  for (const { claim, class: storageClass } of claims.delayed) {
    own.set(`new/${claim.metadata.name}`, storageClass.provisioner ?? '');
  }
  if (own.size === 0) return [];
  const found = snapshot.lookup('csinodes.storage.k8s.io', room.node.metadata.name);
  const limits =
    found.state === 'found'
      ? (found.object.spec.drivers ?? []).filter((one) => one.allocatable?.count !== undefined)
      : [];
  if (limits.length === 0) return [];
  const there = attachedTo(snapshot, room);
  return limits.flatMap(({ name, allocatable }): readonly Reason[] => {
    const limit = allocatable?.count ?? 0;
    const attached = [...there.values()].filter((driver) => driver === name).length;
    const fresh = [...own].filter(([id, driver]) => driver === name && !there.has(id)).length;
    return fresh > 0 && attached + fresh > limit ? [{ kind: 'volume-limit', driver: name, limit, attached }] : [];
  });
}

const attachments = once((snapshot: Snapshot<SchedulingReads>) =>
  groupBy(snapshot.list('volumeattachments.storage.k8s.io').items, ({ spec }) => spec.nodeName),
);

/** Volumes on a node by identity, with their drivers. */
function attachedTo(snapshot: Snapshot<SchedulingReads>, room: Room): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  const note = (volumeName: string | undefined) => {
    if (volumeName === undefined) return;
    const volume = snapshot.lookup('persistentvolumes', volumeName);
    const csi = volume.state === 'found' ? volume.object.spec.csi : undefined;
    if (csi?.driver !== undefined && csi.volumeHandle !== undefined)
      result.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
  };
  for (const pod of room.pods) {
    for (const { claim } of claimUses(pod)) {
      const found = snapshot.lookup('persistentvolumeclaims', claim, pod.metadata.namespace);
      if (found.state === 'found') note(found.object.spec.volumeName);
    }
  }
  for (const { spec } of attachments(snapshot).get(room.node.metadata.name) ?? [])
    note(spec.source.persistentVolumeName);
  return result;
}
