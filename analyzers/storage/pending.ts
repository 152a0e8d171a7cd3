import {
  classOf,
  condition,
  type Draft,
  eventsOf,
  nearest,
  olderThan,
  ref,
  selectedNodeAnnotation,
  type Snapshot,
} from '../../src/kit.ts';
import { type StorageClass, usersOf } from './claims.ts';
import type { Code } from './codes.ts';
import { classMissing, noClass, unchosen, unconsumed } from './pending-class.ts';
import { failedProvisioning, notProvisioned } from './pending-provision.ts';
import { staticBinding } from './pending-static.ts';
import { isNoClass, type PendingReads, type Waiting } from './waiting.ts';

/**
 * Claims that are not bound, with the one reason that holds for each. A claim that waits for its first consumer is bound when its pod is
 * placed: as long as no node is chosen, the fault, if there is one, is with the pod's scheduling.
 */
export function* pendingClaims(
  snapshot: Snapshot<PendingReads>,
  { graceSeconds, provisionSeconds }: { readonly graceSeconds: number; readonly provisionSeconds: number },
): Generator<Draft<Code>> {
  for (const claim of snapshot.list('persistentvolumeclaims').items) {
    const { metadata, status } = claim;
    if ((status?.phase ?? 'Pending') !== 'Pending' || metadata.deletionTimestamp !== undefined) continue;
    if (!olderThan(snapshot, metadata.creationTimestamp, settleSeconds)) continue;
    const events = eventsOf(snapshot, ref(claim), metadata.uid);
    const draft = reasonOf({ snapshot, claim, events, provisionSeconds });
    if (draft === undefined) continue;
    if (!definite.has(draft.code) && !olderThan(snapshot, metadata.creationTimestamp, graceSeconds)) continue;
    const since = draft.since ?? metadata.creationTimestamp;
    yield { ...draft, ...(since === undefined ? {} : { since }) };
  }
}

/** What does not pass by itself: the claim's class is missing. */
const definite: ReadonlySet<Code> = new Set(['PersistentVolumeClaimPending', 'PersistentVolumeClaimNoClass'] as const);
/** How long even that is left alone: classes and claims are made one after another. */
const settleSeconds = 15;

function reasonOf(waiting: Waiting): Draft<Code> | undefined {
  const { snapshot, claim } = waiting;
  const name = classOf(claim);
  if ((claim.spec.volumeName ?? '') !== '') return staticBinding(waiting);
  if (name === '') return claim.spec.storageClassName === undefined ? noClass(waiting) : staticBinding(waiting);
  const found = snapshot.lookup('storageclasses.storage.k8s.io', name);
  if (found.state === 'found') return ofClass(waiting, found.object);
  if (found.state === 'unknown') return ofUnseenClass(waiting);
  // A class without an object is a way to keep volumes made by hand apart.
  const byHand = snapshot.list('persistentvolumes').items.some(({ spec }) => spec.storageClassName === name);
  if (byHand) return staticBinding(waiting);
  const names = snapshot.list('storageclasses.storage.k8s.io').items.map(({ metadata }) => metadata.name);
  return classMissing(waiting, name, nearest(name, names));
}

function ofClass(waiting: Waiting, storageClass: StorageClass): Draft<Code> | undefined {
  const { snapshot, claim } = waiting;
  const byHand = storageClass.provisioner === 'kubernetes.io/no-provisioner';
  const delayed = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
  const selected = claim.metadata.annotations?.[selectedNodeAnnotation] !== undefined;
  if (!delayed || selected) {
    if (byHand) return staticBinding(waiting);
    return failedProvisioning(waiting, storageClass) ?? notProvisioned(waiting, storageClass);
  }
  const users = usersOf(snapshot, claim);
  if (users.length === 0) return snapshot.list('pods').complete ? unconsumed(waiting, storageClass) : undefined;
  if (byHand) return staticBinding(waiting);
  return failedProvisioning(waiting, storageClass) ?? unchosen(waiting, storageClass);
}

/** Who may not read StorageClasses still has the claim's events, and what the scheduler says about the claim's pods. */
function ofUnseenClass(waiting: Waiting): Draft<Code> | undefined {
  const { snapshot, claim, events } = waiting;
  const notFound = events.find(({ reason, message }) => reason === 'ProvisioningFailed' && isNoClass(message));
  if (notFound !== undefined) return classMissing(waiting, classOf(claim), undefined);
  const failed = failedProvisioning(waiting, undefined);
  if (failed !== undefined) return failed;
  const immediate = usersOf(snapshot, claim).some((pod) =>
    condition(pod, 'PodScheduled')?.message?.includes('unbound immediate PersistentVolumeClaims'),
  );
  const asked = events.some(({ reason }) => reason === 'ExternalProvisioning');
  return immediate || asked ? notProvisioned(waiting, undefined) : undefined;
}
