import {
  type CauseLink,
  conditionIs,
  eventEvidence,
  eventsOf,
  field,
  isActive,
  matchesSelector,
  olderThan,
  ref,
  taintText,
} from '../../src/kit.ts';
import { isLeaving, lasting, type NodeCase, type NodeDraft, nodeDraft } from './node-case.ts';
import { short } from './ready-text.ts';

const cordonKey = 'node.kubernetes.io/unschedulable';
const outOfServiceKey = 'node.kubernetes.io/out-of-service';

/** A node that takes no new pods because somebody said so. When that was, only the taint knows that the node controller adds. */
export function* cordon(one: NodeCase): Iterable<NodeDraft> {
  const { node, snapshot, settings } = one;
  if (node.spec.unschedulable !== true) return;
  const since = node.spec.taints?.find(({ key }) => key === cordonKey)?.timeAdded;
  const forgotten = olderThan(snapshot, since, settings.cordonedLong) && !isLeaving(one);
  const broken = conditionIs(node, 'Ready', 'True') === undefined;
  yield nodeDraft(one, 'NodeCordoned', {
    severity: forgotten && !broken ? 'warning' : 'info',
    message: `cordoned${lasting(one, since)}: no new pod is placed on it`,
    shared: 'are cordoned: no new pod is placed on them',
    evidence: [
      field(node, 'spec.unschedulable', true),
      ...(since === undefined ? [] : [field(node, `spec.taints[${cordonKey}].timeAdded`, since)]),
    ],
    since,
  });
}

/** A node that is deleted and that a finalizer holds: whoever took the machine waits for its pods to leave, or is not there. */
export function* terminating(one: NodeCase): Iterable<NodeDraft> {
  const { node, snapshot, settings } = one;
  const { deletionTimestamp, finalizers = [] } = node.metadata;
  if (deletionTimestamp === undefined || !olderThan(snapshot, deletionTimestamp, settings.goingGrace)) return;
  const said = eventsOf(snapshot, ref(node)).find(({ reason }) => /^Failed(?:Drain|Terminat)/.test(reason));
  const held = finalizers.length === 0 ? '' : `: finalizer ${finalizers.join(', ')} holds it`;
  yield nodeDraft(one, 'NodeStuckTerminating', {
    message: `deleted${lasting(one, deletionTimestamp)} and still there${held}${said === undefined ? '' : ` (${short(said.message)})`}`,
    reason: finalizers.join(),
    shared: `are deleted and still there${held}`,
    evidence: [
      field(node, 'metadata.deletionTimestamp', deletionTimestamp),
      field(node, 'metadata.finalizers', finalizers.join(', ')),
      ...(said === undefined ? [] : [eventEvidence(node, said)]),
    ],
    causes: budgetLinks(one),
    since: deletionTimestamp,
  });
}

/** The budgets that keep pods of the node from being evicted. */
function budgetLinks({ node, snapshot }: NodeCase): readonly CauseLink[] {
  const here = snapshot.list('pods').items.filter((pod) => pod.spec.nodeName === node.metadata.name && isActive(pod));
  return snapshot
    .list('poddisruptionbudgets.policy')
    .items.filter(
      ({ metadata, spec, status }) =>
        status?.disruptionsAllowed === 0 &&
        here.some(
          (pod) => pod.metadata.namespace === metadata.namespace && matchesSelector(spec.selector, pod.metadata.labels),
        ),
    )
    .map((budget) => ({
      object: ref(budget),
      needs: 'resolve',
      via: { field: 'spec.nodeName', value: node.metadata.name },
      certainty: 'likely',
    }));
}

/** A node that an administrator declared dead, so that its pods and volumes are let go. */
export function* outOfService(one: NodeCase): Iterable<NodeDraft> {
  const taint = one.node.spec.taints?.find(({ key }) => key === outOfServiceKey);
  if (taint === undefined) return;
  yield nodeDraft(one, 'NodeOutOfService', {
    message: `marked as out of service${lasting(one, taint.timeAdded)}`,
    shared: 'are marked as out of service',
    evidence: [field(one.node, 'spec.taints', taintText(taint))],
    since: taint.timeAdded,
  });
}
