import { computed, field, latest, olderThan, ref, type Snapshot, startupSeconds } from '../../src/kit.ts';
import { daemonSets, type View } from './daemon-set-view.ts';
import type { Out } from './waits.ts';

/**
 * DaemonSets with pods of an older template though every node has a ready pod (else that is the finding): OnDelete ones that wait for
 * deletion, and rolling updates that stood still for `rollout` seconds. Also pods on nodes where the controller would put none.
 */
export function* daemonSetUpdates(
  snapshot: Snapshot<'daemonsets.apps' | 'pods' | 'nodes'>,
  rollout: number,
): Generator<Out> {
  for (const view of daemonSets(snapshot)) {
    const { set, desired, ready, lagging } = view;
    if (lagging) continue;
    const misplaced = set.status?.numberMisscheduled ?? 0;
    if (misplaced > 0) {
      yield {
        code: 'DaemonSetMisscheduled',
        object: ref(set),
        message: `${misplaced} of its pods run on nodes that it does not select or whose taints it does not tolerate: they stay until they end and are not made again`,
        evidence: [field(set, 'status.numberMisscheduled', misplaced)],
      };
    }
    const updated = set.status?.updatedNumberScheduled ?? 0;
    if (updated >= desired || ready < desired) continue;
    const evidence = [
      field(set, 'status.updatedNumberScheduled', updated),
      field(set, 'status.desiredNumberScheduled', desired),
    ];
    if (set.spec.updateStrategy?.type === 'OnDelete') {
      const message = `${desired - updated} of ${desired} pods are of an older template; with the strategy OnDelete they stay so until they are deleted`;
      yield { code: 'DaemonSetUpdatePending', object: ref(set), message, evidence };
    } else if (stoodStill(snapshot, view, rollout)) {
      const newest = computed(set, 'no pod of it was made lately');
      const message = `its rolling update stands still at ${updated} of ${desired} pods, though all are ready`;
      yield { code: 'DaemonSetRolloutStuck', object: ref(set), message, evidence: [...evidence, newest] };
    }
  }
}

function stoodStill(snapshot: Snapshot<never>, { set, pods, podsSeen }: View, rollout: number): boolean {
  const slow = startupSeconds(set.spec.template.spec) + (set.spec.minReadySeconds ?? 0);
  const newest = latest(pods.map((pod) => pod.metadata.creationTimestamp));
  return podsSeen && olderThan(snapshot, newest, rollout + slow);
}
