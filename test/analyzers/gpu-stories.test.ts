/** GPU faults and what the engine makes of them together with those of pods, nodes and workloads. */
import { describe, expect, test } from 'vitest';
import deployments from '../../analyzers/deployments/index.ts';
import gpu from '../../analyzers/gpu/index.ts';
import nodes from '../../analyzers/nodes/index.ts';
import pods from '../../analyzers/pods/index.ts';
import workloads from '../../analyzers/workloads/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, merge, node, object, ownedBy, type Patch, pod, replicaSet } from '../support/objects.ts';
import { diagnose, links, story } from '../support/snapshot.ts';
import { cannotPull, crashingPlugin, gpuHolder, gpuNode, gpuWaiter, pluginPod, pluginSet } from './gpu-support.ts';

const told = (...objects: KubeObject[]) => story(diagnose([deployments, gpu, nodes, pods, workloads], objects));
const web = deployment('train');
const set = replicaSet(web);
const train = gpuWaiter('train-1', 1, 'nvidia.com/gpu', ownedBy(set));

test('a crashing plugin is the root of pods that wait for GPUs', () => {
  const down = pluginSet({ status: { numberReady: 0, numberUnavailable: 1 } });
  expect(told(web, set, gpuNode('n1', 0), down, crashingPlugin('n1'), train)).toEqual([
    'critical PodCrashLoop DaemonSet gpu-operator/nvidia-device-plugin [ctr]',
    '  critical NodeGPUPluginDown Node n1 [nvidia]',
    '  critical DaemonSetUnavailable DaemonSet gpu-operator/nvidia-device-plugin',
    '  critical PodUnschedulable Deployment shop/train',
  ]);
});

test('a plugin that sees nothing is the root', () => {
  expect(told(web, set, gpuNode('n1'), pluginSet(), pluginPod('n1'), train)).toEqual([
    'critical NodeGPUPluginBlind Node n1 [nvidia]',
    '  critical PodUnschedulable Deployment shop/train',
  ]);
});

test('a plugin that matches no node is the root, also where no label tells of the GPU', () => {
  const nowhere = pluginSet({ status: { desiredNumberScheduled: 0, currentNumberScheduled: 0, numberReady: 0 } });
  expect(told(web, set, node('n1'), nowhere, train)).toEqual([
    'critical DaemonSetMatchesNoNode DaemonSet gpu-operator/nvidia-device-plugin',
    '  critical PodUnschedulable Deployment shop/train',
  ]);
});

test('eight nodes without a plugin are one root', () => {
  const eight = [...Array(8).keys()].map((index) => gpuNode(`n${index + 1}`));
  expect(told(web, set, ...eight, train)).toEqual([
    'critical NodeGPUNotOffered Node n1 [nvidia]',
    '  critical PodUnschedulable Deployment shop/train',
  ]);
});

test('a pod that cannot pull its image and keeps the last GPU is the root of the one that waits', () => {
  const notes = deployment('notes');
  const own = replicaSet(notes);
  const holder = gpuHolder('notes-1', 'n1', 1, { ...ownedBy(own), ...cannotPull });
  const busy = gpuHolder('busy', 'n1', 1);
  expect(told(web, set, notes, own, gpuNode('n1', 2), holder, busy, train)).toEqual([
    'critical PodImageNotFound Deployment shop/notes [app]',
    '  critical PodUnschedulable Deployment shop/train',
    '  warning PodGPUHeldIdle Deployment shop/notes [nvidia.com/gpu]',
  ]);
});

test('where giving it back would not be enough, the holder is not blamed', () => {
  const holder = gpuHolder('notes-1', 'n1', 1, cannotPull);
  const big = gpuWaiter('train-1', 4);
  const pulled = links(pods, [gpuNode('n1', 4), holder, gpuHolder('a', 'n1', 1), gpuHolder('b', 'n1', 1), big]);
  expect(pulled.filter((link) => link.startsWith('PodUnschedulable'))).toEqual([]);
});

test('an operator that calls itself ready is the root where no node is seen to have a GPU', () => {
  const policy = object('clusterpolicies.nvidia.com', 'cluster-policy', {
    status: {
      state: 'ready',
      conditions: [{ type: 'Ready', status: 'True', reason: 'NFDLabelsMissing', lastTransitionTime: ago('1d') }],
    },
  });
  expect(told(web, set, node('n1'), policy, train)).toEqual([
    'critical ClusterPolicyMisleadingReady ClusterPolicy cluster-policy',
    '  critical PodUnschedulable Deployment shop/train',
  ]);
});

test('an excluded node explains why pods wait', () => {
  const labels = { 'nvidia.com/gpu.deploy.operands': 'false' };
  expect(told(web, set, gpuNode('n1', undefined, undefined, { metadata: { labels } }), train)).toEqual([
    'critical NodeGPUExcluded Node n1',
    '  critical PodUnschedulable Deployment shop/train',
  ]);
});

test('a kubelet that refuses pods for lack of devices is explained by them', () => {
  const message =
    'Allocate failed due to no healthy devices present; cannot allocate unhealthy devices nvidia.com/gpu, which is unexpected';
  const refused = pod('train-0', { status: { phase: 'Failed', reason: 'UnexpectedAdmissionError', message } });
  expect(told(gpuNode('n1', 2, 0), pluginSet(), pluginPod('n1'), refused)).toEqual([
    'critical NodeGPUAllUnhealthy Node n1 [nvidia]',
    '  warning PodRejectedByNode Pod shop/train-0 [UnexpectedAdmissionError]',
  ]);
});

describe('devices that their driver took out of service', () => {
  const serving = object('deviceclasses.resource.k8s.io', 'gpu.nvidia.com', {
    spec: { extendedResourceName: 'nvidia.com/gpu' },
  });
  const lost = { taints: [{ key: 'gpu.nvidia.com/xid', value: '79', effect: 'NoSchedule' }] };
  const slice = (...devices: Patch[]) =>
    object('resourceslices.resource.k8s.io', 'n1-gpus', {
      spec: {
        driver: 'gpu.nvidia.com',
        nodeName: 'n1',
        pool: { name: 'n1', generation: 1, resourceSliceCount: 1 },
        devices: devices.map((one, index) => ({ name: `gpu-${index}`, ...one })),
      },
    });
  const claimer = gpuWaiter('train-1', 0, 'nvidia.com/gpu', {
    ...ownedBy(set),
    spec: { containers: [{ name: 'app', image: 'a' }], resourceClaims: [{ name: 'gpu', resourceClaimName: 'one' }] },
  });
  const claim = object('resourceclaims.resource.k8s.io', 'shop/one', {
    spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com', count: 1 } }] } },
  });
  const explained = [
    'critical NodeGPUDeviceTainted Node n1 [nvidia]',
    '  critical PodUnschedulable Deployment shop/train',
  ];

  test.each<[string, readonly KubeObject[], readonly string[]]>([
    ['are the root of a classic request', [slice(lost), train], explained],
    ['are the root of a claim', [slice(lost), claim, claimer], explained],
    [
      'explain nothing where even with them there are too few',
      [slice(lost), gpuWaiter('train-1', 4, 'nvidia.com/gpu', ownedBy(set))],
      ['critical PodUnschedulable Deployment shop/train', 'critical NodeGPUDeviceTainted Node n1 [nvidia]'],
    ],
  ])('%s', (_name, objects, expected) => {
    expect(told(web, set, gpuNode('n1'), serving, ...objects)).toEqual(expected);
  });
});

test('nodes that are merely full have no root but the pod', () => {
  expect(told(web, set, gpuNode('n1', 1), gpuHolder('a', 'n1'), train)).toEqual([
    'critical PodUnschedulable Deployment shop/train',
  ]);
});

test('what runs for the operator stays apart', () => {
  const policy = object('clusterpolicies.nvidia.com', 'cluster-policy', { status: { state: 'ready' } });
  const ownerReferences = [
    {
      apiVersion: 'nvidia.com/v1',
      kind: 'ClusterPolicy',
      name: 'cluster-policy',
      uid: policy.metadata.uid,
      controller: true,
    },
  ];
  const owned = pluginSet({ metadata: { ownerReferences }, status: { numberReady: 0, numberUnavailable: 1 } });
  expect(told(policy, owned, gpuNode('n1', 0), crashingPlugin('n1'))[0]).toBe(
    'critical PodCrashLoop DaemonSet gpu-operator/nvidia-device-plugin [ctr]',
  );
});

test('a driver that is not built is the root of all that the operator runs after it', () => {
  const operand = (name: string) =>
    object('daemonsets.apps', `gpu-operator/${name}`, {
      metadata: { generation: 1 },
      spec: pluginSet().spec,
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 1,
        currentNumberScheduled: 1,
        updatedNumberScheduled: 1,
        numberReady: 0,
      },
    });
  const [driver, toolkit, plugin] = [
    'nvidia-driver-daemonset',
    'nvidia-container-toolkit-daemonset',
    'nvidia-device-plugin-daemonset',
  ].map(operand);
  const waits = (owner: KubeObject, init: string) =>
    merge(crashingPlugin('n1'), {
      metadata: {
        name: `${owner.metadata.name}-x`,
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'DaemonSet',
            name: owner.metadata.name,
            uid: owner.metadata.uid,
            controller: true,
          },
        ],
      },
      spec: { initContainers: [{ name: init, image: 'nvcr.io/nvidia/gpu-operator:v25' }] },
      status: {
        phase: 'Pending',
        conditions: [
          { type: 'Initialized', status: 'False', lastTransitionTime: ago('1h') },
          { type: 'Ready', status: 'False', lastTransitionTime: ago('1h') },
        ],
        initContainerStatuses: [{ name: init, image: 'a', state: { running: { startedAt: ago('1h') } } }],
        containerStatuses: [
          { name: 'ctr', image: 'a', ready: false, restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } },
        ],
      },
    }) as KubeObject;
  const crash = merge(crashingPlugin('n1'), {
    metadata: {
      name: 'driver-x',
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          name: driver!.metadata.name,
          uid: driver!.metadata.uid,
          controller: true,
        },
      ],
    },
  }) as KubeObject;
  const all = [
    driver!,
    toolkit!,
    plugin!,
    crash,
    waits(toolkit!, 'driver-validation'),
    waits(plugin!, 'toolkit-validation'),
  ];
  const lines = told(web, set, gpuNode('n1'), ...all, train);
  expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
    'critical PodCrashLoop DaemonSet gpu-operator/nvidia-driver-daemonset [ctr]',
  ]);
  expect(lines).toContain('  critical NodeGPUPluginDown Node n1 [nvidia]');
  expect(lines).toContain('  critical PodUnschedulable Deployment shop/train');
});

test('a pod that waits is told the name by which a node offers its GPUs', () => {
  const size = { 'nvidia.com/gpu': '0', 'nvidia.com/mig-1g.5gb': '7' };
  const labels = { 'nvidia.com/gpu.present': 'true', 'nvidia.com/mig.strategy': 'mixed' };
  const parted = node('n2', { metadata: { labels }, status: { capacity: size, allocatable: size } });
  const [incident] = diagnose([gpu, pods], [web, set, node('n1'), parted, train]);
  expect(incident?.root.message).toContain(
    'smallest change: ask for nvidia.com/mig-1g.5gb, which n2 offers, in place of nvidia.com/gpu',
  );
});
