import {
  amountText,
  computed,
  type Evidence,
  field,
  holdersOf,
  refText,
  ref,
  taintText,
  type Verdict,
} from '../../src/kit.ts';
import type { PendingSnapshot } from './pending-case.ts';
import { listed } from './text.ts';
import { verdictText } from './unschedulable-text.ts';

const shownNodes = 5;
const shownHolders = 4;

/** What proves the verdicts: the fields of the node that needs the least, who holds what it lacks, and what fails on the others. */
export function nodeEvidence(
  snapshot: PendingSnapshot,
  verdicts: readonly Verdict[],
  nearest: Verdict | undefined,
): readonly Evidence[] {
  const others = verdicts
    .filter((verdict) => verdict !== nearest)
    .slice(0, nearest === undefined ? shownNodes : shownNodes - 1);
  return [
    ...(nearest === undefined ? [] : [computed(nearest.node, verdictText(nearest)), ...fieldsOf(snapshot, nearest)]),
    ...others.map((verdict) => computed(verdict.node, verdictText(verdict))),
  ];
}

function fieldsOf(snapshot: PendingSnapshot, { node, reasons }: Verdict): readonly Evidence[] {
  return reasons.flatMap((reason): readonly Evidence[] => {
    switch (reason.kind) {
      case 'cordon':
        return [field(node, 'spec.unschedulable', true)];
      case 'taint':
        return [field(node, 'spec.taints', taintText(reason.taint))];
      case 'affinity':
        return reason.keys.map((key) =>
          field(node, `metadata.labels['${key}']`, node.metadata.labels?.[key] ?? 'absent'),
        );
      case 'resource':
        return [
          field(
            node,
            `status.allocatable['${reason.resource}']`,
            node.status?.allocatable?.[reason.resource] ?? 'absent',
          ),
          ...holderEvidence(snapshot, node, reason.resource),
        ];
      default:
        return [];
    }
  });
}

/** Pods that hold a resource, those that do not even run first. */
function holderEvidence(snapshot: PendingSnapshot, node: Verdict['node'], resource: string): readonly Evidence[] {
  const holders = holdersOf(snapshot, node.metadata.name, resource);
  if (holders.length === 0) return [];
  const texts = holders.map(
    ({ pod, amount, idle }) =>
      `${refText(ref(pod))} ${amountText(resource, amount)}${idle === undefined ? '' : ` (${idle})`}`,
  );
  return [computed(node, `${resource} held by ${listed(texts, shownHolders)}`)];
}
