import {
  age,
  type CauseLink,
  claimUses,
  computed,
  type Draft,
  duration,
  type Evidence,
  field,
  groupBy,
  once,
  type Pod,
  placementOf,
  ref,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { type PendingCase, pendingDraft, type PendingSnapshot } from './pending-case.ts';
import { listed } from './text.ts';
import { claimLinksOf, unboundClaims } from './unschedulable-claims.ts';

const standard = 'default-scheduler';
/** Schedulers that run outside of the cluster: EKS has that of Fargate in its control plane. */
const elsewhere = new Set(['fargate-scheduler']);
/** A lease of 15 s that was not renewed for this many seconds has no holder any more. */
const silence = 60;

/**
 * A pod that no scheduler has said anything about. That alone proves nothing: a pod that waits for its volume to be made has no
 * condition either.
 */
export function* notPickedUp(one: PendingCase): Iterable<Draft<Code>> {
  const { snapshot, settings, pod, since } = one;
  const waited = age(snapshot, since) ?? 0;
  // A node was chosen that is still to come or to be made free: a scheduler has looked at the pod.
  const chosen = pod.status?.nominatedNodeName ?? '';
  const placement = placementOf(snapshot, pod);
  // The scheduler names a node in a claim only when that node is there and has room: what is missing then is the volume.
  const reserved = placement.waiting.some(({ selectedNode }) => selectedNode !== undefined);
  if (waited < (chosen === '' || reserved ? settings.pendingGrace : settings.scaleUpGrace)) return;
  const claims = unboundClaims(one, placement);
  if (claims !== undefined) {
    yield claims;
    return;
  }
  const unseen = placement.unseen.filter((what) => what.startsWith('persistentvolume') || what === 'storageclasses');
  if (chosen === '' && claimUses(pod).length > 0 && unseen.length > 0) {
    yield pendingDraft(one, 'PodUnschedulable', {
      severity: 'warning',
      message: `it has had no node for ${duration(waited)}; the scheduler may wait for its volumes, but ${listed(unseen)} could not be seen`,
      evidence: [
        computed(pod, 'no PodScheduled condition'),
        ...claimUses(pod).map(({ claim }) => computed(pod, `it uses claim ${claim}`)),
      ],
      causes: claimLinksOf(one),
    });
    return;
  }
  const name = schedulerOf(pod);
  const lease = leaseOf(snapshot, name);
  const silent = lease !== undefined && lease.idle >= silence;
  const known =
    name === standard ||
    elsewhere.has(name) ||
    chosen !== '' ||
    lease !== undefined ||
    placedBy(snapshot).has(name) ||
    mentioning(snapshot, name).length > 0;
  const surelyUnknown = !known && snapshot.list('pods').complete;
  const evidence: readonly Evidence[] = [
    computed(pod, 'no PodScheduled condition'),
    field(pod, 'spec.schedulerName', name),
    ...(chosen === '' ? [] : [field(pod, 'status.nominatedNodeName', chosen)]),
    ...(lease === undefined ? [] : [field(lease.object, 'spec.renewTime', lease.object.spec.renewTime ?? 'never')]),
  ];
  yield pendingDraft(one, 'PodNotPickedUp', {
    severity: silent || surelyUnknown ? 'critical' : 'warning',
    message: silent
      ? `the scheduler ${name} has not renewed its lease for ${duration(lease.idle)} and has not looked at the pod`
      : surelyUnknown
        ? `no scheduler named ${name} is seen in the cluster, and none has looked at the pod for ${duration(waited)}`
        : chosen === ''
          ? `the scheduler ${name} has not looked at the pod for ${duration(waited)}`
          : `the scheduler ${name} has chosen node ${chosen} for it, and ${duration(waited)} have passed since`,
    evidence,
    causes: schedulerLinks(one),
    values: { scheduler: name },
  });
}

/** Links to what runs the pod's scheduler: its lease, and for the standard one its pods. */
export function schedulerLinks({ snapshot, pod }: PendingCase): readonly CauseLink[] {
  const name = schedulerOf(pod);
  const via = { field: 'spec.schedulerName', value: name };
  const lease = name === standard ? 'kube-scheduler' : name;
  const object = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-system', name: lease };
  return [
    { object, needs: 'schedule', via, certainty: 'likely' },
    ...(name === standard ? schedulerPods(snapshot) : mentioning(snapshot, name)).map((one): CauseLink => ({
      object: ref(one),
      needs: 'ready',
      via,
      certainty: 'likely',
    })),
  ];
}

function schedulerOf(pod: PendingCase['pod']): string {
  const name = pod.spec.schedulerName ?? '';
  return name === '' ? standard : name;
}

function leaseOf(snapshot: PendingSnapshot, scheduler: string) {
  const name = scheduler === standard ? 'kube-scheduler' : scheduler;
  const lease = snapshot.list('leases.coordination.k8s.io').items.find((one) => one.metadata.name === name);
  const idle = age(snapshot, lease?.spec.renewTime);
  return lease === undefined || idle === undefined ? undefined : { object: lease, idle };
}

const schedulerPods = once((snapshot: PendingSnapshot) =>
  snapshot
    .list('pods', 'kube-system')
    .items.filter(({ metadata }) => metadata.labels?.['component'] === 'kube-scheduler'),
);

/** Schedulers that have placed a pod or said why they could not. */
const placedBy = once(
  (snapshot: PendingSnapshot) =>
    new Set(
      groupBy(
        snapshot
          .list('pods')
          .items.filter(({ status }) => status?.conditions?.some((one) => one.type === 'PodScheduled')),
        schedulerOf,
      ).keys(),
    ),
);

/**
 * Pods that look like that scheduler: by their name, their labels, their image or their arguments. Where some of them are called
 * schedulers, the others are parts of the same system.
 */
function mentioning(snapshot: PendingSnapshot, scheduler: string): readonly Pod[] {
  const known = mentions(snapshot).get(scheduler);
  if (known !== undefined) return known;
  const all = snapshot.list('pods').items.filter((pod) => mentionsScheduler(pod, scheduler));
  const called = all.filter(({ metadata, spec }) =>
    [metadata.name, ...spec.containers.map(({ name }) => name)].some((name) => name.includes('scheduler')),
  );
  const found = called.length > 0 ? called : all;
  mentions(snapshot).set(scheduler, found);
  return found;
}

const mentions = once((_snapshot: PendingSnapshot) => new Map<string, readonly Pod[]>());

function mentionsScheduler({ metadata, spec, status }: Pod, scheduler: string): boolean {
  if (spec.schedulerName === scheduler || status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  const texts = [
    metadata.name,
    ...Object.values(metadata.labels ?? {}),
    ...spec.containers.flatMap(({ name, image, command, args }) => [
      name,
      image ?? '',
      ...(command ?? []),
      ...(args ?? []),
    ]),
  ];
  return texts.some((text) => text.includes(scheduler));
}
