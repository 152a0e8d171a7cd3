import {
  classOf,
  computed,
  controllerManager,
  controllerManagerLink,
  type Draft,
  eventEvidence,
  field,
  ref,
} from '../../src/kit.ts';
import { sizeOf, sizeText } from './claims.ts';
import type { Code } from './codes.ts';
import { misfits, nearestVolume } from './fitting.ts';
import type { Waiting } from './waiting.ts';

/** Claims for which nobody makes a volume: one that exists has to fit. */
export function staticBinding(waiting: Waiting): Draft<Code> | undefined {
  return (waiting.claim.spec.volumeName ?? '') === '' ? anyVolume(waiting) : namedVolume(waiting);
}

function namedVolume(waiting: Waiting): Draft<Code> | undefined {
  const { snapshot, claim } = waiting;
  const name = claim.spec.volumeName ?? '';
  const found = snapshot.lookup('persistentvolumes', name);
  if (found.state === 'unknown') return undefined;
  if (found.state === 'absent') return noVolume(waiting, `the volume it names, ${name}, does not exist`);
  // Bound by name, a claim is not held to the class's provisioner, but to all else.
  const reasons = misfits(found.object, claim);
  return reasons.length === 0
    ? notActed(waiting, name)
    : noVolume(waiting, `the volume it names, ${name}, ${reasons.join(' and ')}`);
}

function anyVolume(waiting: Waiting): Draft<Code> | undefined {
  const { snapshot, claim, events } = waiting;
  const volumes = snapshot.list('persistentvolumes');
  const refused = events.some(({ reason }) => reason === 'FailedBinding');
  if (!volumes.complete && !refused) return undefined;
  const near = nearestVolume(volumes.items, claim);
  if (near?.reasons.length === 0) return notActed(waiting, near.volume.metadata.name);
  const name = classOf(claim);
  const asked = [
    sizeText(sizeOf(claim.spec.resources?.requests)),
    (claim.spec.accessModes ?? []).join(', '),
    name === '' ? 'no class' : `class ${name}`,
  ].join(', ');
  const hint =
    near === undefined
      ? volumes.complete
        ? '; there is none at all'
        : ''
      : `; nearest is ${near.volume.metadata.name}, which ${near.reasons.slice(0, 3).join(' and ')}`;
  return noVolume(waiting, `no volume fits (${asked})${hint}`);
}

/** A volume fits: the controller manager binds it within seconds, if it is there. */
function notActed({ snapshot, claim }: Waiting, volume: string): Draft<Code> | undefined {
  const found = snapshot.lookup('storageclasses.storage.k8s.io', classOf(claim));
  const delayed = found.state === 'found' && found.object.volumeBindingMode === 'WaitForFirstConsumer';
  if (delayed || controllerManager(snapshot) !== 'silent') return undefined;
  return {
    code: 'PersistentVolumeClaimPending',
    object: ref(claim),
    message: `volume ${volume} fits and is not bound: the controller manager is silent`,
    evidence: [field(claim, 'status.phase', 'Pending'), computed(claim, `volume ${volume} fits`)],
    causes: [controllerManagerLink('status.phase', 'Pending')],
  };
}

function noVolume({ claim, events }: Waiting, message: string): Draft<Code> {
  const event = events.find(({ reason }) => reason === 'FailedBinding' || reason === 'VolumeMismatch');
  const name = claim.spec.volumeName ?? '';
  return {
    code: 'PersistentVolumeClaimNoVolume',
    object: ref(claim),
    message,
    evidence: [
      field(claim, 'status.phase', 'Pending'),
      field(claim, 'spec.resources.requests.storage', claim.spec.resources?.requests?.['storage'] ?? ''),
      computed(claim, message),
      ...(event === undefined ? [] : [eventEvidence(claim, event)]),
    ],
    causes:
      name === ''
        ? []
        : [
            {
              object: { apiVersion: 'v1', kind: 'PersistentVolume', name },
              needs: 'bind',
              via: { field: 'spec.volumeName', value: name },
              certainty: 'sure',
            },
          ],
  };
}
