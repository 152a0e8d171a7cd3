import { condition, conditionIs, controllerOf, groupBy, millis, once, type Pod, refKey } from '../../src/kit.ts';
import type { PodCase, PodSnapshot } from './case.ts';

/**
 * Whether a pod that is over is a mere leftover: what made it has what it wants without it. Failed pods stay until the garbage
 * collector finds 12,500 of them, so they alone say little.
 */
export function isReplaced(one: PodCase): boolean {
  const { pod, snapshot } = one;
  const owner = controllerOf(pod);
  if (owner === undefined) return false;
  if (owner.kind === 'Job') return jobIsDone(snapshot, owner.name, owner.namespace);
  const wanted = wantedReady(snapshot, owner.kind, owner.name, owner.namespace);
  if (wanted !== undefined) return wanted;
  return siblings(one).some(
    (other) =>
      conditionIs(other, 'Ready', 'True') !== undefined &&
      (owner.kind !== 'DaemonSet' || other.spec.nodeName === pod.spec.nodeName),
  );
}

/** The other pods of the pod's controller. */
export function siblings({ pod, snapshot }: PodCase): readonly Pod[] {
  const owner = controllerOf(pod);
  if (owner === undefined) return [];
  const all = byController(snapshot).get(refKey(owner)) ?? [];
  return all.filter(({ metadata }) => metadata.name !== pod.metadata.name);
}

const byController = once((snapshot: PodSnapshot) =>
  groupBy(snapshot.list('pods').items, (pod) => {
    const owner = controllerOf(pod);
    return owner === undefined ? undefined : refKey(owner);
  }),
);

/** Whether a controller with a number of replicas has them all ready, or is gone; undefined for others and where it cannot be seen. */
function wantedReady(
  snapshot: PodSnapshot,
  kind: string,
  name: string,
  namespace: string | undefined,
): boolean | undefined {
  const resource =
    kind === 'ReplicaSet'
      ? 'replicasets.apps'
      : kind === 'StatefulSet'
        ? 'statefulsets.apps'
        : kind === 'ReplicationController'
          ? 'replicationcontrollers'
          : undefined;
  if (resource === undefined) return undefined;
  const found = snapshot.lookup(resource, name, namespace);
  if (found.state === 'absent') return true;
  if (found.state === 'unknown') return undefined;
  const { spec, status } = found.object;
  return (status?.readyReplicas ?? 0) >= (spec.replicas ?? 1);
}

/** Whether a Job has reached its goal, is gone, or is followed by a later success of its CronJob. */
function jobIsDone(snapshot: PodSnapshot, name: string, namespace: string | undefined): boolean {
  const found = snapshot.lookup('jobs.batch', name, namespace);
  if (found.state !== 'found') return found.state === 'absent';
  const job = found.object;
  if (conditionIs(job, 'Complete', 'True') || conditionIs(job, 'SuccessCriteriaMet', 'True')) return true;
  const owner = controllerOf(job);
  if (owner?.kind !== 'CronJob') return false;
  const cron = snapshot.lookup('cronjobs.batch', owner.name, owner.namespace);
  const success = cron.state === 'found' ? millis(cron.object.status?.lastSuccessfulTime) : undefined;
  const began = millis(job.status?.startTime ?? job.metadata.creationTimestamp);
  return success !== undefined && began !== undefined && success > began;
}

/** Whether the pod's Job goes on after this failure: it has neither failed nor used up more than one try. */
export function isFirstRetry({ pod, snapshot }: PodCase): boolean {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'Job') return false;
  const found = snapshot.lookup('jobs.batch', owner.name, owner.namespace);
  if (found.state !== 'found') return false;
  const { status } = found.object;
  const over = condition(found.object, 'Failed') ?? condition(found.object, 'FailureTarget');
  return over?.status !== 'True' && (status?.active ?? 0) > 0 && (status?.failed ?? 0) <= 1;
}
