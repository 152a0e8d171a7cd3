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
  /** How often the kubelet killed it in the time that events live. */
  readonly count: number;
}

/**
 * The probe for which the kubelet killed this container, where an event says so and fits the end: that it kills comes at most the
 * grace period and a minute before it. That the probe failed tells as much where a signal ended the container.
 */
export function probeKill(one: PodCase, container: ContainerView, { terminated }: Ending): ProbeKill | undefined {
  const grace = one.pod.spec.terminationGracePeriodSeconds ?? 30;
  const ended = millis(terminated.finishedAt);
  const bySignal = terminated.exitCode === 137 || terminated.exitCode === 143;
  const fits = (event: ObjectEvent, seconds: number) => {
    const last = millis(event.last);
    if (!isAbout(event, container)) return false;
    return ended === undefined || last === undefined || last >= ended - seconds * 1000;
  };
  const kill = one.events.find((event) => probeOf(killing, 'Killing', event) !== undefined && fits(event, grace + 60));
  const failure = bySignal
    ? one.events.find((event) => probeOf(failing, 'Unhealthy', event) !== undefined && fits(event, grace + 300))
    : undefined;
  const event = kill ?? failure;
  const probe =
    event === undefined ? undefined : (probeOf(killing, 'Killing', event) ?? probeOf(failing, 'Unhealthy', event));
  if (event === undefined || probe === undefined) return undefined;
  return { probe, evidence: eventEvidence(one.pod, event), count: kill?.count ?? 1 };
}

/** `Container app failed liveness probe, will be restarted` (pkg/kubelet/kuberuntime). */
const killing = /failed (liveness|startup) probe/;
/** `Liveness probe failed: ...` (pkg/kubelet/prober). */
const failing = /^(Liveness|Startup) probe (?:failed|errored)/;

function probeOf(pattern: RegExp, reason: string, event: ObjectEvent): ProbeKill['probe'] | undefined {
  const probe = event.reason === reason ? pattern.exec(event.message)?.[1]?.toLowerCase() : undefined;
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
