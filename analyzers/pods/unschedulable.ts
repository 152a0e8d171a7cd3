import {
  candidates,
  computed,
  type Draft,
  eventEvidence,
  type Evidence,
  olderThan,
  type Placement,
  placementOf,
  ref,
  type Verdict,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { conditionEvidence, type PendingCase, pendingDraft, scaleUp, severityOf } from './pending-case.ts';
import { schedulerLinks } from './pending-scheduler.ts';
import { causesOf } from './unschedulable-causes.ts';
import { smallestChange } from './unschedulable-change.ts';
import { claimFault, unboundClaims } from './unschedulable-claims.ts';
import { nodeEvidence } from './unschedulable-evidence.ts';
import { blockedByOldReplica } from './unschedulable-old-replica.ts';
import { countsText } from './unschedulable-text.ts';
import { listed } from './text.ts';

/** Kinds of reasons that pods which could not be seen might take away; all others only become more certain by more pods. */
const needAllPods = new Set(['spread', 'pod-affinity']);

/**
 * Why the scheduler finds no node for a pod, by recomputing its filters. What the scheduler itself wrote is evidence, never the
 * source: since 1.35 it does not name the taint, and it counts the first failing filter of a node only.
 */
export function* unschedulable(one: PendingCase): Iterable<Draft<Code>> {
  const { snapshot, pod } = one;
  const placement = placementOf(snapshot, pod);
  if (placement.claims.length > 0) {
    yield claimFault(one, placement.claims);
    return;
  }
  const nodes = snapshot.list('nodes');
  if (!nodes.complete) {
    yield unexplained(one, `the nodes could not be seen (${nodes.reason ?? 'not complete'})`, []);
    return;
  }
  const partial = placement.unseen.includes('pods');
  const verdicts = candidates(placement, pod).map((verdict) => (partial ? certain(verdict) : verdict));
  const free = verdicts.filter(({ reasons }) => reasons.length === 0).map(({ node }) => node.metadata.name);
  if (verdicts.length === 0) yield nowhere(one, placement);
  else if (free.length > 0) yield unboundClaims(one, placement) ?? fitting(one, placement, free);
  else yield blockedByOldReplica(one, verdicts) ?? explained(one, placement, verdicts, partial);
}

function certain({ node, reasons }: Verdict): Verdict {
  return { node, reasons: reasons.filter(({ kind }) => !needAllPods.has(kind)) };
}

function explained(
  one: PendingCase,
  placement: Placement,
  verdicts: readonly Verdict[],
  partial: boolean,
): Draft<Code> {
  const change = partial ? undefined : smallestChange(verdicts);
  const adding = scaleUp(one);
  const victims = victimsOf(one);
  const notes = [
    ...(change === undefined ? [] : [`smallest change: ${change.text}`]),
    ...(partial ? ['pods that could not be seen may take more room'] : []),
    ...(adding === undefined ? [] : ['an autoscaler is adding a node']),
    ...(victims === undefined ? [] : [`pods on ${victims} are being ended to make room`]),
  ];
  return pendingDraft(one, 'PodUnschedulable', {
    severity: adding === undefined && victims === undefined ? severityOf(one) : 'info',
    message: [countsText(verdicts), ...notes].join('; '),
    evidence: [
      ...nodeEvidence(one.snapshot, verdicts, change?.verdict),
      ...(adding === undefined ? [] : [eventEvidence(ref(one.pod), adding)]),
      ...conditionEvidence(one),
    ],
    causes: causesOf(one, placement, verdicts),
    values:
      change === undefined
        ? {}
        : { change: change.text, node: change.verdict.node.metadata.name, ...commandValues(change.verdict) },
  });
}

function commandValues({ node, reasons }: Verdict): Readonly<Record<string, string>> {
  return reasons.some(({ kind }) => kind === 'cordon') ? { cordoned: node.metadata.name } : {};
}

/** Some node takes the pod by every filter that could be recomputed. */
function fitting(one: PendingCase, { unseen }: Placement, free: readonly string[]): Draft<Code> {
  if (unseen.length > 0) {
    const why = `${listed(free)} would take it, but ${listed(unseen)} could not be seen`;
    return unexplained(one, why, [computed(ref(one.pod), why)]);
  }
  return pendingDraft(one, 'PodUnschedulable', {
    severity: 'warning',
    message: `fits on ${listed(free)} now; the scheduler has not placed it yet`,
    evidence: [computed(one.pod, `every filter of the scheduler passes on ${listed(free)}`), ...conditionEvidence(one)],
    causes: schedulerLinks(one),
  });
}

function nowhere(one: PendingCase, placement: Placement): Draft<Code> {
  const { nodes } = placement;
  const message = nodes.length === 0 ? 'the cluster has no nodes' : 'the node that it is made for does not exist';
  return pendingDraft(one, 'PodUnschedulable', {
    severity: severityOf(one),
    message,
    evidence: [computed(one.pod, `${nodes.length} nodes in the cluster`), ...conditionEvidence(one)],
  });
}

function unexplained(one: PendingCase, why: string, evidence: readonly Evidence[]): Draft<Code> {
  return pendingDraft(one, 'PodUnschedulable', {
    severity: severityOf(one),
    message: `the scheduler finds no node for it; why cannot be told, for ${why}`,
    evidence: [...evidence, ...conditionEvidence(one)],
  });
}

/** The node on which pods of lower priority are being ended for this one, within their grace periods. */
function victimsOf({ snapshot, pod }: PendingCase): string | undefined {
  const node = pod.status?.nominatedNodeName;
  if (node === undefined || node === '') return undefined;
  const ending = snapshot
    .list('pods')
    .items.some(
      ({ metadata, spec }) =>
        spec.nodeName === node &&
        metadata.deletionTimestamp !== undefined &&
        !olderThan(snapshot, metadata.deletionTimestamp, 60),
    );
  return ending ? node : undefined;
}
