import { age, controllerOf, duration, eventEvidence, field } from '../../src/kit.ts';
import { draft, type PodCase, type PodDraft, severityOf, values } from './case.ts';
import { deadNode, nodeLinks } from './links.ts';
import { listed, quote } from './text.ts';

/**
 * A pod that should be gone. `deletionTimestamp` is the moment when the grace period ends, not when deletion was asked for; the
 * period is granted once more as a margin, for hooks and slow volumes.
 */
export function terminatingFault(one: PodCase): PodDraft | undefined {
  const { pod, snapshot, settings } = one;
  const deadline = pod.metadata.deletionTimestamp;
  const overdue = age(snapshot, deadline);
  const grace = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  if (deadline === undefined || overdue === undefined || overdue < grace + settings.terminatingGrace) return undefined;
  const finalizers = pod.metadata.finalizers ?? [];
  const dead = deadNode(one);
  const absent = isNodeGone(one);
  const kill = one.events.find(({ reason }) => reason === 'FailedKillPod' || reason === 'FailedPreStopHook');
  const node = pod.spec.nodeName ?? '';
  const why =
    dead !== undefined
      ? `: node ${node} is not ready, so nobody confirms that its containers have stopped`
      : finalizers.length > 0
        ? `: held by finalizer ${listed(finalizers)}`
        : absent
          ? `: its node ${node} does not exist`
          : kill === undefined
            ? ''
            : `: ${quote(kill.message)}`;
  // A StatefulSet makes no second pod of a name while the first exists.
  const blocks = controllerOf(pod)?.kind === 'StatefulSet';
  return draft(one, 'PodStuckTerminating', {
    key: dead === undefined ? (finalizers[0] ?? '') : '',
    severity: blocks ? severityOf(one, deadline) : 'warning',
    message: `should have been gone for ${duration(overdue)}${why}`,
    evidence: [
      field(pod, 'metadata.deletionTimestamp', deadline),
      ...(finalizers.length === 0 ? [] : [field(pod, 'metadata.finalizers', finalizers)]),
      ...(dead === undefined ? [] : [field(dead.node, "status.conditions[type='Ready']", dead.ready.status)]),
      ...(kill === undefined ? [] : [eventEvidence(pod, kill)]),
    ],
    causes: finalizers.length > 0 && dead === undefined ? [] : nodeLinks(one),
    since: deadline,
    values: values({ node, finalizer: finalizers[0] }),
  });
}

function isNodeGone({ pod, snapshot }: PodCase): boolean {
  return pod.spec.nodeName !== undefined && snapshot.lookup('nodes', pod.spec.nodeName).state === 'absent';
}
