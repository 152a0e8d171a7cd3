import type { CauseLink } from '../model/finding.ts';
import { ref } from '../model/object.ts';
import type { Node, Pod, PodSpec } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { condition, conditionIs } from './conditions.ts';
import { isGettingNode } from './scale-up.ts';
import { age, latest, olderThan } from './time.ts';

/** Whether a pod counts for its controller: not ended (a Failed pod is replaced) and not being deleted. */
export function isActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase !== 'Failed' && phase !== 'Succeeded' && pod.metadata.deletionTimestamp === undefined;
}

function isReady(pod: Pod): boolean {
  return conditionIs(pod, 'Ready', 'True') !== undefined;
}

/** Waiting reasons of a container that is merely being made. */
const starting = new Set(['ContainerCreating', 'PodInitializing']);

/**
 * Whether a container waits for its kubelet, which fills its caches after a start: what it needs may be there all the same.
 * Source: pkg/kubelet/kubelet_pods.go and pkg/kubelet/util/manager.
 */
export function isPassing({ message = '' }: { readonly message?: string }): boolean {
  return /^(?:services have not yet been read at least once|failed to sync (?:configmap|secret) cache)/.test(message);
}

/**
 * In a word or two what keeps a pod from being ready, where its status says so: a waiting reason (`CrashLoopBackOff`), the reason of
 * an end with a failure (`OOMKilled`, `exit code 1`), `Unschedulable`. Undefined for a pod that is starting or that just is not ready.
 */
export function podTrouble(pod: Pod): string | undefined {
  const { status } = pod;
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const { waiting, terminated } = container.state ?? {};
    if (waiting?.reason !== undefined && !starting.has(waiting.reason) && !isPassing(waiting)) return waiting.reason;
    if (terminated !== undefined && terminated.exitCode !== 0) {
      const { reason, exitCode } = terminated;
      return reason === undefined || reason === 'Error' ? `exit code ${exitCode}` : reason;
    }
  }
  const placed = conditionIs(pod, 'PodScheduled', 'False');
  return placed === undefined || isGated(pod) ? undefined : (placed.reason ?? 'Unschedulable');
}

/** Whether somebody holds a pod back on purpose (`spec.schedulingGates`), as queueing systems do. */
function isGated(pod: Pod): boolean {
  return conditionIs(pod, 'PodScheduled', 'False')?.reason === 'SchedulingGated';
}

/** What a pod is doing, in a word or two, for counting: `ready`, `CrashLoopBackOff`, `starting`, `not ready`. */
function podState(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'being deleted';
  if (isReady(pod)) return 'ready';
  const phase = pod.status?.phase;
  if (phase === 'Failed' || phase === 'Succeeded') return phase;
  if (isGated(pod)) return 'SchedulingGated';
  const waits = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return (
    podTrouble(pod) ??
    waits.find((one) => one.state?.waiting?.reason !== undefined)?.state?.waiting?.reason ??
    (phase === 'Pending' ? 'Pending' : 'not ready')
  );
}

/** Pods counted by what they are doing, most first: `2 CrashLoopBackOff, 1 not ready`; pods that are ready are left out. */
export function podStates(pods: readonly Pod[]): string {
  const counts = new Map<string, number>();
  for (const state of pods.map(podState)) if (state !== 'ready') counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts]
    .sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

/**
 * How many seconds a healthy pod of a template may take from its start until it is ready, as its own probes allow: the startup probe's
 * whole budget, then the delays of readiness. Image pulls are not in it. Source: core/v1 Probe defaults (period 10, failures 3).
 */
export function startupSeconds(spec: PodSpec | undefined): number {
  const budgets = (spec?.containers ?? []).map(({ startupProbe, readinessProbe }) => {
    const startup =
      startupProbe === undefined
        ? 0
        : (startupProbe.initialDelaySeconds ?? 0) +
          (startupProbe.periodSeconds ?? 10) * (startupProbe.failureThreshold ?? 3);
    const readiness =
      readinessProbe === undefined
        ? 0
        : (readinessProbe.initialDelaySeconds ?? 0) +
          (readinessProbe.periodSeconds ?? 10) * (readinessProbe.successThreshold ?? 1);
    return startup + readiness;
  });
  return Math.max(0, ...budgets);
}

export interface Patience {
  /** Seconds for which a pod that lost its readiness may stay so. */
  readonly grace: number;
  /** Seconds that a new pod may take for its image and its start, beside what its probes allow. */
  readonly starting: number;
  /** Seconds that a ready pod must stay ready before it counts (`spec.minReadySeconds`). */
  readonly minReady: number;
}

/**
 * Whether a pod that does not count as available yet may do so without anybody's help: new, just not ready, ready too shortly, held back
 * on purpose, or about to get a node.
 */
export function isSettling(snapshot: Snapshot<'events' | 'nodes'>, pod: Pod, patience: Patience): boolean {
  const ready = condition(pod, 'Ready');
  if (ready?.status === 'True') return !olderThan(snapshot, ready.lastTransitionTime, patience.minReady + 30);
  if (isGated(pod) || isGettingNode(snapshot, pod)) return true;
  if (podTrouble(pod) !== undefined) return false;
  const lived = age(snapshot, latest([pod.metadata.creationTimestamp, pod.status?.startTime]));
  if (lived !== undefined && lived < patience.starting + startupSeconds(pod.spec)) return true;
  const lost = age(snapshot, ready?.lastTransitionTime);
  return lost !== undefined && lost < patience.grace;
}

/**
 * Whether a node explains a pod that is not ready: it is not Ready itself. A kubelet that only lacks the pod network still runs pods on
 * the host's network, and those may be the very ones that set it up.
 */
export function explainsUnready(node: Node, { spec }: Pick<Pod, 'spec'>): boolean {
  const ready = condition(node, 'Ready');
  const lacksNetwork =
    ready?.status === 'False' && /network ?plugin|NetworkReady=false|\bcni\b/i.test(ready.message ?? '');
  return !nodeIsReady(node) && !(lacksNetwork && spec.hostNetwork === true);
}

/** Links to the nodes that explain pods which are not ready. */
export function deadNodeLinks(snapshot: Snapshot<'nodes'>, pods: readonly Pod[]): CauseLink[] {
  const links = new Map<string, CauseLink>();
  for (const pod of pods) {
    const name = pod.spec.nodeName;
    if (name === undefined || name === '' || isReady(pod) || links.has(name)) continue;
    const node = snapshot.lookup('nodes', name);
    if (node.state === 'unknown' || (node.state === 'found' && !explainsUnready(node.object, pod))) continue;
    const object = node.state === 'found' ? ref(node.object) : { apiVersion: 'v1', kind: 'Node', name };
    links.set(name, { object, needs: 'run', via: { field: 'spec.nodeName', value: name }, certainty: 'sure' });
  }
  return [...links.values()];
}

export function nodeIsReady(node: Node): boolean {
  return conditionIs(node, 'Ready', 'True') !== undefined;
}
