import { conditionIs, controllerOf, once, refKey } from '../../src/kit.ts';
import type { PodCase, PodSnapshot } from './case.ts';

/** Kinds whose pods are as good as one another. */
const interchangeable = new Set(['ReplicaSet', 'ReplicationController']);

/** Whether a replica of the same set is ready, so that users are served; some are kept unready on purpose, beside a leader. */
export function isStoodInFor({ snapshot, pod }: PodCase): boolean {
  const owner = controllerOf(pod);
  return owner !== undefined && interchangeable.has(owner.kind) && readySets(snapshot).has(refKey(owner));
}

const readySets = once((snapshot: PodSnapshot) => {
  const ready = snapshot.list('pods').items.filter((pod) => conditionIs(pod, 'Ready', 'True') !== undefined);
  return new Set(ready.flatMap((pod) => controllerOf(pod) ?? []).map(refKey));
});
