import {
  age,
  type CauseLink,
  classOf,
  computed,
  controllerManagerLink,
  type Draft,
  duration,
  earliest,
  type Evidence,
  eventEvidence,
  field,
  latest,
  olderThan,
  ref,
  refText,
  selectedNodeAnnotation,
  brief,
} from '../../src/kit.ts';
import { type StorageClass, usersOf } from './claims.ts';
import type { Code } from './codes.ts';
import { isNoClass, type Waiting } from './waiting.ts';
import { isStillTrying, refusal } from './provision-text.ts';
import { handedTo, leaseAge, provisionerLinks, readinessOf, workloadsOf, workloadsSeen } from './provisioners.ts';

/** The provisioner has tried and says why it could not. */
export function failedProvisioning(waiting: Waiting, storageClass: StorageClass | undefined): Draft<Code> | undefined {
  const { claim, events } = waiting;
  const failures = events.filter(
    ({ reason, message }) => reason === 'ProvisioningFailed' && !(storageClass !== undefined && isNoClass(message)),
  );
  // That an earlier attempt is still going on hides why that one does not end.
  const event = failures.find(({ message }) => !isStillTrying(message)) ?? failures[0];
  if (event === undefined) return undefined;
  const kind = refusal(event.message);
  const provisioner = provisionerOf(waiting, storageClass);
  const text = brief(event.message.replace(/^failed to provision volume with StorageClass "[^"]*": /, ''));
  const gone = goneNode(waiting);
  return {
    code: 'PersistentVolumeClaimProvisioningFailed',
    object: ref(claim),
    message: `${provisioner ?? 'its provisioner'} cannot make the volume${kind === undefined ? '' : `, for ${kind}`}: ${text}${gone === undefined ? '' : `; ${gone.text}`}`,
    evidence: [field(claim, 'status.phase', 'Pending'), eventEvidence(claim, event), ...(gone?.evidence ?? [])],
    causes: causesOf(waiting, provisioner),
    ...(event.first === undefined ? {} : { since: event.first }),
    values: {
      class: classOf(claim),
      ...(provisioner === undefined ? {} : { provisioner }),
      ...(gone === undefined ? {} : { goneNode: gone.node }),
    },
  };
}

/** The provisioner was asked and has not answered. */
export function notProvisioned(waiting: Waiting, storageClass: StorageClass | undefined): Draft<Code> | undefined {
  const { snapshot, claim, events, provisionSeconds } = waiting;
  const asked = askedAt(waiting);
  if (!olderThan(snapshot, asked, provisionSeconds)) return undefined;
  const provisioner = provisionerOf(waiting, storageClass);
  const event = events.find(({ reason }) => reason === 'ExternalProvisioning' || reason === 'Provisioning');
  const gone = goneNode(waiting);
  const state = gone?.text ?? (provisioner === undefined ? undefined : stateOf(waiting, provisioner));
  return {
    code: 'PersistentVolumeClaimNotProvisioned',
    object: ref(claim),
    message: `it has waited ${duration(age(snapshot, asked) ?? 0)} for a volume from ${provisioner ?? 'its provisioner'}${state === undefined ? '' : `; ${state}`}`,
    evidence: [
      field(claim, 'status.phase', 'Pending'),
      ...(storageClass === undefined ? [] : [field(storageClass, 'provisioner', storageClass.provisioner)]),
      ...(event === undefined ? [] : [eventEvidence(claim, event)]),
      ...(gone?.evidence ?? (state === undefined ? [] : [computed(claim, state)])),
    ],
    causes: causesOf(waiting, provisioner),
    ...(asked === undefined ? {} : { since: asked }),
    values: { class: classOf(claim), ...(provisioner === undefined ? {} : { provisioner }) },
  };
}

/** That the node which was chosen for the volume is gone: provisioners of earlier versions try for it for ever. */
function goneNode({
  snapshot,
  claim,
}: Waiting): { node: string; text: string; evidence: readonly Evidence[] } | undefined {
  const node = claim.metadata.annotations?.[selectedNodeAnnotation];
  if (node === undefined || snapshot.lookup('nodes', node).state !== 'absent') return undefined;
  return {
    node,
    text: `node ${node}, which was chosen for it, does not exist any more`,
    evidence: [
      field(claim, `metadata.annotations['${selectedNodeAnnotation}']`, node),
      computed(claim, `no node is named ${node}`),
    ],
  };
}

/** When the provisioner was asked: by the first event, else when a node was chosen, which is after the first pod was made. */
function askedAt({ snapshot, claim, events }: Waiting): string | undefined {
  const event = events.find(({ reason }) => reason === 'ExternalProvisioning');
  if (event !== undefined) return event.first;
  const { annotations, creationTimestamp } = claim.metadata;
  if (annotations?.[selectedNodeAnnotation] === undefined) return creationTimestamp;
  const first = earliest(usersOf(snapshot, claim).map(({ metadata }) => metadata.creationTimestamp));
  return latest([creationTimestamp, first]);
}

/** Of a class of an in-tree plugin that has moved to CSI, the claim names the driver that is really asked. */
function provisionerOf({ claim }: Waiting, storageClass: StorageClass | undefined): string | undefined {
  return handedTo(claim) ?? storageClass?.provisioner;
}

function stateOf({ snapshot }: Waiting, provisioner: string): string | undefined {
  const workloads = workloadsOf(snapshot, provisioner).filter(({ kind }) => kind !== 'DaemonSet');
  const states = workloads.map((workload) => ({ workload, readiness: readinessOf(workload) }));
  const down = states.find(({ readiness }) => readiness?.ready === 0);
  const up = states.find(({ readiness }) => readiness !== undefined && readiness.ready > 0);
  if (down !== undefined && up === undefined) {
    const { wanted } = down.readiness ?? { wanted: 0 };
    const why = wanted === 0 ? 'is scaled to zero' : 'has no ready pod';
    return `${refText(ref(down.workload))}, which serves it, ${why}`;
  }
  const silent = leaseAge(snapshot, provisioner);
  if (silent !== undefined && silent > 60) return `its provisioner renewed its lease ${duration(silent)} ago`;
  if (up !== undefined) return `${refText(ref(up.workload))}, which serves it, runs but has not made one`;
  const inTree = provisioner.startsWith('kubernetes.io/');
  const none = !inTree && workloadsOf(snapshot, provisioner).length === 0 && workloadsSeen(snapshot);
  return none ? 'no workload of that provisioner was found' : undefined;
}

function causesOf({ snapshot, claim }: Waiting, provisioner: string | undefined): readonly CauseLink[] {
  const name = classOf(claim);
  const storageClass: CauseLink = {
    object: { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name },
    needs: 'bind',
    via: { field: 'spec.storageClassName', value: name },
    certainty: 'sure',
  };
  if (provisioner === undefined) return name === '' ? [] : [storageClass];
  const workloads = workloadsOf(snapshot, provisioner).filter(({ kind }) => kind !== 'DaemonSet');
  return [
    ...(name === '' ? [] : [storageClass]),
    ...(handedTo(claim) !== undefined ? [] : [controllerManagerLink('status.phase', 'Pending')]),
    ...provisionerLinks(workloads, 'StorageClass provisioner', provisioner),
  ];
}
