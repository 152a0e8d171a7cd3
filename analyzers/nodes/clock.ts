import { age, conditionIs, duration, field, type ResourceTypes } from '../../src/kit.ts';
import { type NodeCase, type NodeDraft, nodeDraft, type NodeSettings, type NodeSnapshot } from './node-case.ts';

/** A lease of 40 s that a living kubelet renews every 10 s: if this old on a Ready node, its clock is behind. */
const stale = 600;

/**
 * Nodes whose clock is off, by the time a kubelet writes into its lease. Ahead: the lease was renewed in the future. Behind: it looks long
 * expired though the node is Ready and leases of others are fresh, which the node controller does not mind: it goes by its own
 * clock. Where every lease is off, the moment of the recording is.
 */
export function* clocks(snapshot: NodeSnapshot, settings: NodeSettings): Iterable<NodeDraft> {
  const all = snapshot.list('nodes').items.flatMap((node) => {
    const lease = snapshot.lookup('leases.coordination.k8s.io', node.metadata.name, 'kube-node-lease');
    if (lease.state !== 'found') return [];
    const idle = age(snapshot, lease.object.spec.renewTime);
    return idle === undefined ? [] : [{ one: { snapshot, settings, node }, lease: lease.object, idle }];
  });
  const right = all.some(({ idle }) => Math.abs(idle) < settings.clockSkew);
  if (!right) return;
  for (const { one, lease, idle } of all) {
    if (idle <= -settings.clockSkew) yield off(one, lease, `${duration(-idle)} ahead`);
    else if (idle >= stale && conditionIs(one.node, 'Ready', 'True') !== undefined)
      yield off(one, lease, `${duration(idle)} behind`);
  }
}

function off(one: NodeCase, lease: ResourceTypes['leases.coordination.k8s.io'], how: string): NodeDraft {
  return nodeDraft(one, 'NodeClockSkew', {
    message: `its clock is ${how}: tokens and certificates may be refused`,
    reason: how.endsWith('ahead') ? 'ahead' : 'behind',
    shared: `have a clock that is ${how.endsWith('ahead') ? 'ahead' : 'behind'}`,
    evidence: [field(lease, 'spec.renewTime', lease.spec.renewTime)],
  });
}
