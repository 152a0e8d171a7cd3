import { classOf, computed, type Draft, eventEvidence, field, ref, selectedNodeAnnotation } from '../../src/kit.ts';
import { type StorageClass, waitingOn } from './claims.ts';
import { defaultClasses } from './classes.ts';
import type { Code } from './codes.ts';
import { nearestVolume } from './fitting.ts';
import type { Waiting } from './waiting.ts';

const isDefault = 'metadata.annotations[storageclass.kubernetes.io/is-default-class]';

/** The StorageClass that a claim names does not exist. */
export function classMissing({ claim, events }: Waiting, name: string, near: string | undefined): Draft<Code> {
  const event = events.find(({ reason }) => reason === 'ProvisioningFailed');
  return {
    code: 'PersistentVolumeClaimPending',
    object: ref(claim),
    message: `its StorageClass ${name} does not exist${near === undefined ? '' : `; did you mean ${near}`}`,
    evidence: [
      field(claim, 'status.phase', 'Pending'),
      field(claim, 'spec.storageClassName', name),
      ...(event === undefined ? [] : [eventEvidence(claim, event)]),
    ],
    causes: [
      {
        object: { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name },
        needs: 'bind',
        via: { field: 'spec.storageClassName', value: name },
        certainty: 'sure',
      },
    ],
    values: { class: name },
  };
}

/** A claim that names no class gets the default one; without a default it waits for a volume made by hand. */
export function noClass({ snapshot, claim, events }: Waiting): Draft<Code> | undefined {
  const classes = snapshot.list('storageclasses.storage.k8s.io');
  const event = events.find(
    ({ reason, message }) => reason === 'FailedBinding' && message.includes('no storage class is set'),
  );
  if (!classes.complete && event === undefined) return undefined;
  const volumes = snapshot.list('persistentvolumes');
  if (nearestVolume(volumes.items, claim)?.reasons.length === 0) return undefined;
  const [current] = defaultClasses(snapshot);
  const names = classes.items.map(({ metadata }) => metadata.name);
  const existing = names.length === 0 ? 'there is no StorageClass' : `there are ${names.slice(0, 5).join(', ')}`;
  const about =
    current === undefined
      ? `no StorageClass is the default${classes.complete ? ` (${existing})` : ''}`
      : `it did not get the default StorageClass ${current.metadata.name}`;
  return {
    code: 'PersistentVolumeClaimNoClass',
    object: ref(claim),
    message: `it names no StorageClass, and ${about}, and no free volume fits`,
    evidence: [
      field(claim, 'status.phase', 'Pending'),
      computed(claim, 'spec.storageClassName is not set'),
      ...(event === undefined ? [] : [eventEvidence(claim, event)]),
      ...(current === undefined ? [] : [field(current, isDefault, 'true')]),
    ],
    values: names[0] === undefined ? {} : { class: names[0] },
  };
}

/** Waits for its first consumer, and no pod uses it: as it should be, and easily forgotten. */
export function unconsumed({ claim }: Waiting, storageClass: StorageClass): Draft<Code> {
  return {
    code: 'PersistentVolumeClaimUnconsumed',
    object: ref(claim),
    message: `no pod uses it yet, and StorageClass ${storageClass.metadata.name} makes volumes for the first pod only`,
    evidence: [
      field(claim, 'spec.storageClassName', classOf(claim)),
      field(storageClass, 'volumeBindingMode', 'WaitForFirstConsumer'),
    ],
    values: { class: storageClass.metadata.name },
  };
}

/** How long a pod may have a node before its claim has to have it, too. */
const bindSeconds = 120;

/**
 * A pod has a node, and the claim does not know it: the scheduler writes a node into claims, and whoever names one in the pod goes past
 * it. Source: pkg/scheduler/framework/plugins/volumebinding, PreBind; pkg/controller/volume/persistentvolume, ShouldProvision.
 */
export function unchosen({ snapshot, claim }: Waiting, storageClass: StorageClass): Draft<Code> | undefined {
  const [first] = waitingOn(snapshot, claim, bindSeconds);
  if (first === undefined) return undefined;
  const node = first.spec.nodeName ?? '';
  return {
    code: 'PersistentVolumeClaimBypassed',
    object: ref(claim),
    message: `Pod ${first.metadata.name} went to node ${node} past the scheduler, and StorageClass ${storageClass.metadata.name} makes the volume only for a node that the scheduler chose`,
    evidence: [
      field(claim, 'status.phase', 'Pending'),
      field(first, 'spec.nodeName', node),
      computed(claim, `the annotation ${selectedNodeAnnotation} is not set`),
      field(storageClass, 'volumeBindingMode', 'WaitForFirstConsumer'),
    ],
    values: { node, pod: first.metadata.name },
  };
}
