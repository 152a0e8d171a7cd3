import { age, condition, duration, type Evidence, field, olderThan, type Severity } from '../../src/kit.ts';
import { accessLinks } from './certificates.ts';
import { networkAgentLinks } from './network-agents.ts';
import { isLeaving, isNew, lasting, type NodeCase, type NodeDraft, nodeDraft } from './node-case.ts';
import { clue, type Trouble, troubleOf } from './ready-text.ts';

/**
 * A node whose Ready condition is not True. Heartbeats in conditions are not looked at: a kubelet writes them every five minutes at
 * best, and lives as long as its lease is renewed.
 */
export function* readiness(one: NodeCase): Iterable<NodeDraft> {
  const ready = condition(one.node, 'Ready');
  if (ready === undefined || ready.status === 'True') return;
  // A kubelet that has stopped posting had begun: that is no start.
  const stopped = ready.status === 'Unknown' && ready.reason !== 'NodeStatusNeverUpdated';
  if (!stopped && isNew(one, one.settings.startGrace)) return;
  if (ready.status === 'Unknown') yield unreachable(one, ready);
  else yield notReady(one, ready);
}

interface Ready {
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

function notReady(one: NodeCase, ready: Ready): NodeDraft {
  const { node } = one;
  const trouble = troubleOf(ready.message);
  const why = trouble.text === '' ? '' : `: ${trouble.text}`;
  return nodeDraft(one, 'NodeNotReady', {
    severity: severityOf(one, ready, trouble),
    message: `not ready${lasting(one, ready.lastTransitionTime)}${why}`,
    reason: trouble.kind,
    shared: `are not ready${why}`,
    evidence: [field(node, 'status.conditions[Ready]', clue(ready)), ...leaseEvidence(one)],
    causes: trouble.kind === 'network' ? networkAgentLinks(one, 'status.conditions[Ready].message') : [],
    since: ready.lastTransitionTime,
  });
}

function unreachable(one: NodeCase, ready: Ready): NodeDraft {
  const never = ready.reason === 'NodeStatusNeverUpdated';
  return nodeDraft(one, 'NodeUnreachable', {
    severity: severityOf(one, ready, undefined),
    message: never
      ? 'its kubelet has never reported'
      : `its kubelet has been silent${lasting(one, ready.lastTransitionTime)}`,
    reason: ready.reason ?? '',
    shared: never ? 'have a kubelet that has never reported' : 'have a silent kubelet',
    evidence: [field(one.node, 'status.conditions[Ready]', clue(ready)), ...leaseEvidence(one)],
    causes: never ? [] : accessLinks(one),
    since: ready.lastTransitionTime,
  });
}

/** A node in maintenance or on its way out has lost capacity only; a shutdown in progress is given time to end. */
function severityOf(one: NodeCase, ready: Ready, trouble: Trouble | undefined): Severity {
  if (isLeaving(one)) return 'info';
  if (one.node.spec.unschedulable === true) return 'warning';
  const away = olderThan(one.snapshot, ready.lastTransitionTime, one.settings.maintenanceGrace);
  return trouble?.kind === 'shutdown' && !away ? 'warning' : 'critical';
}

function leaseEvidence({ snapshot, node }: NodeCase): readonly Evidence[] {
  const lease = snapshot.lookup('leases.coordination.k8s.io', node.metadata.name, 'kube-node-lease');
  const renewed = lease.state === 'found' ? lease.object.spec.renewTime : undefined;
  const seconds = age(snapshot, renewed);
  if (lease.state !== 'found' || seconds === undefined) return [];
  return [field(lease.object, 'spec.renewTime', `${renewed} (${duration(seconds)} ago)`)];
}
