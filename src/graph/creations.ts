import type { Evidence } from '../model/finding.ts';
import { type KubeObject, ref } from '../model/object.ts';
import type { ResourceTypes } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { conditionIs } from './conditions.ts';
import { type Denial, denialOf, denialText } from './denials.ts';
import { eventsOf } from './events.ts';
import { eventEvidence, field } from './evidence.ts';
import { once } from './memo.ts';
import { ownedBy } from './owners.ts';
import { earliest, millis, olderThan } from './time.ts';

/** A workload that lacks pods because the API server refuses to create them. */
export interface FailedCreation {
  readonly object: KubeObject;
  /** The API server's words, without the name of the pod. */
  readonly text: string;
  readonly denial: Denial;
  readonly evidence: Evidence;
  /** The field that holds the words. */
  readonly field: string;
  readonly since?: string;
}

type Reads =
  | 'daemonsets.apps'
  | 'deployments.apps'
  | 'events'
  | 'jobs.batch'
  | 'replicasets.apps'
  | 'replicationcontrollers'
  | 'statefulsets.apps';

/** Controllers try again after at most 1,000 seconds (workqueue's default rate limiter), so an older event is of the past. */
const retrySeconds = 1_200;

/**
 * Workloads that have fewer pods than they want because the newest try to create one was refused. ReplicaSets say so in their
 * condition ReplicaFailure, which is taken back on success; the others only by events, which count until a newer success.
 */
export const failedCreations = once((snapshot: Snapshot<Reads>): readonly FailedCreation[] => {
  const replicaSets = snapshot.list('replicasets.apps').items.filter(wantsReplicas);
  const found: FailedCreation[] = [];
  const add = (object: Workload) => {
    const failure = byCondition(object) ?? byEvent(snapshot, object);
    if (failure !== undefined) found.push(failure);
  };
  for (const one of replicaSets) add(one);
  for (const one of snapshot.list('replicationcontrollers').items) if (wantsReplicas(one)) add(one);
  for (const one of snapshot.list('statefulsets.apps').items) if (wantsReplicas(one)) add(one);
  for (const one of snapshot.list('daemonsets.apps').items) if (wantsNodes(one)) add(one);
  for (const one of snapshot.list('jobs.batch').items) if (wantsWork(one)) add(one);
  for (const one of snapshot.list('deployments.apps').items) {
    // Its condition is a copy of theirs.
    if (ownedBy(snapshot, 'replicasets.apps', one).length > 0) continue;
    const failure = byCondition(one);
    const outdated = (one.status?.updatedReplicas ?? 0) < (one.spec.replicas ?? 1);
    if (failure !== undefined && (outdated || wantsReplicas(one))) found.push(failure);
  }
  return found;
});

type Workload = KubeObject & {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
  };
};

function byCondition(object: Workload): FailedCreation | undefined {
  const failure = conditionIs(object, 'ReplicaFailure', 'True');
  if (failure?.message === undefined || failure.reason === 'FailedDelete') return undefined;
  const path = 'status.conditions[type=ReplicaFailure].message';
  const since = failure.lastTransitionTime;
  return {
    object,
    text: denialText(failure.message),
    denial: denialOf(failure.message),
    evidence: field(object, path, failure.message),
    field: path,
    ...(since === undefined ? {} : { since }),
  };
}

function byEvent(snapshot: Snapshot<'events'>, object: Workload): FailedCreation | undefined {
  const events = eventsOf(snapshot, ref(object), object.metadata.uid);
  const failure = events.find((one) => one.reason === 'FailedCreate');
  if (failure === undefined || olderThan(snapshot, failure.last, retrySeconds)) return undefined;
  const success = millis(events.find((one) => one.reason === 'SuccessfulCreate')?.last) ?? -Infinity;
  if (success > (millis(failure.last) ?? Infinity)) return undefined;
  const since = earliest(
    events
      .filter((one) => one.reason === 'FailedCreate' && (millis(one.first) ?? -Infinity) > success)
      .map((one) => one.first),
  );
  return {
    object,
    text: denialText(failure.message),
    denial: denialOf(failure.message),
    evidence: eventEvidence(object, failure),
    field: 'events[reason=FailedCreate].message',
    ...(since === undefined ? {} : { since }),
  };
}

/** ReplicaSet, ReplicationController, StatefulSet, Deployment: `spec.replicas` is 1 where it is not set. */
function wantsReplicas({
  spec,
  status,
}: {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}): boolean {
  return (spec.replicas ?? 1) > (status?.replicas ?? 0);
}

function wantsNodes({ status }: ResourceTypes['daemonsets.apps']): boolean {
  return (status?.desiredNumberScheduled ?? 0) > (status?.currentNumberScheduled ?? 0);
}

function wantsWork({ spec, status }: ResourceTypes['jobs.batch']): boolean {
  const ended = status?.conditions?.some(
    ({ type, status: state }) => (type === 'Complete' || type === 'Failed') && state === 'True',
  );
  if (ended === true || spec.suspend === true) return false;
  const parallelism = spec.parallelism ?? 1;
  const left = spec.completions === undefined ? parallelism : spec.completions - (status?.succeeded ?? 0);
  return Math.min(parallelism, left) > (status?.active ?? 0);
}
