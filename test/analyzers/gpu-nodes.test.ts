/** Nodes that do not give out the GPUs they have, and those for which that is as it should be. */
import { describe, expect, test } from 'vitest';
import gpu from '../../analyzers/gpu/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, node, object, type Patch } from '../support/objects.ts';
import { found } from '../support/snapshot.ts';
import { crashingPlugin, gpuHolder, gpuNode, gpuWaiter, pluginPod, pluginSet } from './gpu-support.ts';

type Row = readonly [what: string, objects: readonly KubeObject[], expected: readonly string[]];

const labelled = (name: string, labels: Patch, size: Patch = {}) =>
  node(name, { metadata: { labels }, status: { capacity: size, allocatable: size } });
const pci = (vendor: string) => ({ [`feature.node.kubernetes.io/pci-0300_${vendor}.present`]: 'true' });
const wsl = (name: string, size: Patch = {}, labels: Patch = {}) =>
  node(name, {
    metadata: { labels },
    status: {
      capacity: size,
      allocatable: size,
      nodeInfo: { kernelVersion: '5.15.167.4-microsoft-standard-WSL2' },
    },
  });
const slice = (driver: string, on: string, devices: unknown[] = [{ name: 'gpu-0' }]) =>
  object('resourceslices.resource.k8s.io', `${on}-${driver}`, {
    spec: { driver, nodeName: on, pool: { name: on, generation: 1, resourceSliceCount: 1 }, devices },
  });
const amdSet = object('daemonsets.apps', 'kube-system/amdgpu-device-plugin-daemonset', {
  metadata: { generation: 1 },
  spec: {
    selector: { matchLabels: { name: 'amdgpu-dp-ds' } },
    template: { spec: { containers: [{ name: 'amdgpu-dp-cntr', image: 'docker.io/rocm/k8s-device-plugin:1.31' }] } },
  },
  status: { observedGeneration: 1, desiredNumberScheduled: 1, numberReady: 1 },
});
const anywhere = pluginSet({ spec: { template: { spec: { nodeSelector: undefined } } } });
const n1 = 'Node n1 [nvidia]';

describe('loud', () => {
  const rows: readonly Row[] = [
    ['no plugin installed, a pod waits', [gpuNode('n1'), gpuWaiter()], [`critical NodeGPUNotOffered ${n1}`]],
    [
      'a plugin that was uninstalled from a node with a GPU',
      [gpuNode('n1', 4, 0)],
      [`warning NodeGPUNotOffered ${n1}`],
    ],
    [
      'a driver that is being upgraded',
      [
        gpuNode('n1', 0, 0, {
          metadata: { labels: { 'nvidia.com/gpu-driver-upgrade-state': 'pod-restart-required' } },
        }),
        pluginSet(),
        gpuWaiter(),
      ],
      ['info NodeGPUDriverUpgrading Node n1'],
    ],
    [
      'a driver whose upgrade failed on a node that still gives out its GPUs',
      [gpuNode('n1', 1, 1, { metadata: { labels: { 'nvidia.com/gpu-driver-upgrade-state': 'upgrade-failed' } } })],
      ['warning NodeGPUDriverUpgradeFailed Node n1'],
    ],
    ['no plugin installed, nobody wants one', [gpuNode('n1')], [`info NodeGPUNotOffered ${n1}`]],
    ['the NFD label alone is proof', [labelled('n1', pci('10de')), gpuWaiter()], [`critical NodeGPUNotOffered ${n1}`]],
    [
      'plugin kept away by a taint',
      [
        gpuNode('n1', undefined, undefined, {
          spec: { taints: [{ key: 'dedicated', value: 'ml', effect: 'NoSchedule' }] },
        }),
        pluginSet(),
      ],
      [`warning NodeGPUNotOffered ${n1}`],
    ],
    [
      'plugin kept away by its selector',
      [labelled('n1', pci('10de')), pluginSet(), gpuWaiter()],
      [`critical NodeGPUNotOffered ${n1}`],
    ],
    [
      'plugin gone for more than five minutes',
      [gpuNode('n1', 0), pluginSet(), crashingPlugin('n1')],
      [`warning NodeGPUPluginDown ${n1}`],
    ],
    [
      'plugin crashes, the kubelet still counts',
      [gpuNode('n1', 4, 0), pluginSet(), crashingPlugin('n1'), gpuWaiter()],
      [`critical NodeGPUPluginDown ${n1}`],
    ],
    ['plugin pod was never made', [gpuNode('n1'), pluginSet(), gpuWaiter()], [`critical NodeGPUPluginDown ${n1}`]],
    [
      'plugin runs and sees nothing',
      [gpuNode('n1'), pluginSet(), pluginPod('n1')],
      [`warning NodeGPUPluginBlind ${n1}`],
    ],
    [
      'blind under WSL2, where no label tells of the GPU',
      [wsl('n1'), anywhere, pluginPod('n1', ago('1h'), {}, anywhere), gpuWaiter()],
      [`critical NodeGPUPluginBlind ${n1}`],
    ],
    [
      'a label says which node has the GPU: no other that the plugin runs on is blamed',
      [
        gpuNode('n1'),
        node('n2'),
        anywhere,
        crashingPlugin('n1'),
        pluginPod('n2', ago('1h'), {}, anywhere),
        gpuWaiter(),
      ],
      [`critical NodeGPUPluginDown ${n1}`],
    ],
    [
      'all unhealthy',
      [gpuNode('n1', 2, 0), pluginSet(), pluginPod('n1'), gpuHolder('a', 'n1')],
      [`critical NodeGPUAllUnhealthy ${n1}`],
    ],
    ['one unhealthy', [gpuNode('n1', 4, 3)], ['warning NodeGPUUnhealthy Node n1 [nvidia.com/gpu]']],
    [
      'one fell off the bus',
      [gpuNode('n1', 3, 3, { metadata: { labels: { 'nvidia.com/gpu.count': '4' } } })],
      ['warning NodeGPUCountMismatch Node n1'],
    ],
    [
      'the same where the operator writes its strategy for partitions on a node that has none',
      [
        gpuNode('n1', 3, 3, {
          metadata: {
            labels: {
              'nvidia.com/gpu.count': '4',
              'nvidia.com/mig.capable': 'false',
              'nvidia.com/mig.strategy': 'single',
            },
          },
        }),
      ],
      ['warning NodeGPUCountMismatch Node n1'],
    ],
    [
      'an AMD node whose plugin is gone',
      [
        labelled('n1', { 'feature.node.kubernetes.io/amd-gpu': 'true' }, { 'amd.com/gpu': '0' }),
        amdSet,
        gpuWaiter('t', 1, 'amd.com/gpu'),
      ],
      ['critical NodeGPUPluginDown Node n1 [amd]'],
    ],
    [
      'an Intel GPU that a pod waits for',
      [labelled('n1', { 'intel.feature.node.kubernetes.io/gpu': 'true' }), gpuWaiter('t', 1, 'gpu.intel.com/i915')],
      ['critical NodeGPUNotOffered Node n1 [intel]'],
    ],
    [
      'driver upgrade failed on a node that offers nothing',
      [gpuNode('n1', 0, 0, { metadata: { labels: { 'nvidia.com/gpu-driver-upgrade-state': 'upgrade-failed' } } })],
      ['critical NodeGPUDriverUpgradeFailed Node n1'],
    ],
    [
      'MIG configuration failed',
      [
        gpuNode('n1', 1, 1, {
          metadata: { labels: { 'nvidia.com/mig.config': 'all-1g.5gb', 'nvidia.com/mig.config.state': 'failed' } },
        }),
      ],
      ['warning NodeMIGConfigFailed Node n1'],
    ],
    [
      'strategy single, offered by profile',
      [
        labelled(
          'n1',
          { 'nvidia.com/gpu.present': 'true', 'nvidia.com/mig.strategy': 'single' },
          { 'nvidia.com/gpu': '0', 'nvidia.com/mig-1g.5gb': '7' },
        ),
      ],
      ['warning NodeMIGStrategyMismatch Node n1'],
    ],
    [
      'a device that its DRA driver took out',
      [
        gpuNode('n1'),
        slice('gpu.nvidia.com', 'n1', [
          { name: 'gpu-0', taints: [{ key: 'gpu.nvidia.com/xid', value: '79', effect: 'NoSchedule' }] },
          { name: 'gpu-1' },
        ]),
      ],
      [`critical NodeGPUDeviceTainted ${n1}`],
    ],
    [
      'excluded on purpose is explained',
      [gpuNode('n1', undefined, undefined, { metadata: { labels: { 'nvidia.com/gpu.deploy.operands': 'false' } } })],
      ['info NodeGPUExcluded Node n1'],
    ],
    [
      'eight nodes without a plugin are one finding',
      [...Array(8).keys()].map((index) => gpuNode(`n${index + 1}`)),
      [`info NodeGPUNotOffered ${n1}`],
    ],
  ];
  test.each(rows)('%s', (_, objects, expected) => {
    expect(found(gpu, objects)).toEqual(expected);
  });
});

test('a GPU that a plugin leaves alone, where nobody waits for it, is told only to those who ask', () => {
  const plane = { spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } };
  const expected = [`info NodeGPUNotOffered ${n1}`];
  expect(found(gpu, [gpuNode('n1', undefined, undefined, plane), pluginSet()])).toEqual(expected);
  const chosen = pluginSet({ spec: { template: { spec: { nodeSelector: { pool: 'gpu' } } } } });
  expect(found(gpu, [gpuNode('n1'), chosen])).toEqual(expected);
});

describe('quiet', () => {
  const rows: readonly (readonly [what: string, objects: readonly KubeObject[]])[] = [
    ['a cluster without GPUs', [node('n1'), node('n2')]],
    ['a pod that waits for what the cluster never had', [node('n1'), gpuWaiter()]],
    ['a healthy GPU node', [gpuNode('n1', 4), pluginSet(), pluginPod('n1'), gpuHolder('a', 'n1', 4)]],
    [
      'WSL2: one device for all GPUs',
      [wsl('n1', { 'nvidia.com/gpu': '1' }, { 'nvidia.com/gpu.present': 'true', 'nvidia.com/gpu.count': '2' })],
    ],
    ['a plugin on a machine without a GPU', [node('n1'), anywhere, pluginPod('n1', ago('1h'), {}, anywhere)]],
    [
      'a plugin on CPU nodes while GPUs are all taken elsewhere',
      [
        node('n1'),
        gpuNode('n2', 1),
        anywhere,
        pluginPod('n1', ago('1h'), {}, anywhere),
        pluginPod('n2', ago('1h'), {}, anywhere),
        gpuHolder('a', 'n2'),
        gpuWaiter(),
      ],
    ],
    ['a plugin that restarts', [gpuNode('n1', 4, 0), pluginSet(), pluginPod('n1', ago('2m')), gpuWaiter()]],
    ['a plugin pod that was just deleted', [gpuNode('n1', 4, 0), pluginSet()]],
    ['a plugin that is rolled out', [gpuNode('n1', 0), pluginSet({ status: { updatedNumberScheduled: 0 } })]],
    [
      'a node that just rebooted',
      [
        gpuNode('n1', 0, 0, {
          status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago('1m') }] },
        }),
        pluginSet(),
      ],
    ],
    ['a new node', [gpuNode('n1', undefined, undefined, { metadata: { creationTimestamp: ago('5m') } }), gpuWaiter()]],
    [
      'a node that is not Ready',
      [
        gpuNode('n1', 0, 0, {
          status: { conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: ago('1h') }] },
        }),
        pluginSet(),
        gpuWaiter(),
      ],
    ],
    ['DRA hands the devices out', [gpuNode('n1'), slice('gpu.nvidia.com', 'n1'), gpuWaiter()]],
    ['DRA took over from a plugin', [gpuNode('n1', 0), slice('gpu.nvidia.com', 'n1')]],
    [
      'MIG mixed',
      [
        labelled(
          'n1',
          { 'nvidia.com/gpu.present': 'true', 'nvidia.com/mig.strategy': 'mixed', 'nvidia.com/gpu.count': '8' },
          { 'nvidia.com/gpu': '0', 'nvidia.com/mig-1g.5gb': '7' },
        ),
        pluginSet(),
      ],
    ],
    [
      'MIG single',
      [
        labelled(
          'n1',
          { 'nvidia.com/gpu.present': 'true', 'nvidia.com/mig.strategy': 'single', 'nvidia.com/gpu.count': '14' },
          { 'nvidia.com/gpu': '7' },
        ),
      ],
    ],
    [
      'MIG being changed',
      [
        gpuNode('n1', 0, 0, { metadata: { labels: { 'nvidia.com/mig.config.state': 'pending' } } }),
        pluginSet(),
        gpuWaiter(),
      ],
    ],
    [
      'no MIG wanted where there is none',
      [
        gpuNode('n1', 1, 1, {
          metadata: { labels: { 'nvidia.com/mig.capable': 'false', 'nvidia.com/mig.config': 'all-disabled' } },
        }),
      ],
    ],
    [
      'time slicing',
      [gpuNode('n1', 4, 4, { metadata: { labels: { 'nvidia.com/gpu.count': '1', 'nvidia.com/gpu.replicas': '4' } } })],
    ],
    [
      'time slicing under another name',
      [
        labelled(
          'n1',
          { 'nvidia.com/gpu.present': 'true', 'nvidia.com/gpu.count': '2', 'nvidia.com/gpu.replicas': '4' },
          { 'nvidia.com/gpu': '0', 'nvidia.com/gpu.shared': '8' },
        ),
      ],
    ],
    [
      'GPUs for virtual machines',
      [
        gpuNode('n1', undefined, undefined, {
          metadata: { labels: { 'nvidia.com/gpu.workload.config': 'vm-passthrough' } },
        }),
        pluginSet(),
      ],
    ],
    [
      'a plugin paused by its operator',
      [
        gpuNode('n1', 0, 0, {
          metadata: { labels: { 'nvidia.com/gpu.deploy.device-plugin': 'paused-for-mig-change' } },
        }),
        pluginSet(),
      ],
    ],
    [
      'a driver upgrade that is done',
      [gpuNode('n1', 1, 1, { metadata: { labels: { 'nvidia.com/gpu-driver-upgrade-state': 'upgrade-done' } } })],
    ],
    ['graphics of CPUs', [labelled('n1', { ...pci('8086') }), labelled('n2', pci('1002'))]],
    [
      'graphics of CPUs while others wait for NVIDIA',
      [labelled('n1', pci('1002')), labelled('n2', { 'intel.feature.node.kubernetes.io/gpu': 'true' }), gpuWaiter()],
    ],
    [
      'an AMD node, plugin with health checks off',
      [labelled('n1', { 'feature.node.kubernetes.io/amd-gpu': 'true' }, { 'amd.com/gpu': '8' }), amdSet],
    ],
    ['a plugin that was uninstalled and that nobody misses', [labelled('n1', {}, { 'nvidia.com/gpu': '0' })]],
    [
      'a card handed through to virtual machines',
      [labelled('n1', { 'nvidia.com/gpu.present': 'true' }, { 'nvidia.com/A10': '1' }), pluginSet(), gpuWaiter()],
    ],
    [
      'shares of memory are no devices',
      [
        labelled(
          'n1',
          {},
          { 'aliyun.com/gpu-mem': '0', 'nvidia.com/gpumem': '0', 'gpu.intel.com/i915_monitoring': '1' },
        ),
      ],
    ],
    ['NVIDIA makes network cards, too', [labelled('n1', {}, { 'nvidia.com/hostdev': '0' })]],
  ];
  test.each(rows)('%s', (_, objects) => {
    expect(found(gpu, objects)).toEqual([]);
  });
});

test('what could not be seen is not concluded', () => {
  const objects = [gpuNode('n1'), gpuWaiter()];
  expect(found(gpu, objects, { missing: { 'daemonsets.apps': 'forbidden' } })).toEqual([
    `warning NodeGPUNotOffered ${n1}`,
  ]);
  const claims = { spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] } };
  const dra = [...objects, gpuHolder('dra', 'n1', 0, claims)];
  expect(found(gpu, dra, { missing: { 'resourceslices.resource.k8s.io': 'not in the recording' } })).toEqual([]);
  expect(found(gpu, dra)).toEqual([`critical NodeGPUNotOffered ${n1}`]);
});
