import { quantity } from '../quantity.ts';
import { matchesSelector } from '../selectors.ts';
import {
  type Claim,
  classOf,
  type PodClaims,
  selectedNodeAnnotation,
  type StorageClass,
  type Volume,
} from './claims.ts';
import { matchesNodeSelector } from './node-affinity.ts';
import type { Room } from './occupancy.ts';
import type { Reason } from './reasons.ts';

type VolumeReason = Extract<Reason, { kind: 'volume' }>;

/**
 * The filters of volumes and zones, for one node: volumes that are bound elsewhere, claims that wait for another node, and claims
 * for which the node has no volume and no provisioner that could make one.
 * Source: pkg/scheduler/framework/plugins/volumebinding/binder.go and volumezone.
 */
export function volumeReasons(
  { bound, delayed }: PodClaims,
  room: Room,
  available: readonly Volume[],
): readonly VolumeReason[] {
  if (bound.length + delayed.length === 0) return [];
  const reasons: VolumeReason[] = [];
  const labels = withOldLabels(room.labels);
  for (const { use, volume } of bound) {
    const { name } = volume.metadata;
    if (!isReachable(volume, room.labels)) {
      reasons.push({ kind: 'volume', claim: use.claim, why: 'node-affinity', name });
    } else if (zoneConflict(volume, room)) reasons.push({ kind: 'volume', claim: use.claim, why: 'zone', name });
  }
  const chosen = new Set<Volume>();
  for (const { use, claim, class: storageClass } of [...delayed].sort((a, b) => compareSizes(a.claim, b.claim))) {
    const selected = claim.metadata.annotations?.[selectedNodeAnnotation];
    if (selected !== undefined && selected !== room.node.metadata.name) {
      reasons.push({ kind: 'volume', claim: use.claim, why: 'selected-elsewhere', name: selected });
      continue;
    }
    const match = available.find((volume) => !chosen.has(volume) && suits(volume, claim, labels));
    if (match !== undefined) chosen.add(match);
    else {
      const why = provisionFault(storageClass, labels);
      if (why !== undefined) reasons.push({ kind: 'volume', claim: use.claim, why, name: storageClass.metadata.name });
    }
  }
  return reasons;
}

function provisionFault({ provisioner, allowedTopologies = [] }: StorageClass, labels: Room['labels']) {
  if (provisioner === undefined || provisioner === '' || provisioner === 'kubernetes.io/no-provisioner') {
    return 'no-volume';
  }
  if (allowedTopologies.length === 0) return undefined;
  const fits = allowedTopologies.some(
    ({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.length > 0 &&
      matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? '')),
  );
  return fits ? undefined : 'topology';
}

/** Whether a free volume can be bound to a claim on a node. Source: component-helpers/storage/volume, FindMatchingVolume. */
function suits(volume: Volume, claim: Claim, labels: Room['labels']): boolean {
  const {
    claimRef,
    accessModes = [],
    volumeMode,
    storageClassName,
    nodeAffinity,
    volumeAttributesClassName,
  } = volume.spec;
  const { namespace, name } = claim.metadata;
  const reserved = claimRef !== undefined && claimRef.namespace === namespace && claimRef.name === name;
  if (claimRef !== undefined && !reserved) return false;
  if (sizeOf(volume.spec.capacity) < sizeOf(claim.spec.resources?.requests)) return false;
  if ((volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return false;
  if ((volumeAttributesClassName ?? '') !== (claim.spec.volumeAttributesClassName ?? '')) return false;
  if (volume.metadata.deletionTimestamp !== undefined) return false;
  if (nodeAffinity?.required !== undefined && !matchesNodeSelector(nodeAffinity.required, labels, undefined))
    return false;
  if (reserved) return true;
  const { selector } = claim.spec;
  return (
    volume.status?.phase === 'Available' &&
    (selector === undefined || matchesSelector(selector, volume.metadata.labels)) &&
    (storageClassName ?? '') === classOf(claim) &&
    (claim.spec.accessModes ?? []).every((mode) => accessModes.includes(mode))
  );
}

function sizeOf(list: Readonly<Record<string, string>> | undefined): bigint {
  return quantity(list?.['storage']) ?? 0n;
}

function compareSizes(one: Claim, other: Claim): number {
  const difference = sizeOf(one.spec.resources?.requests) - sizeOf(other.spec.resources?.requests);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const zoneLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
};

/** Zone labels of a volume (several values joined by `__`) against those of a node; a node without any is in every zone. */
function zoneConflict({ metadata }: Volume, { labels }: Room): boolean {
  if (!Object.keys(zoneLabels).some((key) => Object.hasOwn(labels, key))) return false;
  return Object.entries(zoneLabels).some(([key, today]) => {
    const zones = metadata.labels?.[key];
    return zones !== undefined && !zones.split('__').includes(labels[key] ?? labels[today] ?? '');
  });
}

/** Whether a volume's data can be reached from a node with these labels. */
export function isReachable({ spec }: Volume, labels: Room['labels']): boolean {
  const required = spec.nodeAffinity?.required;
  return required === undefined || matchesNodeSelector(required, withOldLabels(labels), undefined);
}

/** Old volumes name zones by labels that nodes no longer carry: they stand for today's. */
function withOldLabels(labels: Room['labels']): Room['labels'] {
  const added = Object.entries(zoneLabels).filter(
    ([old, today]) => !Object.hasOwn(labels, old) && Object.hasOwn(labels, today),
  );
  return added.length === 0
    ? labels
    : { ...labels, ...Object.fromEntries(added.map(([old, today]) => [old, labels[today] ?? ''])) };
}
