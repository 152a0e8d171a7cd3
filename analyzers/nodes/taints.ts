import { conditionIs, field, isFaultTaint, olderThan, taintText } from '../../src/kit.ts';
import { isLeaving, isNew, lasting, type NodeCase, type NodeDraft, nodeDraft } from './node-case.ts';

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

/** Taints that a node is born with and that whoever sets it up takes away. */
export function* setUp(one: NodeCase): Iterable<NodeDraft> {
  const { node, settings } = one;
  if (isNew(one, settings.setUpGrace) || isLeaving(one)) return;
  for (const taint of node.spec.taints ?? []) {
    const cloud = taint.key === 'node.cloudprovider.kubernetes.io/uninitialized';
    if (!cloud && !(isFaultTaint(taint) && taint.key.endsWith('/agent-not-ready'))) continue;
    const since = taint.timeAdded ?? node.metadata.creationTimestamp;
    const who = cloud ? 'the cloud controller manager' : `the agent of ${taint.key.slice(0, taint.key.indexOf('/'))}`;
    yield nodeDraft(one, 'NodeUninitialized', {
      key: taint.key,
      message: `waits${lasting(one, since)} for ${who} to set it up`,
      shared: `wait for ${who} to set them up`,
      evidence: [field(node, 'spec.taints', taintText(taint))],
      since,
      values: { taint: taintText(taint) },
    });
  }
}
