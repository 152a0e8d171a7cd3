/** What is advised for a pod that no node takes: never that a node should lie, and what its autoscaler says. */
import { describe, expect, test } from 'vitest';
import deployments from '../../analyzers/deployments/index.ts';
import pods from '../../analyzers/pods/index.ts';
import storage from '../../analyzers/storage/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import {
  ago,
  deployment,
  event,
  node,
  object,
  ownedBy,
  type Patch,
  pendingPod,
  pod,
  replicaSet,
} from '../support/objects.ts';
import { diagnose, drafts, found, links, snapshotOf, story } from '../support/snapshot.ts';

const selects = (key: string, value: string, more: Patch = {}) =>
  pendingPod('web', { spec: { nodeSelector: { [key]: value }, ...more } });
const asksGpu: Patch = { containers: [{ name: 'app', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
const tainted = (key: string, value?: string) =>
  node('n1', { spec: { taints: [{ key, effect: 'NoSchedule', ...(value === undefined ? {} : { value }) }] } });
const advice = (objects: readonly KubeObject[]) =>
  drafts(pods, snapshotOf(objects)).flatMap(({ message }) => /smallest change: ([^;]*)/.exec(message)?.[1] ?? []);

describe('labels that say what a machine is are not to be put on another one', () => {
  test.each([
    ['disk', 'ssd', 'label n1 with disk=ssd'],
    ['nvidia.com/gpu.present', 'true', 'label n1 with nvidia.com/gpu.present=true'],
    ...[
      ['cloud.google.com/gke-accelerator', 'nvidia-l4'],
      ['eks.amazonaws.com/nodegroup', 'big'],
      ['karpenter.sh/nodepool', 'spot'],
      ['kubernetes.azure.com/agentpool', 'gpu'],
      ['nvidia.com/gpu.product', 'NVIDIA-L4'],
      ['topology.ebs.csi.aws.com/zone', 'eu-west-1a'],
      ['kubernetes.io/arch', 'arm64'],
    ].map(([key = '', value = '']) => [key, value, `let its nodeSelector admit n1 (${key}=${value})`]),
  ])('%s=%s', (key = '', value = '', text) => {
    expect(advice([selects(key, value), node('n1')])).toEqual([text]);
  });
  test('a node of another kind that lacks more, too, is none to change', () => {
    expect(advice([selects('cloud.google.com/gke-accelerator', 'nvidia-l4', asksGpu), node('n1')])).toEqual([
      'add a node that its nodeSelector admits (cloud.google.com/gke-accelerator=nvidia-l4)',
    ]);
  });
});

test.each([
  [
    'node-role.kubernetes.io/control-plane',
    '',
    'add a worker node, or tolerate node-role.kubernetes.io/control-plane:NoSchedule of n1',
  ],
  ['dedicated', 'db', 'tolerate dedicated=db:NoSchedule of n1'],
  ['node.cloudprovider.kubernetes.io/uninitialized', 'true', 'let the cloud controller manager set up n1'],
  ['node.cloudprovider.kubernetes.io/shutdown', '', 'start the machine of n1'],
  [
    'node.cilium.io/agent-not-ready',
    undefined,
    'let what sets up n1 take its taint node.cilium.io/agent-not-ready:NoSchedule away',
  ],
])('a taint %s=%s', (key, value, text) => {
  expect(advice([pendingPod('web'), tainted(key, value)])).toEqual([text]);
});

describe('what an autoscaler says', () => {
  const waits = pendingPod('web', {
    status: {
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastTransitionTime: ago('10m') }],
    },
  });
  const full = node('n1', { spec: { unschedulable: true } });
  const note = (...events: readonly KubeObject[]) =>
    drafts(pods, snapshotOf([waits, full, ...events])).map(({ message }) => message.split('; ').slice(2).join('; '));
  test.each([
    [
      'NotTriggerScaleUp',
      "pod didn't trigger scale-up: 1 max node group size reached",
      'cluster-autoscaler',
      'the autoscaler adds no node: 1 max node group size reached',
    ],
    [
      'FailedScaleUp',
      'Node scale up in zones us-central1-a associated with this pod failed: GCE out of resources.',
      'cluster-autoscaler',
      'the autoscaler adds no node: Node scale up in zones us-central1-a associated with this pod failed: GCE out of resources',
    ],
    [
      'FailedScheduling',
      'Failed to schedule pod, incompatible with nodepool "default", did not tolerate dedicated=x:NoSchedule',
      'karpenter',
      'the autoscaler adds no node: Failed to schedule pod, incompatible with nodepool "default", did not tolerate dedicated=x:NoSchedule',
    ],
    ['FailedScheduling', '0/1 nodes are available: 1 node(s) were unschedulable.', 'default-scheduler', ''],
  ])('%s %s of %s', (reason, text, component, told) => {
    expect(note(event(waits, reason, text, { source: { component } }))).toEqual([told]);
  });
  test('that it adds a node outweighs that it did not before', () => {
    const up = event(waits, 'TriggeredScaleUp', 'up', { metadata: { name: 'up' } });
    const not = event(waits, 'NotTriggerScaleUp', "pod didn't trigger scale-up: 1 in backoff", {
      metadata: { name: 'not' },
    });
    expect(note(up, not)).toEqual(['an autoscaler is adding a node']);
  });
  test('it is told where nodes could not be seen, and where there are none', () => {
    const up = event(waits, 'TriggeredScaleUp', 'up');
    const told = (missing: Parameters<typeof snapshotOf>[1]) =>
      drafts(pods, snapshotOf([waits, up], missing)).map(({ severity, message }) => `${severity}: ${message}`);
    expect(told({})).toEqual(['info: the cluster has no nodes; an autoscaler is adding a node']);
    expect(told({ missing: { nodes: 'forbidden' } })[0]).toMatch(
      /^info: .*could not be seen.*; an autoscaler is adding a node$/,
    );
  });
  test('what it said long ago is not told', () => {
    const times = { firstTimestamp: ago('2h'), lastTimestamp: ago('1h') };
    expect(note(event(waits, 'NotTriggerScaleUp', "pod didn't trigger scale-up: x", times))).toEqual(['']);
  });
});

describe('a scheduler that gave up waiting for a volume', () => {
  const gaveUp = pendingPod('web', {
    spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
    status: {
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulerError',
          message: 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
          lastTransitionTime: ago('1h'),
        },
      ],
    },
  });
  const claim = object('persistentvolumeclaims', 'shop/data', {
    metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'n1' } },
    spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'] },
    status: { phase: 'Pending' },
  });
  const fast = object('storageclasses.storage.k8s.io', 'fast', {
    provisioner: 'ebs.csi.aws.com',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  test('the claim that cannot be provisioned is the cause', () => {
    const refused = event(claim, 'ProvisioningFailed', 'rpc error: UnauthorizedOperation', {
      source: { component: 'ebs.csi.aws.com_ebs-csi-controller-0_1' },
    });
    expect(story(diagnose([pods, storage], [gaveUp, claim, fast, refused, node('n1')]))).toEqual([
      'critical PersistentVolumeClaimProvisioningFailed PersistentVolumeClaim shop/data',
      '  critical PodSchedulerError Pod shop/web',
    ]);
  });
  test('where no claim is at fault, the scheduler is', () => {
    expect(found(pods, [gaveUp, node('n1')])).toEqual(['critical PodSchedulerError Pod shop/web']);
  });
});

test('devices that their driver took out of service are to be mended, not admitted', () => {
  const taints = [{ key: 'gpu.nvidia.com/xid', value: '79', effect: 'NoExecute' }];
  const objects = [
    object('deviceclasses.resource.k8s.io', 'gpu.nvidia.com', { spec: {} }),
    object('resourceslices.resource.k8s.io', 'n1-gpus', {
      spec: {
        driver: 'gpu.nvidia.com',
        nodeName: 'n1',
        pool: { name: 'n1', generation: 1, resourceSliceCount: 1 },
        devices: [{ name: 'gpu-0', taints }, { name: 'gpu-1' }],
      },
    }),
    object('resourceclaims.resource.k8s.io', 'shop/train', {
      spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu.nvidia.com', count: 2 } }] } },
    }),
    pendingPod('web', { spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: 'train' }] } }),
    node('n1'),
  ];
  expect(drafts(pods, snapshotOf(objects)).map(({ message }) => message)).toEqual([
    'node n1 does not fit: it has 1 of 2 devices of class gpu.nvidia.com that ResourceClaim train admits, and 1 out of service; smallest change: mend 1 of the devices of n1 that their driver took out of service',
  ]);
});

describe('a Deployment that waits for a node', () => {
  const web = deployment('web', {
    spec: { replicas: 1 },
    status: {
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 0,
      availableReplicas: 0,
      unavailableReplicas: 1,
      conditions: [{ type: 'Available', status: 'False', lastTransitionTime: ago('10m') }],
    },
  });
  const full = node('n1', { spec: { unschedulable: true } });
  const waits = (since: string, reason = 'Unschedulable') =>
    pendingPod('web-1', {
      ...ownedBy(replicaSet(web)),
      status: { conditions: [{ type: 'PodScheduled', status: 'False', reason, lastTransitionTime: since }] },
    });
  const told = (one: KubeObject, ...more: readonly KubeObject[]) =>
    story(diagnose([pods, deployments], [web, replicaSet(web), one, full, ...more]));
  const alarm = ['critical DeploymentUnavailable Deployment shop/web'];
  test('that an autoscaler adds is no alarm', () => {
    const one = waits(ago('5m'));
    expect(told(one, event(one, 'TriggeredScaleUp', 'up', { type: 'Normal' }))).toEqual([
      'info PodUnschedulable Deployment shop/web',
    ]);
    expect(told(one, event(one, 'Nominated', 'x', { type: 'Normal', source: { component: 'karpenter' } }))).toEqual([
      'info PodUnschedulable Deployment shop/web',
    ]);
  });
  const joined = (since: string) =>
    node('n2', {
      metadata: { creationTimestamp: since },
      spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
      status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: since }] },
    });
  test('that has just joined is no alarm', () => {
    expect(told(waits(ago('4m')), joined(ago('1m')))).toEqual(['info PodUnschedulable Deployment shop/web']);
  });
  test('that joined long ago and is not Ready is one', () => {
    expect(told(waits(ago('4m')), joined(ago('10m')))).toContain('critical PodUnschedulable Deployment shop/web');
  });
  test('since a moment is no alarm', () => {
    expect(told(waits(ago('20s')))).toEqual([]);
  });
  test('that nobody adds is one', () => {
    expect(told(waits(ago('5m')))).toEqual([
      'critical PodUnschedulable Deployment shop/web',
      ...alarm.map((one) => `  ${one}`),
    ]);
  });
  test('that was promised an hour ago is one', () => {
    const one = waits(ago('2h'));
    const up = event(one, 'TriggeredScaleUp', 'up', { firstTimestamp: ago('1h'), lastTimestamp: ago('1h') });
    expect(told(one, up)[0]).toBe('critical PodUnschedulable Deployment shop/web');
  });
  test('at which the scheduler fails is one', () => {
    const one = waits(ago('5m'), 'SchedulerError');
    expect(told(one, event(one, 'TriggeredScaleUp', 'up'))[0]).toBe('critical PodSchedulerError Deployment shop/web');
  });
});

describe('a scheduler of another name', () => {
  const waits = pendingPod('train', {
    metadata: { creationTimestamp: ago('1h') },
    spec: { schedulerName: 'volcano' },
    status: { conditions: [] },
  });
  const crashing = (name: string) =>
    pod(`volcano-system/${name}`, {
      status: {
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('2h') }],
        containerStatuses: [
          {
            name: 'app',
            image: 'a',
            ready: false,
            restartCount: 20,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 2, finishedAt: ago('3m') } },
          },
        ],
      },
    });
  const told = (...objects: readonly KubeObject[]) => story(diagnose([pods], [waits, node('n1'), ...objects]));
  test('that crashes is why its pods wait', () => {
    expect(told(crashing('volcano-scheduler-1'))).toEqual([
      'critical PodCrashLoop Pod volcano-system/volcano-scheduler-1 [app]',
      '  warning PodNotPickedUp Pod shop/train',
    ]);
  });
  test('is not meant by other parts of its system', () => {
    expect(told(crashing('volcano-admission-1'), pod('volcano-system/volcano-scheduler-1'))).toEqual([
      'critical PodCrashLoop Pod volcano-system/volcano-admission-1 [app]',
      'warning PodNotPickedUp Pod shop/train',
    ]);
  });
});

describe('a pod without a node whose claims could not be seen', () => {
  const waits = pendingPod('web', {
    metadata: { creationTimestamp: ago('1h') },
    spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
    status: { conditions: [] },
  });
  const told = (missing: Parameters<typeof snapshotOf>[1]) =>
    drafts(pods, snapshotOf([waits, node('n1')], missing)).map(({ code, message }) => `${code}: ${message}`);
  test('may wait for a volume: the scheduler is not blamed', () => {
    expect(told({ missing: { persistentvolumeclaims: 'forbidden' } })).toEqual([
      'PodUnschedulable: it has had no node for 1h; the scheduler may wait for its volumes, but persistentvolumeclaims could not be seen',
    ]);
  });
  test('that could be seen: its claim is missing', () => {
    expect(told({})).toEqual(['PodUnschedulable: no node is looked at: claim data does not exist']);
  });
});

test('a pod that was ended for another and holds its room all the same is the cause', () => {
  const asksAll: Patch = { containers: [{ name: 'app', resources: { requests: { cpu: '3' } } }] };
  const waits = pendingPod('vip', {
    metadata: { creationTimestamp: ago('2h') },
    spec: asksAll,
    status: { nominatedNodeName: 'n1' },
  });
  const victim = pod('victim', {
    metadata: { deletionTimestamp: ago('2h'), finalizers: ['acme.io/hold'] },
    spec: asksAll,
  });
  expect(story(diagnose([pods], [waits, victim, node('n1')]))).toEqual([
    'critical PodStuckTerminating Pod shop/victim [acme.io/hold]',
    '  critical PodUnschedulable Pod shop/vip',
  ]);
});

test('a claim that is being deleted is why no node is looked at', () => {
  const uses = (name: string): Patch => ({ volumes: [{ name: 'd', persistentVolumeClaim: { claimName: name } }] });
  const claim = object('persistentvolumeclaims', 'shop/data', {
    metadata: { deletionTimestamp: ago('3h'), finalizers: ['kubernetes.io/pvc-protection'] },
    spec: { volumeName: 'pv1', accessModes: ['ReadWriteOnce'] },
    status: { phase: 'Bound' },
  });
  const volume = object('persistentvolumes', 'pv1', {
    spec: { claimRef: { namespace: 'shop', name: 'data' } },
    status: { phase: 'Bound' },
  });
  const told = story(
    diagnose(
      [pods, storage],
      [claim, volume, node('n1'), pod('old', { spec: uses('data') }), pendingPod('web', { spec: uses('data') })],
    ),
  );
  expect(told).toEqual([
    'critical PersistentVolumeClaimTerminating PersistentVolumeClaim shop/data',
    '  critical PodUnschedulable Pod shop/web',
  ]);
});

describe('a node that is down and offers no devices any more', () => {
  const gpuPod = pendingPod('web', { spec: asksGpu });
  const down = (patch: Patch) =>
    node('n1', { spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }] }, ...patch });
  test('is the cause where it had them', () => {
    const gone = { status: { capacity: { 'nvidia.com/gpu': '1' }, allocatable: { 'nvidia.com/gpu': '0' } } };
    expect(links(pods, [gpuPod, down(gone)])).toEqual(['PodUnschedulable -> schedule Node n1 (spec.taints)']);
  });
  test('is none where it never had any', () => {
    expect(links(pods, [gpuPod, down({})])).toEqual([]);
  });
});

describe('the claim of an ephemeral volume', () => {
  const waits = pendingPod('job', {
    spec: {
      volumes: [{ name: 'tmp', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } } }],
    },
  });
  const claim = (owner: Patch) =>
    object('persistentvolumeclaims', 'shop/job-tmp', {
      ...owner,
      spec: { volumeName: 'pv1', accessModes: ['ReadWriteOnce'] },
      status: { phase: 'Bound' },
    });
  const volume = object('persistentvolumes', 'pv1', {
    spec: { claimRef: { namespace: 'shop', name: 'job-tmp' } },
    status: { phase: 'Bound' },
  });
  const told = (owner: Patch) =>
    drafts(pods, snapshotOf([waits, claim(owner), volume, node('n1')])).map(({ message }) => message);
  test('is no good where another has it', () => {
    expect(told({})).toEqual([
      'no node is looked at: claim job-tmp, which its ephemeral volume would have, was not made for it',
    ]);
  });
  test('is good where it was made for the pod', () => {
    expect(told(ownedBy(waits))).toEqual(['fits on n1 now; the scheduler has not placed it yet']);
  });
});
