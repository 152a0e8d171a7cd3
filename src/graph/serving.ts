import type { Pod, Service } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type BackendReads, backendsOf, type Backends } from './backends.ts';
import { condition } from './conditions.ts';
import { startupSeconds } from './settling.ts';
import { olderThan } from './time.ts';

/**
 * How a Service stands:
 * - `external`: of type ExternalName, its endpoints are outside the cluster;
 * - `unknown`: too little could be read;
 * - `ready`: at least one endpoint takes traffic;
 * - `starting`: none is ready yet, and all that is missing is younger than the grace period;
 * - `idle`: nothing runs because nothing should: scaled to zero, suspended, completed, scheduled;
 * - `unready`: pods exist or should, and none is ready;
 * - `unmatched`: the selector matches no pod and no controller's template;
 * - `stale`: pods are ready, but the EndpointSlices hold no ready endpoint;
 * - `empty`: it has no selector, and nobody gave it endpoints.
 */
export type Serving =
  | 'external'
  | 'unknown'
  | 'ready'
  | 'starting'
  | 'idle'
  | 'unready'
  | 'unmatched'
  | 'stale'
  | 'empty';

/**
 * Tells how a Service stands. Pods are believed first, for they tell more; where they could not be seen, EndpointSlices are.
 * @param grace seconds that a pod or controller may take from its creation until it is ready.
 */
export function serving(snapshot: Snapshot<BackendReads>, service: Service, grace: number): Serving {
  if (service.spec.type === 'ExternalName') return 'external';
  const backends = backendsOf(snapshot, service);
  if (Object.keys(service.spec.selector ?? {}).length === 0) return withoutSelector(backends);
  if (service.spec.publishNotReadyAddresses === true && backends.pods.length + backends.endpoints > 0) return 'ready';
  if (!backends.podsSeen) return withoutPods(snapshot, backends, grace);
  const ready = backends.pods.filter(isReady);
  if (ready.length > 0) {
    if (!backends.slicesSeen || backends.readyEndpoints > 0) return 'ready';
    const settled = ready.some((pod) => olderThan(snapshot, condition(pod, 'Ready')?.lastTransitionTime, grace));
    return settled ? 'stale' : 'starting';
  }
  const live = backends.pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  if (live.length > 0) return live.every((pod) => isStarting(snapshot, pod, grace)) ? 'starting' : 'unready';
  return withoutLivePods(snapshot, backends, grace);
}

/** True when a pod takes traffic: its condition Ready is True and it is not being deleted. */
export function isReady(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && condition(pod, 'Ready')?.status === 'True';
}

/** True when a pod is younger than the grace period and what its probes allow on top, and shows no sign of failing. */
export function isStarting(snapshot: Snapshot<never>, pod: Pod, grace: number): boolean {
  if (olderThan(snapshot, pod.metadata.creationTimestamp, grace + startupSeconds(pod.spec))) return false;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return statuses.every(({ restartCount, state }) => {
    const waiting = state?.waiting?.reason;
    const calm = waiting === undefined || waiting === 'ContainerCreating' || waiting === 'PodInitializing';
    return calm && (restartCount ?? 0) === 0 && (state?.terminated?.exitCode ?? 0) === 0;
  });
}

function withoutSelector({ readyEndpoints, endpoints, slicesSeen }: Backends): Serving {
  if (readyEndpoints > 0) return 'ready';
  if (!slicesSeen) return 'unknown';
  return endpoints > 0 ? 'unready' : 'empty';
}

function withoutPods(snapshot: Snapshot<never>, backends: Backends, grace: number): Serving {
  const { readyEndpoints, endpoints, slicesSeen, pods, workloads, workloadsSeen } = backends;
  if (readyEndpoints > 0 || pods.some(isReady)) return 'ready';
  if (!slicesSeen) return 'unknown';
  if (endpoints > 0) return 'unready';
  const busy = workloads.filter(({ idle }) => idle === undefined);
  if (busy.length > 0) return busy.every((one) => isNew(snapshot, one, grace)) ? 'starting' : 'unready';
  return workloadsSeen && workloads.length > 0 ? 'idle' : 'unknown';
}

function withoutLivePods(snapshot: Snapshot<never>, backends: Backends, grace: number): Serving {
  const { pods, ended, workloads, deploymentsSeen } = backends;
  const busy = workloads.filter(({ idle }) => idle === undefined);
  if (busy.length > 0) {
    const leaving = pods.some((pod) => !olderThan(snapshot, pod.metadata.deletionTimestamp, grace));
    return leaving || busy.every((one) => isNew(snapshot, one, grace)) ? 'starting' : 'unready';
  }
  if (workloads.length > 0) return 'idle';
  if (ended.length > 0) return ended.every((pod) => pod.status?.phase === 'Succeeded') ? 'idle' : 'unready';
  if (pods.length > 0) return 'starting';
  return deploymentsSeen ? 'unmatched' : 'unknown';
}

function isNew(snapshot: Snapshot<never>, { object }: Backends['workloads'][number], grace: number): boolean {
  return !olderThan(snapshot, object.metadata.creationTimestamp, grace);
}
