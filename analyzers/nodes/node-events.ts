import { age, conditionIs, eventEvidence, eventsOf, type ObjectEvent, ref } from '../../src/kit.ts';
import { type NodeCase, type NodeDraft, nodeDraft } from './node-case.ts';
import { short } from './ready-text.ts';

const cleanup = new Set(['ImageGCFailed', 'ContainerGCFailed', 'FreeDiskSpaceFailed']);

/**
 * What the kubelet told through events of the last hour. A kubelet writes the node's name where its uid belongs, so they are joined
 * by name alone; events from before the node was made are about an earlier one.
 */
export function* happenings(one: NodeCase): Iterable<NodeDraft> {
  const { snapshot, settings, node } = one;
  const recent = eventsOf(snapshot, ref(node)).filter(({ last }) => {
    const ago = age(snapshot, last);
    const lived = age(snapshot, node.metadata.creationTimestamp) ?? Infinity;
    return ago !== undefined && ago < settings.eventAge && ago <= lived;
  });
  const newest = (match: (event: ObjectEvent) => boolean) => recent.find(match);

  const rebooted = newest(({ reason }) => reason === 'Rebooted');
  if (rebooted !== undefined) yield tell(one, 'NodeRebooted', rebooted, 'rebooted', 'were rebooted');

  const oom = newest(({ reason }) => reason === 'SystemOOM');
  if (oom !== undefined) {
    const what = 'ran out of memory, and the kernel killed processes';
    yield tell(one, 'NodeSystemOOM', oom, `${what}: ${short(oom.message)}`, what);
  }

  // A kubelet that starts fails once or twice before it has figures of its own.
  const failing = newest(({ reason, count }) => cleanup.has(reason) && count >= 3);
  if (failing !== undefined && conditionIs(node, 'DiskPressure', 'True') === undefined) {
    yield tell(one, 'NodeCleanupFailing', failing, `cannot clean up: ${short(failing.message)}`, 'cannot clean up');
  }

  const evicting = newest(({ reason }) => reason === 'EvictionThresholdMet');
  const pressed = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].some(
    (type) => conditionIs(node, type, 'True') !== undefined,
  );
  if (evicting !== undefined && !pressed) {
    const what = 'evicted pods for lack of a resource, which it has again';
    yield tell(one, 'NodeEvicting', evicting, `${what}: ${short(evicting.message)}`, what);
  }
}

function tell(
  one: NodeCase,
  code: 'NodeRebooted' | 'NodeSystemOOM' | 'NodeCleanupFailing' | 'NodeEvicting',
  event: ObjectEvent,
  message: string,
  shared: string,
): NodeDraft {
  return nodeDraft(one, code, {
    message,
    reason: event.reason,
    shared,
    evidence: [eventEvidence(one.node, event)],
    since: event.first ?? event.last,
  });
}
