import { age, computed, type Evidence, eventEvidence, field, millis, type ObjectEvent } from '../../src/kit.ts';
import type { PodCase } from './case.ts';
import { type ContainerView, isAbout, type Terminated } from './containers.ts';
import { probeWindow } from './probe-text.ts';
import { lastWords, tail } from './text.ts';

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
    ...(terminated.message === undefined ? [] : [field(pod, `${path}.message`, tail(terminated.message))]),
    field(pod, `${statusPath}.restartCount`, status?.restartCount ?? 0),
  ];
}

/** `: text` where the container left word of why it ended, else nothing. */
export function leftWord({ spec }: ContainerView, { terminated }: Ending): string {
  const words = lastWords(terminated.message, spec.terminationMessagePolicy === 'FallbackToLogsOnError');
  return words === '' ? '' : `: ${words}`;
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
 * grace period and a minute before it. That the probe failed tells as much where a signal ended the container, or where it failed
 * often enough for most of the restarts.
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
  const failure = one.events.find((event) => {
    const probe = probeOf(failing, 'Unhealthy', event);
    if (probe === undefined) return false;
    return bySignal
      ? fits(event, grace + 300)
      : fits(event, eventLife) && explainsRestarts(container, terminated, probe, event.count);
  });
  const event = kill ?? failure;
  const probe =
    event === undefined ? undefined : (probeOf(killing, 'Killing', event) ?? probeOf(failing, 'Unhealthy', event));
  if (event === undefined || probe === undefined) return undefined;
  return { probe, evidence: eventEvidence(one.pod, event), count: kill?.count ?? 1 };
}

/**
 * The event by which a kubelet says that the postStart hook of a container failed, where it fits the end: the container is killed for it,
 * within its grace period. Source: pkg/kubelet/kuberuntime, startContainer.
 */
export function hookFailure(
  { pod, events }: PodCase,
  container: ContainerView,
  { terminated }: Ending,
): ObjectEvent | undefined {
  const least = (millis(terminated.finishedAt) ?? 0) - ((pod.spec.terminationGracePeriodSeconds ?? 30) + 60) * 1000;
  return events.find(
    (event) =>
      event.reason === 'FailedPostStartHook' && isAbout(event, container) && (millis(event.last) ?? Infinity) >= least,
  );
}

/** How long an API server keeps an event, in seconds. */
const eventLife = 3_600;

/**
 * Many processes end with an exit code of their own when they are asked to stop: a Go program that runs as PID 1 and does not catch
 * SIGTERM ends with 2. The probe is to blame where it had the time to fail as often as it must, and did so for most restarts.
 */
function explainsRestarts(
  { spec, status }: ContainerView,
  terminated: Terminated,
  name: ProbeKill['probe'],
  failures: number,
): boolean {
  const probe = name === 'liveness' ? spec.livenessProbe : spec.startupProbe;
  const ran = ranFor(terminated);
  const restarts = status?.restartCount ?? 0;
  if (probe === undefined || ran === undefined || restarts < 3) return false;
  const least = probeWindow(probe) - (probe.periodSeconds ?? 10);
  return ran >= least && failures >= (restarts * (probe.failureThreshold ?? 3)) / 2;
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
