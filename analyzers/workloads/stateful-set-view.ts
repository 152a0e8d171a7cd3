import {
  condition,
  isActive,
  isLagging,
  isReady,
  latest,
  olderThan,
  once,
  ownedBy,
  type Pod,
  podTrouble,
  type ResourceTypes,
  type Snapshot,
  specChanged,
  startupSeconds,
} from '../../src/kit.ts';
import { settling, type Waits } from './waits.ts';

export type StatefulSet = ResourceTypes['statefulsets.apps'];
type Reads = 'statefulsets.apps' | 'pods';

export interface Ordinal {
  readonly number: number;
  readonly name: string;
  readonly pod: Pod | undefined;
  readonly ready: boolean;
  /** There is a pod of the name, and it is not the set's. */
  readonly taken: boolean;
}

export interface View {
  readonly set: StatefulSet;
  readonly replicas: number;
  readonly ready: number;
  /** Ready for as long as `spec.minReadySeconds` wants. */
  readonly available: number;
  /** Every ordinal that should have a pod, lowest first, at most 10,000; empty where pods could not all be read. */
  readonly ordinals: readonly Ordinal[];
  readonly unready: readonly Ordinal[];
  /** Pods that are not ready, as far as they could be seen. */
  readonly seen: readonly Pod[];
  readonly podsSeen: boolean;
  /** One pod after the other: the default, OrderedReady. */
  readonly ordered: boolean;
  /** A rolling update is under way. */
  readonly updating: boolean;
  readonly lagging: boolean;
}

/** As many as are looked at one by one: somebody may ask for a billion, and no cluster holds more than 150,000 pods. */
const mostOrdinals = 10_000;

/** The StatefulSets that want replicas and are not being deleted. */
export const statefulSets = once((snapshot: Snapshot<Reads>): readonly View[] =>
  snapshot
    .list('statefulsets.apps')
    .items.filter(({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.replicas !== 0)
    .map((set) => viewOf(snapshot, set)),
);

function viewOf(snapshot: Snapshot<Reads>, set: StatefulSet): View {
  const { spec, status } = set;
  const replicas = spec.replicas ?? 1;
  const first = spec.ordinals?.start ?? 0;
  const podsSeen = snapshot.list('pods', set.metadata.namespace).complete;
  const pods = new Map(ownedBy(snapshot, 'pods', set).map((pod) => [pod.metadata.name, pod]));
  const ordinals = Array.from({ length: podsSeen ? Math.min(replicas, mostOrdinals) : 0 }, (_, index): Ordinal => {
    const name = `${set.metadata.name}-${first + index}`;
    const pod = pods.get(name);
    const ready = pod !== undefined && isActive(pod) && isReady(pod);
    const taken = pod === undefined && snapshot.lookup('pods', name, set.metadata.namespace).state === 'found';
    return { number: first + index, name, pod, ready, taken };
  });
  const ready = status?.readyReplicas ?? 0;
  return {
    set,
    replicas,
    ready,
    available: Math.min(status?.availableReplicas ?? ready, ready),
    ordinals,
    unready: ordinals.filter((one) => !one.ready),
    seen: [...pods.values()].filter((pod) => !isReady(pod)),
    podsSeen,
    ordered: spec.podManagementPolicy !== 'Parallel',
    updating:
      spec.updateStrategy?.type !== 'OnDelete' &&
      status?.updateRevision !== undefined &&
      status.currentRevision !== undefined &&
      status.updateRevision !== status.currentRevision,
    lagging: isLagging(set),
  };
}

/**
 * Whether what is missing needs nobody's help: every pod that is not ready is starting, and pods that do not exist wait for those or
 * are about to be made.
 */
export function isSettled(snapshot: Snapshot<never>, view: View, waits: Waits): boolean {
  const { set, ordinals, podsSeen } = view;
  const isRecent = (time: string | undefined) => time !== undefined && !olderThan(snapshot, time, waits.grace);
  const trouble = ordinals.some(({ pod, ready }) => pod !== undefined && !ready && podTrouble(pod) !== undefined);
  if (isRecent(set.metadata.creationTimestamp)) return !trouble;
  const isChanged = isRecent(specChanged(set));
  if (!podsSeen) {
    const { template, minReadySeconds = 0 } = set.spec;
    const starting = waits.starting + startupSeconds(template.spec) + minReadySeconds;
    const isYoung = !olderThan(snapshot, set.metadata.creationTimestamp, starting);
    const { seen } = view;
    const calm = settling(snapshot, seen, waits).length;
    const enough = calm === seen.length && (calm >= view.replicas - view.ready || (view.ordered && calm > 0));
    // One that is missing in the middle of an update is taken for the one that is replaced.
    const replaced = view.updating && view.replicas - view.ready === 1;
    return isChanged || view.lagging || replaced || enough || (isYoung && calm === seen.length);
  }
  const pods = ordinals.flatMap(({ pod, ready }) => (pod === undefined || ready ? [] : [pod]));
  // A change does not excuse the pods that were not ready before it.
  if (pods.length > 0) return settling(snapshot, pods, waits).length === pods.length;
  return isChanged || isRecent(latest(ordinals.map(({ pod }) => pod && condition(pod, 'Ready')?.lastTransitionTime)));
}
