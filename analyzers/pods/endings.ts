import { age, computed, type Evidence, eventEvidence, field, millis, type ObjectEvent } from '../../src/kit.ts';
import type { PodCase } from './case.ts';
import { type ContainerView, isAbout, type Terminated } from './containers.ts';

/** The last end of a container: of this run, or of the one before. */
export interface Ending {
  readonly terminated: Terminated;
  /** `status.containerStatuses[0].lastState.terminated` */
  readonly path: string;
}

export function lastEnding({ status, statusPath }: ContainerView): Ending | undefined {
  const now = status?.state?.terminated;
  if (now !== undefined) return { terminated: now, path: `${statusPath}.state.terminated` };
  const before = status?.lastState?.terminated;
  return before === undefined ? undefined : { terminated: before, path: `${statusPath}.lastState.terminated` };
}

/** What proves an end: reason, exit code, message, number of restarts. */
export function endingEvidence({ pod }: PodCase, { status, statusPath }: ContainerView, ending: Ending): Evidence[] {
  const { terminated, path } = ending;
  const waiting = status?.state?.waiting?.reason;
  return [
    ...(waiting === undefined ? [] : [field(pod, `${statusPath}.state.waiting.reason`, waiting)]),
    ...(terminated.reason === undefined ? [] : [field(pod, `${path}.reason`, terminated.reason)]),
    field(pod, `${path}.exitCode`, terminated.exitCode),
    ...(terminated.message === undefined ? [] : [field(pod, `${path}.message`, terminated.message)]),
    field(pod, `${statusPath}.restartCount`, status?.restartCount ?? 0),
  ];
}

/** How long the run that ended had lasted, in seconds. */
export function ranFor({ startedAt, finishedAt }: Terminated): number | undefined {
  const from = millis(startedAt);
  const to = millis(finishedAt);
  return from === undefined || to === undefined ? undefined : (to - from) / 1000;
}

/** Seconds since the end. */
export function endedAgo({ snapshot }: PodCase, { terminated }: Ending): number | undefined {
  return age(snapshot, terminated.finishedAt);
}

/** A kubelet that kills for a probe says so in an event. */
export interface ProbeKill {
  readonly probe: 'liveness' | 'startup';
  readonly evidence: Evidence;
}

/**
 * The probe for which the kubelet killed this container, where an event says so and fits the end: it comes at most the grace period
 * and a minute before it.
 */
export function probeKill(one: PodCase, container: ContainerView, { terminated }: Ending): ProbeKill | undefined {
  const grace = one.pod.spec.terminationGracePeriodSeconds ?? 30;
  const ended = millis(terminated.finishedAt);
  const event = one.events.find((candidate) => {
    if (killingProbe(candidate) === undefined || !isAbout(candidate, container)) return false;
    if (candidate.fieldPath === undefined && !candidate.message.includes(container.name)) return false;
    const last = millis(candidate.last);
    return ended === undefined || last === undefined || last >= ended - (grace + 60) * 1000;
  });
  const probe = event === undefined ? undefined : killingProbe(event);
  return event === undefined || probe === undefined ? undefined : { probe, evidence: eventEvidence(one.pod, event) };
}

/** `Container app failed liveness probe, will be restarted` (pkg/kubelet/kuberuntime). */
function killingProbe({ reason, message }: ObjectEvent): ProbeKill['probe'] | undefined {
  if (reason !== 'Killing') return undefined;
  const probe = /failed (liveness|startup) probe/.exec(message)?.[1];
  return probe === 'liveness' || probe === 'startup' ? probe : undefined;
}

/** The memory limit of a container, or of its pod where only that one is set (pod-level resources, 1.34). */
export function memoryLimit(
  { pod }: PodCase,
  { spec, specPath }: ContainerView,
): { limit?: string; evidence: Evidence } {
  const own = spec.resources?.limits?.['memory'];
  if (own !== undefined) return { limit: own, evidence: field(pod, `${specPath}.resources.limits.memory`, own) };
  const shared = pod.spec.resources?.limits?.['memory'];
  if (shared !== undefined) return { limit: shared, evidence: field(pod, 'spec.resources.limits.memory', shared) };
  return { evidence: computed(pod, `container ${spec.name} has no memory limit`) };
}
