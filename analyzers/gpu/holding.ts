import {
  amountText,
  condition,
  type Draft,
  duration,
  age,
  field,
  gpuRequestsOf,
  olderThan,
  type Pod,
  podTrouble,
  ref,
  takesRoom,
} from '../../src/kit.ts';
import type { GpuSnapshot } from './case.ts';
import type { Code, GpuSettings } from './codes.ts';

/**
 * Pods that keep devices from others without running: they cannot start, or they are to be gone and are not. Their own fault is found
 * elsewhere and is the cause of this.
 */
export function* heldIdle(snapshot: GpuSnapshot, settings: GpuSettings): Iterable<Draft<Code>> {
  for (const pod of snapshot.list('pods').items) {
    const asked = gpuRequestsOf(pod);
    if (asked.size === 0 || !takesRoom(pod)) continue;
    const idle = idleness(snapshot, settings, pod);
    if (idle === undefined) continue;
    const what = [...asked].map(([resource, amount]) => `${amountText(resource, amount)} ${resource}`).join(', ');
    const node = pod.spec.nodeName ?? '';
    const for_ = age(snapshot, idle.since);
    const long = for_ === undefined ? '' : ` for ${duration(for_)}`;
    yield {
      code: 'PodGPUHeldIdle',
      object: ref(pod),
      key: [...asked.keys()].join(','),
      message: `holds ${what} of node ${node}${long} and does not run (${idle.why})`,
      evidence: [
        field(pod, 'spec.nodeName', node),
        field(pod, 'spec.containers[].resources', what),
        field(pod, idle.path, idle.why),
      ],
      causes: [
        { object: ref(pod), needs: 'run', via: { field: idle.path, value: idle.why }, certainty: 'sure' },
        { object: ref(pod), needs: 'resolve', via: { field: idle.path, value: idle.why }, certainty: 'sure' },
      ],
      ...(idle.since === undefined ? {} : { since: idle.since }),
      values: { node },
    };
  }
}

interface Idle {
  readonly why: string;
  readonly path: string;
  readonly since: string | undefined;
}

function idleness(snapshot: GpuSnapshot, { holdGrace, loadGrace }: GpuSettings, pod: Pod): Idle | undefined {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp !== undefined) {
    // The deletion timestamp lies the grace period after the request already.
    if (!olderThan(snapshot, metadata.deletionTimestamp, holdGrace)) return undefined;
    return { why: 'Terminating', path: 'metadata.deletionTimestamp', since: metadata.deletionTimestamp };
  }
  const scheduled = condition(pod, 'PodScheduled')?.lastTransitionTime ?? metadata.creationTimestamp;
  const waits = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].find(
    ({ state }) => state?.waiting?.reason !== undefined,
  );
  if (status?.phase === 'Pending') {
    // Large images and models take their time: only what is in trouble counts at once.
    const trouble = podTrouble(pod);
    const loads = (status.initContainerStatuses ?? []).some(({ state }) => state?.running !== undefined);
    if (trouble === undefined && loads) return undefined;
    if (!olderThan(snapshot, scheduled, trouble === undefined ? loadGrace : holdGrace)) return undefined;
    const why = trouble ?? waits?.state?.waiting?.reason ?? 'Pending';
    return { why, path: 'status.phase', since: scheduled };
  }
  const why = podTrouble(pod);
  const lost = condition(pod, 'Ready')?.lastTransitionTime;
  const crashing = why !== undefined && why === waits?.state?.waiting?.reason;
  if (!crashing || !olderThan(snapshot, lost ?? scheduled, holdGrace)) return undefined;
  return { why, path: 'status.containerStatuses', since: lost ?? scheduled };
}
