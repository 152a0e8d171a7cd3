import {
  computed,
  conditionIs,
  deadNodeLinks,
  explainsUnready,
  field,
  latest,
  olderThan,
  podStates,
  podTrouble,
  ref,
  type Snapshot,
  specChanged,
} from '../../src/kit.ts';
import { daemonSets, nodeOf, type View } from './daemon-set-view.ts';
import { isInfrastructure } from './infrastructure.ts';
import { missingPodLinks, names, type Out, settling, unreadySince, unseenEvidence, type Waits } from './waits.ts';

type Reads = 'daemonsets.apps' | 'pods' | 'nodes';

/** DaemonSets of which some node lacks a ready pod. Starts, rolling updates and new nodes are given time. */
export function* daemonSetReadiness(snapshot: Snapshot<Reads>, waits: Waits): Generator<Out> {
  for (const view of daemonSets(snapshot)) {
    const { set, desired, ready, unready, podsSeen } = view;
    if (ready >= desired || isSettling(snapshot, view, waits)) continue;
    const dead = deadNodes(snapshot, view);
    const onlyDead = podsSeen && view.nodesWithout.length > 0 && view.nodesWithout.every((name) => dead.includes(name));
    const states = podStates(unready);
    const since = unreadySince(unready);
    const without = view.nodesWithout.length === 0 ? '' : `; without one: ${names(view.nodesWithout)}`;
    const why = onlyDead
      ? `, not Ready ${view.nodesWithout.length === 1 ? 'itself' : 'themselves'}`
      : states === ''
        ? ''
        : ` (pods: ${states})`;
    yield {
      code: ready === 0 ? 'DaemonSetUnavailable' : 'DaemonSetDegraded',
      object: ref(set),
      // A pod on a dead node is the node's trouble; elsewhere a node without its network or storage driver is broken.
      severity: !onlyDead && (ready === 0 || isInfrastructure(set)) ? 'critical' : 'warning',
      message: `${ready} of ${desired} nodes have a ready pod${without}${why}`,
      evidence: [
        field(set, 'status.numberReady', ready),
        field(set, 'status.desiredNumberScheduled', desired),
        ...(view.nodesWithout.length === 0
          ? []
          : [computed(set, `nodes without a ready pod: ${names(view.nodesWithout)}`)]),
        ...unseenEvidence(snapshot, set),
      ],
      causes: [...deadNodeLinks(snapshot, unready), ...notMade(view)],
      ...(since === undefined ? {} : { since }),
    };
  }
}

/** What is missing is new: the DaemonSet, its template, its pods, or the nodes. */
function isSettling(snapshot: Snapshot<'nodes'>, view: View, waits: Waits): boolean {
  const { set, desired, ready, unready, pods, podsSeen } = view;
  const isRecent = (time: string | undefined) => time !== undefined && !olderThan(snapshot, time, waits.grace);
  if (isRecent(set.metadata.creationTimestamp)) return unready.every((pod) => podTrouble(pod) === undefined);
  const isChanged = isRecent(specChanged(set));
  if (!podsSeen) return isChanged || view.lagging || settling(snapshot, unready, waits).length >= desired - ready;
  const calm = new Set(settling(snapshot, unready, waits));
  const fine = new Set(
    view.nodesWithout.filter((name) => {
      const node = snapshot.lookup('nodes', name);
      return node.state === 'found' && !olderThan(snapshot, node.object.metadata.creationTimestamp, waits.starting);
    }),
  );
  // A change does not excuse the pods that were not ready before it.
  for (const pod of unready) {
    const name = nodeOf(pod);
    if (calm.has(pod)) fine.add(name ?? pod.metadata.name);
    else if (name === undefined || !fine.has(name)) return false;
  }
  // A pod that was just deleted for an update is made again within seconds; one that became ready just now is not counted yet.
  const lastMade = latest(
    pods.flatMap((pod) => [pod.metadata.creationTimestamp, conditionIs(pod, 'Ready', 'True')?.lastTransitionTime]),
  );
  const missing = desired - ready - fine.size;
  return missing <= 0 || isChanged || (missing === 1 && ready > 0 && isRecent(lastMade));
}

function deadNodes(snapshot: Snapshot<'nodes'>, { nodesWithout, set }: View): readonly string[] {
  const spec = { containers: [], ...set.spec.template.spec };
  return nodesWithout.filter((name) => {
    const node = snapshot.lookup('nodes', name);
    return node.state === 'found' && explainsUnready(node.object, { spec });
  });
}

function notMade({ set, desired }: View) {
  const current = set.status?.currentNumberScheduled ?? 0;
  if (current >= desired) return [];
  return missingPodLinks(set, 'status.currentNumberScheduled', `${current} of ${desired} pods exist`, {
    none: current === 0,
  });
}
