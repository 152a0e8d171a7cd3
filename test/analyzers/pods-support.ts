import type { KubeObject } from '../../src/model/object.ts';
import type { ResourceTypes } from '../../src/model/resources.ts';
import { ago, merge, node, object, type Patch, pod } from '../support/objects.ts';

/** Conditions of a pod that has a node, by type; all changed at the same moment. */
export function conditions(all: Record<string, string>, at = ago('30m')): Patch[] {
  const since = { PodScheduled: 'True', ...all };
  return Object.entries(since).map(([type, status]) => ({
    type,
    status,
    lastTransitionTime: at,
    ...(status === 'False' && type.endsWith('Ready') ? { reason: 'ContainersNotReady' } : {}),
  }));
}

const notReady = { Initialized: 'True', ContainersReady: 'False', Ready: 'False' };

/** The status of container `app`: `state` and what else is given. */
export function app(state: Patch, rest: Patch = {}): Patch {
  return { name: 'app', image: 'x', ready: false, started: false, restartCount: 0, state, ...rest };
}

/** A pod whose container `app` waits. */
export function waiting(reason: string, message?: string, rest: Patch = {}, patch: Patch = {}): ResourceTypes['pods'] {
  const state = { waiting: { reason, ...(message === undefined ? {} : { message }) } };
  const base = {
    status: { phase: 'Pending', conditions: conditions(notReady), containerStatuses: [app(state, rest)] },
  };
  return pod('web-1', merge(base, patch) as Patch);
}

/** A pod in CrashLoopBackOff whose last run ended so. */
export function crashing(terminated: Patch, patch: Patch = {}): ResourceTypes['pods'] {
  const ended = { startedAt: ago('3m'), finishedAt: ago('2m'), ...terminated };
  const rest = { restartCount: 6, lastState: { terminated: ended } };
  const phase = { status: { phase: 'Running' } };
  const message = 'back-off 5m0s restarting failed container=app pod=web-1_shop(uid)';
  return waiting('CrashLoopBackOff', message, rest, merge(phase, patch) as Patch);
}

/** A pod that runs; `rest` changes the status of its container. */
export function running(rest: Patch, patch: Patch = {}): ResourceTypes['pods'] {
  const status = { ready: true, started: true, ...rest };
  const state = (rest['state'] as Patch | undefined) ?? { running: { startedAt: ago('2d') } };
  return pod('web-1', merge({ status: { containerStatuses: [app(state, status)] } }, patch) as Patch);
}

/** A pod that runs and is not ready since `since`. */
export function unready(since: string, container: Patch = {}, rest: Patch = {}, patch: Patch = {}) {
  const spec = { name: 'app', image: 'x', ports: [{ name: 'web', containerPort: 8080 }], ...container };
  const base = {
    spec: { containers: [spec] },
    status: {
      phase: 'Running',
      conditions: conditions(notReady, since),
      containerStatuses: [app({ running: { startedAt: since } }, { started: true, ...rest })],
    },
  };
  return pod('web-1', merge(base, patch) as Patch);
}

/** A pod bound to its node at `since` whose containers are not made. */
export function creating(since: string, patch: Patch = {}): ResourceTypes['pods'] {
  const base = {
    metadata: { creationTimestamp: since },
    status: {
      phase: 'Pending',
      startTime: since,
      conditions: conditions({ ...notReady, PodReadyToStartContainers: 'False' }, since),
      containerStatuses: [app({ waiting: { reason: 'ContainerCreating' } })],
    },
  };
  return pod('web-1', merge(base, patch) as Patch);
}

/** A pod in phase Failed. */
export function over(reason: string | undefined, message?: string, patch: Patch = {}): ResourceTypes['pods'] {
  const status = {
    phase: 'Failed',
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    conditions: conditions({ Ready: 'False' }),
    containerStatuses: undefined,
  };
  return pod('web-1', merge({ status }, patch) as Patch);
}

/** A node whose kubelet is silent. */
export function silentNode(name: string): ResourceTypes['nodes'] {
  return node(name, {
    status: {
      conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: ago('30m') }],
    },
  });
}

export function secret(name: string, rest: Patch = {}): KubeObject {
  return object('secrets', name, { type: 'Opaque', keys: ['password'], ...rest });
}

export function configMap(name: string, keys: string[] = []): KubeObject {
  return object('configmaps', name, { keys });
}
