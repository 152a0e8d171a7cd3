import { describe, expect, test } from 'vitest';
import analyzer from '../../analyzers/nodes/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, event, merge, node, object, ownedBy, type Patch, pod } from '../support/objects.ts';
import { drafts, found, links, snapshotOf, type SnapshotOptions } from '../support/snapshot.ts';

const messages = (objects: readonly KubeObject[], options: SnapshotOptions = {}) =>
  drafts(analyzer, snapshotOf(objects, options)).map((one) => one.message);

const condition = (type: string, status: string, message = '', since = ago('1h'), reason = 'Why') => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: since,
});
const sick = (name: string, conditions: readonly unknown[], patch: Patch = {}) =>
  node(name, { ...patch, status: { conditions } });
const healthy = condition('Ready', 'True', 'kubelet is posting ready status');
const notReady = (text: string, since?: string) => condition('Ready', 'False', text, since, 'KubeletNotReady');
const silent = (since?: string) =>
  condition('Ready', 'Unknown', 'Kubelet stopped posting node status.', since, 'NodeStatusUnknown');
const lease = (name: string, renewTime: string) =>
  object('leases.coordination.k8s.io', `kube-node-lease/${name}`, { spec: { renewTime } });
const cordoned = (name: string, timeAdded?: string, patch: Patch = {}) =>
  node(name, {
    ...patch,
    spec: {
      unschedulable: true,
      taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', ...(timeAdded ? { timeAdded } : {}) }],
    },
  });
const young = { metadata: { creationTimestamp: ago('60s') } };
const kubelet = (name: string, kubeletVersion: string) => node(name, { status: { nodeInfo: { kubeletVersion } } });
const cni =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

const going = (since: string) =>
  node('n1', {
    metadata: { deletionTimestamp: since, finalizers: ['karpenter.sh/termination'] },
    spec: { taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }] },
  });

describe('loud', () => {
  const rows: readonly [string, readonly KubeObject[], readonly string[]][] = [
    [
      'not ready',
      [sick('n1', [notReady('PLEG is not healthy: pleg was last seen active 5m0s ago')])],
      ['critical NodeNotReady Node n1'],
    ],
    ['silent', [sick('n1', [silent()])], ['critical NodeUnreachable Node n1']],
    ['silent, a minute after it came', [sick('n1', [silent(ago('10s'))], young)], ['critical NodeUnreachable Node n1']],
    [
      'not ready in maintenance',
      [sick('n1', [notReady('x')], { spec: { unschedulable: true } })],
      ['info NodeCordoned Node n1', 'warning NodeNotReady Node n1'],
    ],
    ['shutting down', [sick('n1', [notReady('node is shutting down', ago('2m'))])], ['warning NodeNotReady Node n1']],
    [
      'shut down for long',
      [sick('n1', [notReady('node is shutting down', ago('2h'))])],
      ['critical NodeNotReady Node n1'],
    ],
    ['memory', [sick('n1', [healthy, condition('MemoryPressure', 'True')])], ['warning NodeMemoryPressure Node n1']],
    ['disk', [sick('n1', [healthy, condition('DiskPressure', 'True')])], ['warning NodeDiskPressure Node n1']],
    ['process ids', [sick('n1', [healthy, condition('PIDPressure', 'True')])], ['warning NodePIDPressure Node n1']],
    [
      'network',
      [sick('n1', [healthy, condition('NetworkUnavailable', 'True')])],
      ['critical NodeNetworkUnavailable Node n1'],
    ],
    [
      'read-only disk',
      [sick('n1', [healthy, condition('ReadonlyFilesystem', 'True')])],
      ['critical NodeFaulty Node n1 [ReadonlyFilesystem]'],
    ],
    [
      'restarts',
      [sick('n1', [healthy, condition('FrequentKubeletRestart', 'True')])],
      ['warning NodeProblem Node n1 [FrequentKubeletRestart]'],
    ],
    ...[
      'UnhealthyNvidiaDevicePlugin',
      'NebiusBootDiskIOError',
      'SysLogsXIDError',
      'SysLogsGPUFallenOff',
      'GPUMissing',
    ].map((type): [string, readonly KubeObject[], readonly string[]] => [
      `a type that says what is wrong: ${type}`,
      [sick('n1', [healthy, condition(type, 'True')])],
      [`warning NodeProblem Node n1 [${type}]`],
    ]),
    [
      'monitor of a cloud',
      [sick('n1', [healthy, condition('StorageReady', 'False')])],
      ['warning NodeFaulty Node n1 [StorageReady]'],
    ],
    ['forgotten cordon', [cordoned('n1', ago('2d'))], ['warning NodeCordoned Node n1']],
    [
      'out of service',
      [
        node('n1', {
          spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' }] },
        }),
      ],
      ['warning NodeOutOfService Node n1'],
    ],
    [
      'never set up',
      [
        node('n1', {
          spec: {
            taints: [{ key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' }],
          },
        }),
      ],
      ['warning NodeUninitialized Node n1 [node.cloudprovider.kubernetes.io/uninitialized]'],
    ],
    ['kubelet newer', [kubelet('n1', 'v1.37.0')], ['warning NodeVersionSkew Node n1']],
    ['kubelet too old', [kubelet('n1', 'v1.32.9+k3s1')], ['warning NodeVersionSkew Node n1']],
    [
      'deleted an hour and a half ago',
      [
        going(ago('90m')),
        event(node('n1'), 'FailedDraining', 'Failed to drain node, 1 pods are waiting to be evicted'),
      ],
      ['warning NodeStuckTerminating Node n1'],
    ],
    [
      'clock ahead',
      [node('n1'), node('n2'), lease('n1', '2026-03-01T12:10:00Z'), lease('n2', ago('5s'))],
      ['warning NodeClockSkew Node n1'],
    ],
    [
      'clock behind',
      [node('n1'), node('n2'), lease('n1', ago('2h')), lease('n2', ago('5s'))],
      ['warning NodeClockSkew Node n1'],
    ],
    [
      'out of memory',
      [node('n1'), event(node('n1'), 'SystemOOM', 'System OOM encountered, victim process: java, pid: 1')],
      ['warning NodeSystemOOM Node n1'],
    ],
    [
      'clean-up',
      [node('n1'), event(node('n1'), 'ImageGCFailed', 'no space left')],
      ['warning NodeCleanupFailing Node n1'],
    ],
    [
      'evictions',
      [node('n1'), event(node('n1'), 'EvictionThresholdMet', 'Attempting to reclaim memory')],
      ['warning NodeEvicting Node n1'],
    ],
  ];
  test.each(rows)('%s', (_, objects, lines) => {
    expect(found(analyzer, objects)).toEqual(lines);
  });
});

describe('quiet', () => {
  const rows: readonly [string, readonly KubeObject[], readonly string[], SnapshotOptions?][] = [
    ['healthy', [node('n1'), lease('n1', ago('5s'))], []],
    [
      'a heartbeat of an hour ago with a fresh lease',
      [sick('n1', [{ ...healthy, lastHeartbeatTime: ago('1h') }]), lease('n1', ago('5s'))],
      [],
    ],
    [
      'just registered, never heard of',
      [sick('n1', [condition('Ready', 'Unknown', '', ago('50s'), 'NodeStatusNeverUpdated')], young)],
      [],
    ],
    ['just registered, not ready', [sick('n1', [notReady(cni)], young)], []],
    ['just registered, network to come', [sick('n1', [healthy, condition('NetworkUnavailable', 'True')], young)], []],
    [
      'just registered, set-up to come',
      [
        node('n1', {
          ...young,
          spec: { taints: [{ key: 'node.cloudprovider.kubernetes.io/uninitialized', effect: 'NoSchedule' }] },
        }),
      ],
      [],
    ],
    ['deleted half an hour ago', [going(ago('30m'))], []],
    ['no status yet', [object('nodes', 'n1', { spec: {} })], []],
    [
      'monitors content',
      [
        sick('n1', [
          healthy,
          condition('KernelDeadlock', 'False'),
          condition('ReadonlyFilesystem', 'False'),
          condition('FrequentKubeletRestart', 'False'),
        ]),
      ],
      [],
    ],
    [
      'a cloud content',
      [sick('n1', [healthy, condition('StorageReady', 'True'), condition('KernelReady', 'True')])],
      [],
    ],
    [
      'a condition nobody knows',
      [sick('n1', [healthy, condition('DiscoLightsOn', 'True'), condition('constructor', 'True')])],
      [],
    ],
    [
      'types that say that nothing is wrong',
      [sick('n1', [healthy, condition('NoErrors', 'True'), condition('NoDiskFailures', 'True')])],
      [],
    ],
    ['a fault that is not there', [sick('n1', [healthy, condition('SysLogsXIDError', 'False')])], []],
    ['a pressure that is unknown', [sick('n1', [healthy, condition('DiskPressure', 'Unknown')])], []],
    [
      'taints that keep nodes for others',
      [
        node('n1', {
          spec: {
            taints: [
              { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
              { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
            ],
          },
        }),
      ],
      [],
    ],
    ['cordoned for an hour', [cordoned('n1', ago('1h'))], ['info NodeCordoned Node n1']],
    ['cordoned, since when is not known', [cordoned('n1')], ['info NodeCordoned Node n1']],
    [
      'on its way out',
      [
        sick('n1', [silent(ago('5m'))], {
          spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] },
        }),
      ],
      ['info NodeUnreachable Node n1'],
    ],
    ...[
      { metadata: { labels: { type: 'virtual-kubelet' } } },
      { metadata: { labels: { 'liqo.io/type': 'virtual-node' } } },
      { spec: { taints: [{ key: 'virtual-kubelet.io/provider', value: 'azure', effect: 'NoSchedule' }] } },
      { status: { nodeInfo: { kubeletVersion: 'v1.25.0-vk-azure-aci-1.6.2' } } },
    ].map((patch): [string, readonly KubeObject[], readonly string[]] => [
      `a node that stands for machines elsewhere: ${JSON.stringify(patch)}`,
      [merge(kubelet('n1', 'v1.25.0'), patch) as ReturnType<typeof kubelet>, kubelet('n2', 'v1.36.3')],
      [],
    ]),
    ['kubelet three minors older', [kubelet('n1', 'v1.33.1')], []],
    ['the version of the server is not known', [kubelet('n1', 'v1.20.1')], [], { serverVersion: '' }],
    ['an upgrade', [kubelet('n1', 'v1.35.1'), kubelet('n2', 'v1.36.3')], ['info NodeVersionsMixed Node n1']],
    ['patch versions differ', [kubelet('n1', 'v1.36.1'), kubelet('n2', 'v1.36.3')], []],
    [
      'every lease is off: the recording is',
      [node('n1'), node('n2'), lease('n1', '2026-03-01T13:00:00Z'), lease('n2', '2026-03-01T13:00:00Z')],
      [],
    ],
    [
      'a silent node is not a slow clock',
      [sick('n1', [silent()]), node('n2'), lease('n1', ago('2h')), lease('n2', ago('5s'))],
      ['critical NodeUnreachable Node n1'],
    ],
    [
      'a reboot',
      [node('n1'), event(node('n1'), 'Rebooted', 'Node n1 has been rebooted', { type: 'Warning' })],
      ['info NodeRebooted Node n1'],
    ],
    [
      'an event of yesterday',
      [node('n1'), event(node('n1'), 'SystemOOM', 'x', { firstTimestamp: ago('25h'), lastTimestamp: ago('25h') })],
      [],
    ],
    [
      'one failure at the start of a kubelet',
      [node('n1'), event(node('n1'), 'ImageGCFailed', 'unable to find data in memory cache', { count: 1 })],
      [],
    ],
    [
      'InvalidDiskCapacity at every start',
      [node('n1'), event(node('n1'), 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem')],
      [],
    ],
    [
      'requests near the top: info',
      [node('n1'), pod('big', { spec: { containers: [{ name: 'a', resources: { requests: { cpu: '3900m' } } }] } })],
      ['info NodeFull Node n1'],
    ],
    [
      'requests below the top',
      [node('n1'), pod('big', { spec: { containers: [{ name: 'a', resources: { requests: { cpu: '3700m' } } }] } })],
      [],
    ],
    [
      'ended pods take no room',
      [
        node('n1'),
        pod('big', {
          status: { phase: 'Succeeded' },
          spec: { containers: [{ name: 'a', resources: { requests: { cpu: '4' } } }] },
        }),
      ],
      [],
    ],
    [
      'pods that could not be seen',
      [node('n1'), pod('big', { spec: { containers: [{ name: 'a', resources: { requests: { cpu: '4' } } }] } })],
      [],
      { missing: { pods: 'forbidden' } },
    ],
  ];
  test.each(rows)('%s', (_, objects, lines, options) => {
    expect(found(analyzer, objects, options)).toEqual(lines);
  });
});

describe('many at once', () => {
  test('nodes that fell silent within minutes are one finding', () => {
    const nodes = ['n3', 'n1', 'n2'].map((name, index) => sick(name, [silent(ago(`${10 + index}m`))]));
    const all = drafts(analyzer, snapshotOf([...nodes, node('n4')]));
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      code: 'NodeUnreachable',
      object: { name: 'n1' },
      message: '3 nodes have a silent kubelet',
      members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }],
      since: ago('12m'),
    });
  });
  test('two nodes are told apart, and so are hours', () => {
    expect(found(analyzer, [sick('n1', [silent()]), sick('n2', [silent()])])).toHaveLength(2);
    const spread = ['n1', 'n2', 'n3'].map((name, index) => sick(name, [silent(ago(`${index + 1}h`))]));
    expect(found(analyzer, spread)).toHaveLength(3);
  });
  test('another reason is another finding', () => {
    const nodes = ['n1', 'n2', 'n3'].map((name) => sick(name, [notReady(cni)]));
    expect(messages([...nodes, sick('n4', [notReady('PLEG is not healthy')])])).toEqual([
      '3 nodes are not ready: its pod network (CNI) is not set up',
      'not ready for 1h: the container runtime does not answer in time (PLEG is not healthy)',
    ]);
  });
});

describe('the version of an API server that says none', () => {
  const server = (image: string, labels: Patch = { component: 'kube-apiserver' }) =>
    pod('kube-system/kube-apiserver-n9', { metadata: { labels }, spec: { containers: [{ name: 'a', image }] } });
  test.each([
    ['is that of its pod', server('registry.k8s.io/kube-apiserver:v1.30.8'), ['warning NodeVersionSkew Node n1']],
    ['a kubelet that is not newer', server('registry.k8s.io/kube-apiserver:v1.32.0'), []],
    ['a pod that only names one', server('registry.k8s.io/kube-apiserver:v1.30.8', {}), []],
    ['an image by its digest', server('registry.k8s.io/kube-apiserver@sha256:abc'), []],
  ])('%s', (_, api, lines) => {
    expect(found(analyzer, [kubelet('n1', 'v1.32.1'), api], { serverVersion: '' })).toEqual(lines);
  });
});

describe('whoever is to set a node up', () => {
  const tainted = (key: string, patch: Patch = {}) =>
    node('n1', merge({ spec: { taints: [{ key, effect: 'NoExecute' }] } }, patch) as Patch);
  const daemon = (name: string, nodeName: string, paths: readonly string[] = []) =>
    pod(`kube-system/${name}-x`, {
      ...ownedBy(object('daemonsets.apps', `kube-system/${name}`)),
      spec: {
        nodeName,
        containers: [{ name, image: 'a' }],
        volumes: paths.map((path, index) => ({ name: `v${index}`, hostPath: { path } })),
      },
    });
  const link = (name: string) => `NodeUninitialized -> run Pod kube-system/${name}-x (spec.taints)`;
  test.each([
    ['ebs.csi.aws.com/agent-not-ready', daemon('ebs-csi-node', 'n1'), ['ebs-csi-node']],
    [
      'ebs.csi.aws.com/agent-not-ready',
      daemon('storage', 'n1', ['/var/lib/kubelet/plugins/ebs.csi.aws.com/']),
      ['storage'],
    ],
    ['ebs.csi.aws.com/agent-not-ready', daemon('aws-node', 'n1'), []],
    ['ebs.csi.aws.com/agent-not-ready', daemon('ebs-csi-node', 'n2'), []],
    ['node.cilium.io/agent-not-ready', daemon('cilium', 'n1'), ['cilium']],
    [
      'node.cloudprovider.kubernetes.io/uninitialized',
      daemon('aws-cloud-controller-manager', 'n2'),
      ['aws-cloud-controller-manager'],
    ],
    ['karpenter.sh/unregistered', daemon('cilium', 'n1'), []],
  ])('%s %#', (key, agent, names) => {
    expect(links(analyzer, [tainted(key), agent])).toEqual(names.map(link));
  });
  test('Karpenter registers its nodes within minutes', () => {
    expect(messages([tainted('karpenter.sh/unregistered')])).toEqual(['waits for 2d for Karpenter to set it up']);
    expect(messages([tainted('karpenter.sh/unregistered', { metadata: { creationTimestamp: ago('2m') } })])).toEqual(
      [],
    );
  });
});

describe('a deleted node that does not go', () => {
  const here = pod('db', { metadata: { labels: { app: 'db' } }, spec: { nodeName: 'n1' } });
  const budget = (disruptionsAllowed: number, name = 'db') =>
    object('poddisruptionbudgets.policy', `shop/${name}`, {
      spec: { minAvailable: 1, selector: { matchLabels: { app: name } } },
      status: { expectedPods: 1, desiredHealthy: 1, currentHealthy: 1, disruptionsAllowed },
    });
  test('says what holds it and what its controller says', () => {
    const said = event(node('n1'), 'FailedDraining', 'Failed to drain node, 1 pods are waiting to be evicted');
    expect(messages([going(ago('2h')), said])).toEqual([
      'deleted for 2h and still there: finalizer karpenter.sh/termination holds it (Failed to drain node, 1 pods are waiting to be evicted)',
    ]);
  });
  test('points to the budgets of its pods that allow no eviction', () => {
    expect(links(analyzer, [going(ago('2h')), here, budget(0), budget(0, 'other')])).toEqual([
      'NodeStuckTerminating -> resolve PodDisruptionBudget shop/db (spec.nodeName)',
    ]);
    expect(links(analyzer, [going(ago('2h')), here, budget(1)])).toEqual([]);
  });
});

test('a runtime that is down is the reason why PLEG is unhealthy', () => {
  const words = '[container runtime is down, PLEG is not healthy: pleg was last seen active 6m32s ago]';
  expect(messages([sick('n1', [notReady(words)])])).toEqual(['not ready for 1h: the container runtime is down']);
});

describe('a network that is not set up points to what sets it up', () => {
  const volumes = [{ name: 'bin', hostPath: { path: '/opt/cni/bin' } }];
  const set = object('daemonsets.apps', 'kube-system/calico-node', {
    spec: { template: { spec: { containers: [], volumes } } },
  });
  const agent = (name: string, on: string, state: unknown) =>
    pod(`kube-system/${name}`, {
      metadata: {
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'calico-node', controller: true }],
      },
      spec: { nodeName: on, volumes },
      status: { conditions: [condition('Ready', 'False')], containerStatuses: [{ name: 'app', state }] },
    });
  const crashing = { waiting: { reason: 'CrashLoopBackOff' } };
  test.each([
    [
      'its pod crashes',
      [agent('a', 'n1', crashing)],
      ['NodeNotReady -> run Pod kube-system/a (status.conditions[Ready].message)'],
    ],
    [
      'it has no pod there',
      [agent('b', 'n2', crashing)],
      ['NodeNotReady -> run DaemonSet kube-system/calico-node (status.conditions[Ready].message)'],
    ],
    ['its pod runs: marked not ready by the node controller', [agent('a', 'n1', { running: {} })], []],
  ] as const)('%s', (_, agents, lines) => {
    expect(links(analyzer, [sick('n1', [notReady(cni)]), set, ...agents])).toEqual(lines);
  });
  test('other troubles do not', () => {
    expect(links(analyzer, [sick('n1', [notReady('PLEG is not healthy')]), set])).toEqual([]);
  });
});
