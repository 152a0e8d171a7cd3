import {
  type CauseLink,
  computed,
  conditionIs,
  controllerOf,
  type Draft,
  duration,
  field,
  millis,
  ref,
  type ResourceTypes,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';

type Lease = ResourceTypes['leases.coordination.k8s.io'];
type Reads = 'leases.coordination.k8s.io' | 'pods';

const leaders: readonly (readonly [name: string, code: Code, effect: string])[] = [
  ['kube-scheduler', 'SchedulerDead', 'no pod is placed on a node'],
  ['kube-controller-manager', 'ControllerManagerDead', 'no workload is scaled, rolled out or repaired'],
];

/**
 * Leases of the control plane's leaders that nobody renews. A lease that does not exist proves nothing: leader election may be
 * off, or a managed control plane may keep it elsewhere.
 */
export function* leases(snapshot: Snapshot<Reads>, graceSeconds: number, aloneSeconds: number): Iterable<Draft<Code>> {
  for (const [name, code, effect] of leaders) {
    const found = snapshot.lookup('leases.coordination.k8s.io', name, 'kube-system');
    if (found.state !== 'found') continue;
    const lease = found.object;
    const renewed = millis(lease.spec.renewTime);
    const seen = seenAt(snapshot, lease, aloneSeconds);
    if (renewed === undefined || seen === undefined) continue;
    const allowed = Math.max(2 * (lease.spec.leaseDurationSeconds ?? 15), graceSeconds);
    const late = (seen - renewed) / 1000;
    if (late <= allowed || worksSince(snapshot, code, renewed + allowed * 1000)) continue;
    const holder = lease.spec.holderIdentity ?? '';
    const causes = holderLinks(snapshot, name, holder);
    yield {
      code,
      object: ref(lease),
      message: `the lease was not renewed for ${duration(late)}, so ${effect}`,
      evidence: [
        field(lease, 'spec.renewTime', lease.spec.renewTime),
        field(lease, 'spec.leaseDurationSeconds', lease.spec.leaseDurationSeconds ?? 15),
        field(lease, 'spec.holderIdentity', holder === '' ? 'nobody' : holder),
        computed(lease, `renewed ${duration(late)} before the newest time seen`),
      ],
      ...(lease.spec.renewTime === undefined ? {} : { since: lease.spec.renewTime }),
      ...(causes.length === 0 ? {} : { causes }),
    };
  }
}

/**
 * The moment the leases were read, in milliseconds. A recording is made of lists that are minutes apart, and its own moment is the
 * newest of them: other leases, which are read together with this one, tell better. Where there is none, an extra allowance is
 * taken off.
 */
function seenAt(snapshot: Snapshot<Reads>, lease: Lease, aloneSeconds: number): number | undefined {
  const taken = millis(snapshot.takenAt);
  if (taken === undefined) return undefined;
  const others = snapshot
    .list('leases.coordination.k8s.io')
    .items.filter((one) => one !== lease)
    .map(({ spec }) => millis(spec.renewTime))
    .filter((one) => one !== undefined);
  const newest = others.length === 0 ? taken - aloneSeconds * 1000 : Math.max(...others);
  return Math.min(newest, taken);
}

/**
 * True where the leader's work is seen after the time given, in milliseconds: pods placed, or pods made by controllers. The lease is
 * then a leftover, of a leader that now runs without election.
 */
function worksSince(snapshot: Snapshot<Reads>, code: Code, time: number): boolean {
  return snapshot.list('pods').items.some((pod) => {
    if (code === 'ControllerManagerDead')
      return builtIn.has(controllerOf(pod)?.kind ?? '') && (millis(pod.metadata.creationTimestamp) ?? 0) > time;
    const placed = conditionIs(pod, 'PodScheduled', 'True')?.lastTransitionTime;
    const ours = (pod.spec.schedulerName ?? 'default-scheduler') === 'default-scheduler';
    return ours && controllerOf(pod) !== undefined && (millis(placed) ?? 0) > time;
  });
}

const builtIn = new Set(['DaemonSet', 'Job', 'ReplicaSet', 'StatefulSet']);

/** `holderIdentity` is the host's name, an underscore and a random id; kubeadm's static pod bears the host's name too. */
function holderLinks(snapshot: Snapshot<Reads>, name: string, holder: string): readonly CauseLink[] {
  const host = holder.split('_')[0] ?? '';
  if (host === '') return [];
  const via = { field: 'spec.holderIdentity', value: holder };
  const pods = snapshot
    .list('pods', 'kube-system')
    .items.filter(
      ({ metadata }) => metadata.name === holder || metadata.name === host || metadata.name === `${name}-${host}`,
    );
  return [
    ...pods.map((pod) => ({ object: ref(pod), needs: 'ready', via, certainty: 'likely' }) as const),
    { object: { apiVersion: 'v1', kind: 'Node', name: host }, needs: 'run', via, certainty: 'likely' },
  ];
}
