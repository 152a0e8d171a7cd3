import { condition, type Draft, field, olderThan } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import {
  conditionEvidence,
  type PendingCase,
  pendingCase,
  pendingDraft,
  type PendingSettings,
  type PendingSnapshot,
  severityOf,
} from './pending-case.ts';
import { withoutClaims } from './pending-claims.ts';
import { notPickedUp } from './pending-scheduler.ts';
import { quote } from './text.ts';
import { claimLinksOf } from './unschedulable-claims.ts';
import { unschedulable } from './unschedulable.ts';

/** Everything about pods that wait for a node. */
export function* pending(snapshot: PendingSnapshot, settings: PendingSettings): Iterable<Draft<Code>> {
  for (const pod of snapshot.list('pods').items) {
    const one = pendingCase(snapshot, settings, pod);
    if (one !== undefined && olderThan(snapshot, one.since, settings.pendingNotice)) yield* waiting(one);
  }
}

function* waiting(one: PendingCase): Iterable<Draft<Code>> {
  const { pod } = one;
  const scheduled = condition(pod, 'PodScheduled');
  const gates = (pod.spec.schedulingGates ?? []).map((gate) => gate.name);
  if (gates.length > 0 || scheduled?.reason === 'SchedulingGated') {
    yield pendingDraft(one, 'PodSchedulingGated', {
      message: `held back by scheduling gate ${gates.join(', ') || 'of its creator'}`,
      evidence: gates.length > 0 ? [field(pod, 'spec.schedulingGates', gates.join(', '))] : conditionEvidence(one),
    });
  } else if (scheduled?.status !== 'False') {
    const claims = withoutClaims(one);
    if (claims === undefined) yield* notPickedUp(one);
    else yield claims;
  } else if (scheduled.reason === 'SchedulerError') {
    yield pendingDraft(one, 'PodSchedulerError', {
      severity: severityOf(one),
      message: `the scheduler failed while placing it: ${quote(scheduled.message) || 'it does not say why'}`,
      evidence: conditionEvidence(one),
      causes: claimLinksOf(one),
    });
  } else yield* unschedulable(one);
}
