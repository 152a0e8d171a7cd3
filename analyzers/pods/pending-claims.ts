import { type ClaimGap, claimGaps, computed, type Draft, eventEvidence, eventsOf, field, ref } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { type PendingCase, pendingDraft, severityOf } from './pending-case.ts';
import { listed, quote } from './text.ts';

/**
 * A pod that the scheduler leaves aside, without a word in its status, until its device claims are there; undefined where they are.
 * The controller that makes claims of templates tells in an event why it does not.
 */
export function withoutClaims(one: PendingCase): Draft<Code> | undefined {
  const { snapshot, pod } = one;
  const gaps = claimGaps(snapshot, pod);
  const certain = gaps.filter(({ why }) => why !== 'unseen');
  const [first] = certain;
  const evidence = [
    computed(pod, 'no PodScheduled condition'),
    ...gaps.map(({ name, source }) => field(pod, `spec.resourceClaims[${name}]`, source)),
  ];
  if (first !== undefined) {
    const failed = eventsOf(snapshot, ref(pod), pod.metadata.uid).find(
      ({ reason }) => reason === 'FailedResourceClaimCreation',
    );
    const told = failed === undefined ? '' : `: ${quote(failed.message)}`;
    return pendingDraft(one, 'PodDeviceClaimMissing', {
      severity: severityOf(one),
      message: `the scheduler leaves it aside, for ${listed(certain.map(gapText))}${told}`,
      evidence: [...evidence, ...(failed === undefined ? [] : [eventEvidence(ref(pod), failed)])],
      values: { claimSource: first.source },
    });
  }
  if (gaps.length === 0) return undefined;
  return pendingDraft(one, 'PodUnschedulable', {
    severity: 'warning',
    message: 'the scheduler has not looked at it; why cannot be told, for its device claims could not be seen',
    evidence,
  });
}

function gapText({ source, why }: ClaimGap): string {
  return why === 'missing' ? `${source} does not exist` : `no claim is made of ${source}`;
}
