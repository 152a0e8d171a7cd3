import { ref } from '../model/object.ts';
import type { Node, Pod } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { conditionIs } from './conditions.ts';
import { eventsOf, type ObjectEvent } from './events.ts';
import { once } from './memo.ts';
import { age } from './time.ts';

/** How many seconds an autoscaler may take to bring a node it announced. */
const promise = 900;
/** For how many seconds a pod that no node takes is nothing yet: others end, and nodes come. */
const notice = 30;
/** How many seconds a machine may take from its registration until it is Ready. */
const joinSeconds = 300;

/**
 * The event by which an autoscaler said, not long ago, that it adds a node for a pod. Source: cluster-autoscaler
 * processors/status/eventing_scale_up_processor.go; karpenter pkg/controllers/provisioning/scheduling/events.go.
 */
export function scaleUpFor(snapshot: Snapshot<'events'>, pod: Pod, seconds = promise): ObjectEvent | undefined {
  return eventsOf(snapshot, ref(pod), pod.metadata.uid).find(({ reason, source, last }) => {
    const isScaleUp = reason === 'TriggeredScaleUp' || (reason === 'Nominated' && source.includes('karpenter'));
    const ago = age(snapshot, last);
    return isScaleUp && ago !== undefined && ago < seconds;
  });
}

/** Whether a node joined a moment ago and is not Ready yet. */
export function isJoining(snapshot: Snapshot<never>, node: Node): boolean {
  const lived = age(snapshot, node.metadata.creationTimestamp);
  return lived !== undefined && lived < joinSeconds && conditionIs(node, 'Ready', 'True') === undefined;
}

const someJoin = once((snapshot: Snapshot<'nodes'>) =>
  snapshot.list('nodes').items.some((node) => isJoining(snapshot, node)),
);

/**
 * Whether a pod without a node is about to get one by itself: it waits since a moment, an autoscaler adds a node for it, or one has just
 * joined.
 */
export function isGettingNode(snapshot: Snapshot<'events' | 'nodes'>, pod: Pod): boolean {
  const placed = conditionIs(pod, 'PodScheduled', 'False');
  if (placed?.reason !== 'Unschedulable') return false;
  const waited = age(snapshot, placed.lastTransitionTime ?? pod.metadata.creationTimestamp) ?? Infinity;
  if (waited < notice || scaleUpFor(snapshot, pod) !== undefined) return true;
  return waited < joinSeconds && someJoin(snapshot);
}
