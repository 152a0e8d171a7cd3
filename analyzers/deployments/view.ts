import {
  condition,
  conditionIs,
  groupBy,
  isActive,
  isLagging,
  isReady,
  once,
  ownedBy,
  type Pod,
  ref,
  refKey,
  type ResourceTypes,
  type Snapshot,
  topOf,
} from '../../src/kit.ts';

export type Deployment = ResourceTypes['deployments.apps'];
export type ReplicaSet = ResourceTypes['replicasets.apps'];
type Reads = 'deployments.apps' | 'replicasets.apps' | 'pods';

/** What can be known of a Deployment: its counters, and its ReplicaSets and pods where those could be read. */
export interface View {
  readonly deployment: Deployment;
  readonly replicas: number;
  readonly available: number;
  readonly updated: number;
  readonly sets: readonly ReplicaSet[];
  /** Pods that count for it, as far as they could be seen. */
  readonly pods: readonly Pod[];
  /** Pods of it that were put away or refused (phase Failed), and that are kept. */
  readonly failed: readonly Pod[];
  /** Those of `pods` that are not ready. */
  readonly unready: readonly Pod[];
  /** Whether all of its pods could be seen. */
  readonly podsSeen: boolean;
  /** A rollout is under way: not all replicas are of the newest template, or the controller says that it progresses. */
  readonly rolling: boolean;
  /** The status is about an earlier spec. */
  readonly lagging: boolean;
}

/** The Deployments that want replicas and are not being deleted. */
export const views = once((snapshot: Snapshot<Reads>): readonly View[] =>
  snapshot
    .list('deployments.apps')
    .items.filter(({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.replicas !== 0)
    .map((deployment) => view(snapshot, deployment)),
);

function view(snapshot: Snapshot<Reads>, deployment: Deployment): View {
  const { namespace } = deployment.metadata;
  const { status = {} } = deployment;
  const replicas = deployment.spec.replicas ?? 1;
  const updated = status.updatedReplicas ?? 0;
  const sets = ownedBy(snapshot, 'replicasets.apps', deployment);
  const setsSeen = snapshot.list('replicasets.apps', namespace).complete;
  const podsSeen = snapshot.list('pods', namespace).complete && setsSeen;
  const owned = setsSeen
    ? sets.flatMap((set) => ownedBy(snapshot, 'pods', set))
    : (podsByTop(snapshot).get(refKey(ref(deployment))) ?? []);
  const pods = owned.filter(isActive);
  return {
    deployment,
    replicas,
    available: status.availableReplicas ?? 0,
    updated,
    sets,
    pods,
    failed: owned.filter(({ status: one }) => one?.phase === 'Failed'),
    unready: pods.filter((pod) => !isReady(pod)),
    podsSeen,
    rolling: isRolling(deployment, replicas, updated),
    lagging: isLagging(deployment),
  };
}

/** Pods by what made them, in the end: where a ReplicaSet cannot be seen, the names and labels of its pods tell its Deployment. */
const podsByTop = once((snapshot: Snapshot<Reads>) =>
  groupBy(snapshot.list('pods').items, (pod) => refKey(topOf(snapshot, pod))),
);

/**
 * The controller's own words come first: while a rollout progresses its reason is one of NewReplicaSetCreated, FoundNewReplicaSet,
 * ReplicaSetUpdated; afterwards NewReplicaSetAvailable, which scaling does not change.
 */
function isRolling(deployment: Deployment, replicas: number, updated: number): boolean {
  if (deployment.spec.paused === true) return false;
  const total = deployment.status?.replicas ?? 0;
  const progressing = condition(deployment, 'Progressing');
  const done = progressing === undefined || progressing.reason === 'NewReplicaSetAvailable';
  if (conditionIs(deployment, 'Progressing', 'True') !== undefined && !done) return true;
  return total > updated || (progressing === undefined && updated < replicas);
}
