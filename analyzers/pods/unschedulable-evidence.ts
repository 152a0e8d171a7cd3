import {
  amountText,
  computed,
  type Evidence,
  field,
  holdersOf,
  type Pod,
  refText,
  ref,
  taintText,
  type Verdict,
} from '../../src/kit.ts';
import type { PendingCase, PendingSnapshot } from './pending-case.ts';
import { listed } from './text.ts';
import { reasonsText } from './unschedulable-text.ts';

const shownNodes = 5;
const shownHolders = 4;

/** What proves the verdicts: the fields of the node that needs the least, who holds what it lacks, and what fails on the others. */
export function nodeEvidence(
  { snapshot, pod }: Pick<PendingCase, 'pod' | 'snapshot'>,
  verdicts: readonly Verdict[],
  nearest: Verdict | undefined,
): readonly Evidence[] {
  const others = verdicts
    .filter((verdict) => verdict !== nearest)
    .slice(0, nearest === undefined ? shownNodes : shownNodes - 1);
  return [
    ...(nearest === undefined
      ? []
      : [computed(nearest.node, reasonsText(nearest)), ...fieldsOf(snapshot, pod, nearest)]),
    ...others.map((verdict) => computed(verdict.node, reasonsText(verdict))),
  ];
}

function fieldsOf(snapshot: PendingSnapshot, pod: Pod, { node, reasons }: Verdict): readonly Evidence[] {
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
      case 'devices':
        return claimEvidence(snapshot, pod, reason.claim);
      case 'resource':
        return [offerEvidence(node, reason), ...holderEvidence(snapshot, node, reason.resource)];
      default:
        return [];
    }
  });
}

/** What a claim asks for: the class of each request, and its selectors. */
function claimEvidence(snapshot: PendingSnapshot, pod: Pod, claim: string | undefined): readonly Evidence[] {
  if (claim === undefined) return [];
  const found = snapshot.lookup('resourceclaims.resource.k8s.io', claim, pod.metadata.namespace);
  if (found.state !== 'found') return [];
  return (found.object.spec.devices?.requests ?? []).flatMap(({ exactly }, index) => {
    const path = `spec.devices.requests[${index}].exactly`;
    if (exactly === undefined) return [];
    return [
      field(found.object, `${path}.deviceClassName`, exactly.deviceClassName),
      ...(exactly.selectors ?? []).map(({ cel }, at) =>
        field(found.object, `${path}.selectors[${at}].cel.expression`, cel?.expression ?? ''),
      ),
    ];
  });
}

/** What the node itself offers, or a driver on it where the node offers nothing by that name. */
function offerEvidence(node: Verdict['node'], { resource, allocatable, free }: Lack): Evidence {
  const given = node.status?.allocatable?.[resource];
  return given === undefined && allocatable !== undefined
    ? computed(
        node,
        `ResourceSlices list ${allocatable} devices for ${resource} here, ${Math.max(0, free)} of them free`,
      )
    : field(node, `status.allocatable['${resource}']`, given ?? 'absent');
}

type Lack = Extract<Verdict['reasons'][number], { kind: 'resource' }>;

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
