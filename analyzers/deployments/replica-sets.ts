import {
  type CauseLink,
  computed,
  condition,
  conditionIs,
  controllerManagerLink,
  controllerOf,
  deadNodeLinks,
  type Draft,
  earliest,
  field,
  isActive,
  isReady,
  isSettling,
  olderThan,
  ownedBy,
  podStates,
  ref,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { Waits } from './patience.ts';
import type { ReplicaSet } from './view.ts';

type Reads = 'replicasets.apps' | 'pods' | 'nodes' | 'events';

/** ReplicaSets that lack replicas and belong to no Deployment: bare ones, and those of a controller the tool does not read. */
export function* bareReplicaSets(snapshot: Snapshot<Reads>, waits: Waits): Generator<Draft<Code>> {
  for (const set of snapshot.list('replicasets.apps').items) {
    if (controllerOf(set)?.kind === 'Deployment' || set.metadata.deletionTimestamp !== undefined) continue;
    if (!olderThan(snapshot, set.metadata.creationTimestamp, waits.grace)) continue;
    const draft = lacking(snapshot, set, waits);
    if (draft !== undefined) yield draft;
  }
}

function lacking(snapshot: Snapshot<Reads>, set: ReplicaSet, waits: Waits): Draft<Code> | undefined {
  const replicas = set.spec.replicas ?? 1;
  const available = set.status?.availableReplicas ?? 0;
  const missing = replicas - available;
  if (missing <= 0 || set.status === undefined) return undefined;
  const seen = snapshot.list('pods', set.metadata.namespace).complete;
  const pods = ownedBy(snapshot, 'pods', set).filter(isActive);
  const minReady = set.spec.minReadySeconds ?? 0;
  const settling = pods.filter(
    (pod) => !(isReady(pod) && minReady === 0) && isSettling(snapshot, pod, { ...waits, minReady }),
  );
  const refused = conditionIs(set, 'ReplicaFailure', 'True');
  const coming = refused === undefined && seen && available > 0 ? Math.max(0, replicas - pods.length) : 0;
  if (seen && settling.length + coming >= missing) return undefined;
  const unready = pods.filter((pod) => !isReady(pod));
  const states = podStates(pods);
  const since = earliest([
    refused?.lastTransitionTime,
    ...unready.map((pod) => condition(pod, 'Ready')?.lastTransitionTime ?? pod.metadata.creationTimestamp),
  ]);
  return {
    code: available === 0 ? 'ReplicaSetUnavailable' : 'ReplicaSetDegraded',
    object: ref(set),
    message: `${available} of ${replicas} replicas are available${states === '' ? '' : ` (pods: ${states})`}`,
    evidence: [
      field(set, 'status.availableReplicas', available),
      field(set, 'spec.replicas', replicas),
      ...(refused === undefined ? [] : [field(set, 'status.conditions[type=ReplicaFailure].message', refused.message)]),
      ...(seen && pods.length === 0 ? [computed(set, 'no pod of it exists')] : []),
    ],
    causes: [...deadNodeLinks(snapshot, unready), ...(seen && pods.length < replicas ? notMade(set, pods.length) : [])],
    ...(since === undefined ? {} : { since }),
  };
}

function notMade(set: ReplicaSet, existing: number): CauseLink[] {
  const value = `${existing} of ${set.spec.replicas ?? 1} pods exist`;
  return [
    { object: ref(set), needs: 'ready', via: { field: 'status.replicas', value }, certainty: 'sure' },
    controllerManagerLink('status.replicas', value),
  ];
}
