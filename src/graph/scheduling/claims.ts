import type { Pod, ResourceTypes } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { SchedulingReads } from './occupancy.ts';
import type { ClaimProblem } from './reasons.ts';

export type Claim = ResourceTypes['persistentvolumeclaims'];
export type Volume = ResourceTypes['persistentvolumes'];
export type StorageClass = ResourceTypes['storageclasses.storage.k8s.io'];

/** A claim that a pod's volume uses, by name: written out, or made of the pod's name for a generic ephemeral volume. */
export interface ClaimUse {
  readonly volume: number;
  readonly claim: string;
  readonly ephemeral: boolean;
}

/** A pod's claims sorted as the scheduler sorts them. */
export interface PodClaims {
  readonly problems: readonly ClaimProblem[];
  readonly bound: readonly { readonly use: ClaimUse; readonly claim: Claim; readonly volume: Volume }[];
  /** Not bound, to be bound or provisioned once a node is chosen. */
  readonly delayed: readonly { readonly use: ClaimUse; readonly claim: Claim; readonly class: StorageClass }[];
  readonly unseen: readonly string[];
}

export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node';

/** The claims a pod uses. */
export function claimUses(pod: Pod): readonly ClaimUse[] {
  return (pod.spec.volumes ?? []).flatMap((volume, index): readonly ClaimUse[] => {
    const named = volume.persistentVolumeClaim?.claimName;
    if (named !== undefined) return [{ volume: index, claim: named, ephemeral: false }];
    if (volume.ephemeral === undefined) return [];
    return [{ volume: index, claim: `${pod.metadata.name}-${volume.name}`, ephemeral: true }];
  });
}

/**
 * Sorts the claims of a pod: what no node can help with, what is bound, and what waits for a node.
 * Source: pkg/scheduler/framework/plugins/volumebinding, podHasPVCs and GetPodVolumeClaims.
 */
export function claimsOf(snapshot: Snapshot<SchedulingReads>, pod: Pod): PodClaims {
  const problems: ClaimProblem[] = [];
  const bound: PodClaims['bound'][number][] = [];
  const delayed: PodClaims['delayed'][number][] = [];
  const unseen = new Set<string>();
  for (const use of claimUses(pod)) {
    const problem = (why: ClaimProblem['why'], name?: string) =>
      problems.push({ volume: use.volume, claim: use.claim, why, ...(name === undefined ? {} : { name }) });
    const found = snapshot.lookup('persistentvolumeclaims', use.claim, pod.metadata.namespace);
    if (found.state === 'unknown') unseen.add('persistentvolumeclaims');
    if (found.state === 'absent') problem(use.ephemeral ? 'not-created-yet' : 'missing');
    if (found.state !== 'found') continue;
    const claim = found.object;
    if (use.ephemeral && !isMadeFor(claim, pod)) problem('not-own');
    else if (claim.status?.phase === 'Lost') problem('lost', claim.spec.volumeName);
    else if (claim.metadata.deletionTimestamp !== undefined) problem('deleting');
    else if (isBound(claim)) {
      const volume = snapshot.lookup('persistentvolumes', claim.spec.volumeName ?? '');
      if (volume.state === 'found') bound.push({ use, claim, volume: volume.object });
      else if (volume.state === 'absent') problem('volume-missing', claim.spec.volumeName);
      else unseen.add('persistentvolumes');
    } else {
      const storageClass = delayingClass(snapshot, claim);
      if (storageClass === 'unknown') unseen.add('storageclasses');
      else if (storageClass === undefined) problem('unbound', classOf(claim));
      else delayed.push({ use, claim, class: storageClass });
    }
  }
  return { problems, bound, delayed, unseen: [...unseen] };
}

/** Whether the claim of an ephemeral volume was made for this pod. Source: component-helpers/storage/ephemeral, VolumeIsForPod. */
function isMadeFor({ metadata }: Claim, pod: Pod): boolean {
  const owner = (metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
  return pod.metadata.uid === undefined || owner?.uid === pod.metadata.uid;
}

/** The class of a claim that waits for its first consumer; a claim that names its volume is bound at once all the same. */
function delayingClass(snapshot: Snapshot<SchedulingReads>, claim: Claim): StorageClass | 'unknown' | undefined {
  const name = classOf(claim);
  if (name === '' || (claim.spec.volumeName ?? '') !== '') return undefined;
  const found = snapshot.lookup('storageclasses.storage.k8s.io', name);
  if (found.state === 'unknown') return 'unknown';
  return found.state === 'found' && found.object.volumeBindingMode === 'WaitForFirstConsumer'
    ? found.object
    : undefined;
}

/** Bound on both sides: the controller has written the volume's name and said that it is done. */
function isBound(claim: Claim): boolean {
  const done =
    claim.status?.phase === 'Bound' || claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined;
  return (claim.spec.volumeName ?? '') !== '' && done;
}

/** A claim's StorageClass, by the old annotation first; empty where it has none. */
export function classOf(claim: Claim): string {
  return claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec.storageClassName ?? '';
}
