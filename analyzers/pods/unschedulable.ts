import {
  candidates,
  type CauseLink,
  computed,
  condition,
  type Draft,
  type Evidence,
  isJoining,
  isNodeFault,
  type Placement,
  placementOf,
  ref,
  type Verdict,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { conditionEvidence, type PendingCase, pendingDraft, scaleUp } from './pending-case.ts';
import { schedulerLinks } from './pending-scheduler.ts';
import { autoscalerOf } from './unschedulable-autoscaler.ts';
import { claimLinks, nodeLinks } from './unschedulable-causes.ts';
import { type Change, smallestChange } from './unschedulable-change.ts';
import { claimFault, unboundClaims } from './unschedulable-claims.ts';
import { nodeEvidence } from './unschedulable-evidence.ts';
import { gpuLinks } from './unschedulable-gpu.ts';
import { blockedByOldReplica } from './unschedulable-old-replica.ts';
import { countsText } from './unschedulable-text.ts';
import { victimLinks, victimsOf } from './unschedulable-victims.ts';
import { listed, quote } from './text.ts';

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
  const summary = summaryOf(one, placement);
  const { verdicts, free } = summary;
  if (verdicts.length === 0) yield nowhere(one, placement);
  else if (free.length > 0) yield unboundClaims(one, placement) ?? fitting(one, placement, free);
  else yield blockedByOldReplica(one, verdicts) ?? explained(one, placement, summary);
}

/** What all pods that ask the same have in common. */
interface Summary {
  readonly verdicts: readonly Verdict[];
  /** Nodes that take the pod, by name. */
  readonly free: readonly string[];
  readonly change: Change | undefined;
  readonly text: string;
  readonly evidence: readonly Evidence[];
  readonly nodeLinks: readonly CauseLink[];
}

const summaries = new WeakMap<Placement, Summary>();

function summaryOf({ snapshot, pod }: Pick<PendingCase, 'pod' | 'snapshot'>, placement: Placement): Summary {
  const known = summaries.get(placement);
  if (known !== undefined) return known;
  const partial = placement.unseen.includes('pods');
  const verdicts = candidates(placement, pod).map((verdict) => (partial ? certain(verdict) : verdict));
  const free = verdicts.filter(({ reasons }) => reasons.length === 0).map(({ node }) => node.metadata.name);
  const change = partial || free.length > 0 ? undefined : smallestChange({ snapshot, pod }, verdicts);
  const counts = free.length > 0 ? '' : countsText(verdicts);
  const summary: Summary = {
    verdicts,
    free,
    change,
    text: partial
      ? `${counts}; pods that could not be seen may take more room`
      : `${counts}${change === undefined ? '' : `; smallest change: ${change.text}`}`,
    evidence: free.length > 0 ? [] : nodeEvidence({ snapshot, pod }, verdicts, change?.verdict),
    nodeLinks: free.length > 0 ? [] : [...nodeLinks(verdicts), ...gpuLinks(snapshot, verdicts)],
  };
  summaries.set(placement, summary);
  return summary;
}

function certain({ node, reasons }: Verdict): Verdict {
  return { node, reasons: reasons.filter(({ kind }) => !needAllPods.has(kind)) };
}

function explained(one: PendingCase, placement: Placement, summary: Summary): Draft<Code> {
  const { change, verdicts } = summary;
  const autoscaler = autoscalerOf(one);
  const victims = victimsOf(one);
  const joining = joiningOf(one, verdicts);
  const notes = [
    ...autoscaler.notes,
    ...(joining === undefined ? [] : [`node ${joining} has just joined and is not Ready yet`]),
    ...(victims === undefined ? [] : [`pods on ${victims} are being ended to make room`]),
  ];
  return pendingDraft(one, 'PodUnschedulable', {
    severity: victims === undefined && joining === undefined ? autoscaler.severity : 'info',
    message: [summary.text, ...notes].join('; '),
    evidence: [...summary.evidence, ...autoscaler.evidence, ...conditionEvidence(one)],
    causes: [...summary.nodeLinks, ...claimLinks(one, placement, verdicts), ...victimLinks(one)],
    values:
      change === undefined
        ? {}
        : { change: change.text, node: change.verdict.node.metadata.name, ...commandValues(change.verdict) },
  });
}

/** A node that joined a moment ago and will take the pod, as far as can be told. */
function joiningOf({ snapshot }: PendingCase, verdicts: readonly Verdict[]): string | undefined {
  return verdicts.find(({ node, reasons }) => isJoining(snapshot, node) && reasons.every(isNodeFault))?.node.metadata
    .name;
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
    severity: scaleUp(one) === undefined ? 'warning' : 'info',
    message: `fits on ${listed(free)} now; the scheduler has not placed it yet`,
    evidence: [computed(one.pod, `every filter of the scheduler passes on ${listed(free)}`), ...conditionEvidence(one)],
    causes: schedulerLinks(one),
  });
}

function nowhere(one: PendingCase, placement: Placement): Draft<Code> {
  const { nodes } = placement;
  const message = nodes.length === 0 ? 'the cluster has no nodes' : 'the node that it is made for does not exist';
  const { notes, evidence, severity } = autoscalerOf(one);
  return pendingDraft(one, 'PodUnschedulable', {
    severity,
    message: [message, ...notes].join('; '),
    evidence: [computed(one.pod, `${nodes.length} nodes in the cluster`), ...evidence, ...conditionEvidence(one)],
  });
}

function unexplained(one: PendingCase, why: string, evidence: readonly Evidence[]): Draft<Code> {
  const words = schedulerWords(one);
  const autoscaler = autoscalerOf(one);
  const message =
    words === ''
      ? `the scheduler finds no node for it; why cannot be told, for ${why}`
      : `the scheduler finds no node for it: ${words}; this could not be checked, for ${why}`;
  return pendingDraft(one, 'PodUnschedulable', {
    severity: autoscaler.severity,
    message: [message, ...autoscaler.notes].join('; '),
    evidence: [...evidence, ...autoscaler.evidence, ...conditionEvidence(one)],
  });
}

/** What the scheduler last wrote, without the words of its PostFilter plugins: preemption and dynamic resources. Source: framework.FitError. */
function schedulerWords({ pod }: PendingCase): string {
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.reason !== 'Unschedulable') return '';
  return quote(
    (scheduled.message ?? '').replace(/\.? (?:no new claims to deallocate|still not schedulable|preemption: ).*$/s, ''),
  );
}
