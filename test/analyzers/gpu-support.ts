import type { KubeObject } from '../../src/model/object.ts';
import type { ResourceTypes } from '../../src/model/resources.ts';
import { ago, merge, node, object, ownedBy, type Patch, pendingPod, pod } from '../support/objects.ts';

const condition = (since: string) => [{ type: 'Ready', status: 'True', lastTransitionTime: since }];

/** A node with a GPU of NVIDIA that offers `allocatable` of `capacity`; neither where they are left out. */
export function gpuNode(name: string, capacity?: number, allocatable = capacity, patch: Patch = {}) {
  const has = (amount: number | undefined) => (amount === undefined ? {} : { 'nvidia.com/gpu': String(amount) });
  const base = {
    metadata: { labels: { 'nvidia.com/gpu.present': 'true' } },
    status: { capacity: has(capacity), allocatable: has(allocatable) },
  };
  return node(name, merge(base, patch) as Patch);
}

/** The DaemonSet of NVIDIA's plugin, as its chart makes it. */
export function pluginSet(patch: Patch = {}): ResourceTypes['daemonsets.apps'] {
  const base = {
    metadata: { generation: 1, creationTimestamp: ago('2d') },
    spec: {
      selector: { matchLabels: { app: 'plugin' } },
      template: {
        metadata: { labels: { app: 'plugin' } },
        spec: {
          nodeSelector: { 'nvidia.com/gpu.present': 'true' },
          tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
          containers: [{ name: 'ctr', image: 'nvcr.io/nvidia/k8s-device-plugin:v0.18.0' }],
        },
      },
    },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: 1,
      currentNumberScheduled: 1,
      updatedNumberScheduled: 1,
      numberReady: 1,
    },
  };
  return object('daemonsets.apps', 'gpu-operator/nvidia-device-plugin', merge(base, patch) as Patch);
}

/** A pod of that DaemonSet on a node, Ready since `since`. */
export function pluginPod(on: string, since = ago('1h'), patch: Patch = {}, set: KubeObject = pluginSet()) {
  const base = {
    metadata: { creationTimestamp: since },
    spec: { nodeName: on, containers: [{ name: 'ctr', image: 'nvcr.io/nvidia/k8s-device-plugin:v0.18.0' }] },
    status: {
      startTime: since,
      conditions: condition(since),
      containerStatuses: [{ name: 'ctr', ready: true, restartCount: 0, state: { running: { startedAt: since } } }],
    },
  };
  return pod(`gpu-operator/plugin-${on}`, merge(merge(ownedBy(set), base), patch) as Patch);
}

/** A pod of that DaemonSet that crashes. */
export function crashingPlugin(on: string) {
  const message = 'back-off 5m0s restarting failed container=ctr';
  return pluginPod(on, ago('1h'), {
    status: {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('1h') }],
      containerStatuses: [
        {
          name: 'ctr',
          ready: false,
          restartCount: 12,
          state: { waiting: { reason: 'CrashLoopBackOff', message } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago('3m'), finishedAt: ago('3m') } },
        },
      ],
    },
  });
}

const limits = (amount: number, resource: string) => ({
  containers: [{ name: 'app', image: 'a', resources: { limits: { [resource]: String(amount) } } }],
});

/** A pod that asks for GPUs and waits for a node. */
export function gpuWaiter(name = 'train', amount = 1, resource = 'nvidia.com/gpu', patch: Patch = {}) {
  return pendingPod(name, merge({ spec: limits(amount, resource) }, patch) as Patch);
}

/** A pod that asks for GPUs and runs. */
export function gpuHolder(name: string, on: string, amount = 1, patch: Patch = {}, resource = 'nvidia.com/gpu') {
  return pod(name, merge({ spec: { nodeName: on, ...limits(amount, resource) } }, patch) as Patch);
}

/** The patch of a pod that cannot pull its image. */
export const cannotPull: Patch = {
  status: {
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: ago('47m') },
      { type: 'Ready', status: 'False', lastTransitionTime: ago('47m') },
    ],
    containerStatuses: [
      {
        name: 'app',
        image: 'a',
        ready: false,
        restartCount: 0,
        state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "a": not found' } },
      },
    ],
  },
};
