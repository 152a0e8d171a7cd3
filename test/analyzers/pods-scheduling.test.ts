import { describe, expect, test } from 'vitest';
import { pendingCodes, pendingSettings } from '../../analyzers/pods/pending-codes.ts';
import { pending } from '../../analyzers/pods/pending.ts';
import type { Analyzer } from '../../src/model/finding.ts';
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
import { drafts, found, links, snapshotOf, type SnapshotOptions } from '../support/snapshot.ts';

/** The checks of Pending pods alone. */
const analyzer: Analyzer = {
  id: 'pods',
  title: 'Pending pods',
  reads: [],
  kinds: ['Pod'],
  codes: pendingCodes,
  settings: pendingSettings,
  runbook: '',
  analyze: (snapshot, settings) => pending(snapshot, settings as Parameters<typeof pending>[1]),
};

const message = (objects: readonly KubeObject[], options: SnapshotOptions = {}) =>
  drafts(analyzer, snapshotOf(objects, options)).map((one) => one.message);

const asks = (requests: Patch, rest: Patch = {}): Patch => ({
  spec: { containers: [{ name: 'app', image: 'a', resources: { requests } }], ...rest },
});
const taint = (key: string, effect = 'NoSchedule', value?: string) => ({ key, effect, ...(value ? { value } : {}) });
/** A replica that takes two ports of a worker, as ingress routers do. */
const router: Patch = {
  ...ownedBy(replicaSet(deployment('router'), 'a')),
  spec: {
    containers: [{ name: 'app', ports: [80, 443].map((port) => ({ containerPort: port, hostPort: port })) }],
    nodeSelector: { role: 'worker' },
  },
};
const labelled = { metadata: { labels: { app: 'web' } } };
const selector = { labelSelector: { matchLabels: { app: 'web' } } };
/** A pod that is to be spread over zones. */
const spread = (more: Patch): Patch => ({
  ...labelled,
  spec: {
    topologySpreadConstraints: [
      { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', ...selector, ...more },
    ],
  },
});
const zones = [
  node('n1', { metadata: { labels: { zone: 'a' } } }),
  node('n2', { metadata: { labels: { zone: 'b' } } }),
];
const cordoned = node('n2', { metadata: { labels: { zone: 'b' } }, spec: { unschedulable: true } });
const spreadOut = ['n1', 'n2'].map((nodeName) => pod(`on-${nodeName}`, { ...labelled, spec: { nodeName } }));
const web = [deployment('web'), replicaSet(deployment('web'), 'a')];
const owned = ownedBy(replicaSet(deployment('web'), 'a'))['metadata'];
const ownedWeb: Patch = { metadata: { ...(owned as object), labels: { app: 'web' } } };
/** A replica that may not share its node with another one. */
const apart: Patch = {
  ...ownedWeb,
  spec: {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', ...selector }],
      },
    },
  },
};
const critical = ['critical PodUnschedulable Pod shop/web'];

describe('why no node fits', () => {
  const rows: readonly [string, readonly KubeObject[], string][] = [
    [
      'counts add up, and the smallest change is an uncordon',
      [
        pendingPod('web', asks({ cpu: '500m' })),
        ...['n1', 'n2', 'n4'].map((name) => node(name, { spec: { taints: [taint('dedicated', 'NoSchedule', 'db')] } })),
        node('n3', { spec: { unschedulable: true, taints: [taint('node.kubernetes.io/unschedulable')] } }),
        node('n5'),
        pod('busy', {
          ...asks({ cpu: '3800m' }),
          spec: { ...(asks({ cpu: '3800m' })['spec'] as Patch), nodeName: 'n5' },
        }),
      ],
      'no node fits: 3 of 5 have taint dedicated=db:NoSchedule that it does not tolerate, 1 is cordoned, 1 has too little cpu (500m asked, 200m of 4 free); smallest change: uncordon n3',
    ],
    [
      'a node that is too small',
      [pendingPod('web', asks({ cpu: '8' })), node('n1'), node('n2')],
      'no node fits: 2 of 2 have too little cpu (8 asked, at most 4 free); smallest change: ask for at most 4 cpu, what n1 has free',
    ],
    [
      'a device that no node offers',
      [pendingPod('web', asks({ 'nvidia.com/gpu': '1' })), node('n1')],
      'node n1 does not fit: it lacks nvidia.com/gpu, which it does not offer; smallest change: get nvidia.com/gpu offered on n1',
    ],
    [
      'a label that no node has',
      [pendingPod('web', { spec: { nodeSelector: { disk: 'ssd' } } }), node('n1'), node('n2')],
      'no node fits: 2 of 2 do not match its nodeSelector disk=ssd; smallest change: label n1 with disk=ssd',
    ],
    [
      'what a node is is no label to change: the node that is meant is mended',
      [
        pendingPod('web', { spec: { nodeSelector: { 'kubernetes.io/hostname': 'n2' } } }),
        node('n1'),
        node('n2', { spec: { taints: [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }] } }),
      ],
      'no node fits: 1 of 2 does not match its nodeSelector kubernetes.io/hostname=n2, 1 has taint node.kubernetes.io/disk-pressure:NoSchedule that it does not tolerate; smallest change: free disk space on n2',
    ],
    [
      'a host port that is taken',
      [
        pendingPod('web', { spec: { containers: [{ name: 'app', ports: [{ containerPort: 80, hostPort: 80 }] }] } }),
        node('n1'),
        pod('old', { spec: { containers: [{ name: 'app', ports: [{ containerPort: 80, hostPort: 80 }] }] } }),
      ],
      'node n1 does not fit: it has host port 80/TCP taken; smallest change: free host port 80/TCP on n1, held by Pod shop/old',
    ],
    [
      'host ports of another pod are one thing to free, less than to open the control plane',
      [
        pendingPod('web', router),
        node('m1', { spec: { taints: [taint('node-role.kubernetes.io/master')] } }),
        node('n1', { metadata: { labels: { role: 'worker' } } }),
        pod('old', { spec: router['spec'] }),
      ],
      'no node fits: 1 of 2 has host ports 80/TCP and 443/TCP taken, 1 has taint node-role.kubernetes.io/master:NoSchedule that it does not tolerate; smallest change: free host ports 80/TCP and 443/TCP on n1, held by Pod shop/old',
    ],
    [
      'host ports of another replica',
      [pendingPod('web', router), node('n1', { metadata: { labels: { role: 'worker' } } }), pod('other', router)],
      'node n1 does not fit: it has host ports 80/TCP and 443/TCP taken; smallest change: add a node, or run fewer replicas: each takes host ports 80/TCP and 443/TCP of its node, which on n1 Pod shop/other has',
    ],
    [
      'a node full of pods',
      [pendingPod('web'), node('n1', { status: { allocatable: { pods: '1' } } }), pod('old')],
      'node n1 does not fit: it has no room for another pod (1 of 1); smallest change: end a pod on n1',
    ],
    [
      'the control-plane taint is the last thing to tolerate',
      [
        pendingPod('web', asks({ memory: '12Gi' })),
        node('m1', { spec: { taints: [taint('node-role.kubernetes.io/control-plane')] } }),
        node('n1'),
        pod('old', asks({ memory: '10Gi' })),
      ],
      'no node fits: 1 of 2 has taint node-role.kubernetes.io/control-plane:NoSchedule that it does not tolerate, 1 has too little memory (12Gi asked, 6Gi of 16Gi free); smallest change: free 6Gi memory on n1',
    ],
    [
      'fewer domains than it asks for: the emptiest counts as empty',
      [pendingPod('web', spread({ minDomains: 3 })), ...zones, ...spreadOut],
      'no node fits: 2 of 2 break its topology spread over zone (skew 2, at most 1, for it asks for 3 domains and there are 2); smallest change: add nodes in another zone, or ask for at most 2 of them (minDomains is 3)',
    ],
    [
      'as many domains as it asks for, one of them fuller: no word of domains',
      [pendingPod('web', spread({ minDomains: 2 })), ...zones.slice(0, 1), cordoned, ...spreadOut.slice(0, 1)],
      'no node fits: 1 of 2 breaks its topology spread over zone (skew 2, at most 1), 1 is cordoned; smallest change: uncordon n2',
    ],
    [
      'anti-affinity among replicas',
      [pendingPod('web', apart), ...web, node('n1'), pod('other', apart)],
      'node n1 does not fit: it has a pod that its anti-affinity excludes; smallest change: add a node, or relax the anti-affinity over kubernetes.io/hostname with its other replicas',
    ],
    [
      'anti-affinity to the pods of another workload: it is named, not its pods',
      [
        pendingPod('web', { spec: apart['spec'] }),
        ...web,
        node('n1'),
        pod('web-a-x2x9k', ownedWeb),
        pod('web-a-q8r2t', ownedWeb),
      ],
      'node n1 does not fit: it has a pod that its anti-affinity excludes; smallest change: add a node, or relax the anti-affinity over kubernetes.io/hostname with Deployment shop/web',
    ],
    ['no nodes at all', [pendingPod('web')], 'the cluster has no nodes'],
  ];
  test.each(rows)('%s', (_, objects, text) => {
    expect(found(analyzer, objects)).toEqual(critical);
    expect(message(objects)).toEqual([text]);
  });
});

describe('how loud', () => {
  const full = node('n1', { spec: { unschedulable: true } });
  const waits = (since: string, patch: Patch = {}) =>
    pendingPod('web', {
      ...patch,
      status: {
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastTransitionTime: since }],
      },
    });
  const bare = (age: string, patch: Patch = {}) =>
    pendingPod('web', { metadata: { creationTimestamp: ago(age) }, ...patch, status: { conditions: [] } });
  const chosen = (age: string) =>
    pendingPod('web', {
      metadata: { creationTimestamp: ago(age) },
      spec: { schedulerName: 'fancy' },
      status: { conditions: [], nominatedNodeName: '8b6a6b1a29-eb4d' },
    });
  const lease = (renewed: string) =>
    object('leases.coordination.k8s.io', 'kube-system/kube-scheduler', { spec: { renewTime: renewed } });
  const rows: readonly [string, readonly KubeObject[], readonly string[]][] = [
    ['ten seconds: nothing', [waits(ago('10s')), full], []],
    ['one minute: a warning', [waits(ago('1m')), full], ['warning PodUnschedulable Pod shop/web']],
    ['three minutes: critical', [waits(ago('3m')), full], critical],
    ['placed and waiting for its image: nothing', [waits(ago('3m'), { spec: { nodeName: 'n1' } }), full], []],
    ['being deleted: nothing', [waits(ago('3m'), { metadata: { deletionTimestamp: ago('1s') } }), full], []],
    ['it fits by now: a warning', [waits(ago('1h')), node('n1')], ['warning PodUnschedulable Pod shop/web']],
    [
      'an autoscaler adds a node: info',
      [waits(ago('5m')), full, event(waits(ago('5m')), 'TriggeredScaleUp', 'up')],
      ['info PodUnschedulable Pod shop/web'],
    ],
    [
      'an autoscaler promised a node an hour ago: critical',
      [
        waits(ago('2h')),
        full,
        event(waits(ago('2h')), 'TriggeredScaleUp', 'up', { firstTimestamp: ago('1h'), lastTimestamp: ago('1h') }),
      ],
      critical,
    ],
    [
      'gated: info',
      [waits(ago('1h'), { spec: { schedulingGates: [{ name: 'kueue.x-k8s.io/admission' }] } }), node('n1')],
      ['info PodSchedulingGated Pod shop/web'],
    ],
    ['no condition for a minute: nothing', [bare('1m'), node('n1')], []],
    [
      'no condition for long, lease fresh: a warning',
      [bare('1h'), node('n1'), lease(ago('3s'))],
      ['warning PodNotPickedUp Pod shop/web'],
    ],
    [
      'no condition for long, no lease (no leader election): a warning',
      [bare('1h'), node('n1')],
      ['warning PodNotPickedUp Pod shop/web'],
    ],
    [
      'no condition, lease dead: critical',
      [bare('1h'), node('n1'), lease(ago('1h'))],
      ['critical PodNotPickedUp Pod shop/web'],
    ],
    [
      'a scheduler nobody knows: critical',
      [bare('1h', { spec: { schedulerName: 'fancy' } }), node('n1')],
      ['critical PodNotPickedUp Pod shop/web'],
    ],
    [
      'a scheduler that has placed others: a warning',
      [
        bare('1h', { spec: { schedulerName: 'fancy' } }),
        pod('other', { spec: { schedulerName: 'fancy' } }),
        node('n1'),
      ],
      ['warning PodNotPickedUp Pod shop/web'],
    ],
    [
      'a scheduler that runs as a pod: a warning',
      [
        bare('1h', { spec: { schedulerName: 'fancy' } }),
        pod('sys/fancy-0', { metadata: { labels: { app: 'fancy' } } }),
        node('n1'),
      ],
      ['warning PodNotPickedUp Pod shop/web'],
    ],
    ['a node is chosen and still to come: nothing', [chosen('10m'), node('n1')], []],
    ['a node is chosen and does not come: a warning', [chosen('1h')], ['warning PodNotPickedUp Pod shop/web']],
    [
      'a scheduler that runs outside of the cluster: a warning',
      [bare('5m', { spec: { schedulerName: 'fargate-scheduler' } }), node('n1')],
      ['warning PodNotPickedUp Pod shop/web'],
    ],
    [
      'the scheduler fails: critical',
      [
        pendingPod('web', {
          status: {
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                reason: 'SchedulerError',
                message: 'plugin broke',
                lastTransitionTime: ago('1h'),
              },
            ],
          },
        }),
      ],
      ['critical PodSchedulerError Pod shop/web'],
    ],
  ];
  test.each(rows)('%s', (_, objects, lines) => {
    expect(found(analyzer, objects)).toEqual(lines);
  });
});

describe('what could not be seen', () => {
  test('without nodes no counts are claimed', () => {
    const [text] = message([pendingPod('web')], { missing: { nodes: 'forbidden' } });
    expect(text).toBe(
      'the scheduler finds no node for it: 0/1 nodes are available; this could not be checked, for the nodes could not be seen (forbidden)',
    );
  });
  test.each([
    [
      '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
      ': 0/3 nodes are available: 3 Insufficient cpu; this could not be checked',
    ],
    [
      '0/1 nodes are available: 1 Insufficient memory.',
      ': 0/1 nodes are available: 1 Insufficient memory; this could not be checked',
    ],
    [
      '0/4 nodes are available: 4 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/4 nodes are available: 4 No preemption victims found for incoming pod.',
      ': 0/4 nodes are available: 4 node(s) had untolerated taint(s); this could not be checked',
    ],
    ['', '; why cannot be told'],
  ])('then the scheduler is quoted: %j', (said, told) => {
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: said }];
    const [text] = message([pendingPod('web', { status: { conditions } })], { missing: { nodes: 'forbidden' } });
    expect(text).toBe(`the scheduler finds no node for it${told}, for the nodes could not be seen (forbidden)`);
  });
  test('unseen pods can only make a full node fuller', () => {
    const objects = [pendingPod('web', asks({ cpu: '8' })), node('n1')];
    const [text] = message(objects, { missing: { pods: 'forbidden' } });
    expect(text).toBe(
      'node n1 does not fit: it has too little cpu (8 asked, 4 of 4 free); pods that could not be seen may take more room',
    );
  });
  test('unseen pods may fill a node that looks free', () => {
    const [text] = message([pendingPod('web'), node('n1')], { missing: { pods: 'forbidden' } });
    expect(text).toBe(
      'the scheduler finds no node for it: 0/1 nodes are available; this could not be checked, for n1 would take it, but pods could not be seen',
    );
  });
  test('device claims could not be seen', () => {
    const claims = [{ name: 'gpu', resourceClaimName: 'gpu' }];
    const missing = { 'resourceclaims.resource.k8s.io': 'forbidden' };
    const [text] = message([pendingPod('web', { spec: { resourceClaims: claims } }), node('n1')], { missing });
    expect(text).toContain('resourceclaims could not be seen');
  });
});

describe('devices', () => {
  const named = { extendedResourceName: 'nvidia.com/gpu' };
  const gpus = (spec: Patch = {}) => object('deviceclasses.resource.k8s.io', 'gpu.nvidia.com', { spec });
  const two = object('resourceslices.resource.k8s.io', 'n1-gpus', {
    spec: {
      driver: 'gpu.nvidia.com',
      nodeName: 'n1',
      pool: { name: 'n1', generation: 1, resourceSliceCount: 1 },
      devices: [{ name: 'gpu-0' }, { name: 'gpu-1' }],
    },
  });
  const held = (...devices: string[]) =>
    object('resourceclaims.resource.k8s.io', 'shop/held', {
      spec: {},
      status: {
        allocation: {
          devices: {
            results: devices.map((device) => ({ request: 'r', driver: 'gpu.nvidia.com', pool: 'n1', device })),
          },
        },
      },
    });
  const wanted = (count: number, expression?: string) =>
    object('resourceclaims.resource.k8s.io', 'shop/train', {
      spec: {
        devices: {
          requests: [
            {
              name: 'r',
              exactly: {
                deviceClassName: 'gpu.nvidia.com',
                count,
                ...(expression === undefined ? {} : { selectors: [{ cel: { expression } }] }),
              },
            },
          ],
        },
      },
    });
  const claimer = pendingPod('web', { spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: 'train' }] } });
  const classic = (count: string) => pendingPod('web', asks({ 'nvidia.com/gpu': count }));
  const unfit = `device.driver == 'gpu.amd.com'`;

  test.each<[string, readonly KubeObject[], string]>([
    [
      'a classic request that a driver serves, all taken',
      [gpus(named), two, held('gpu-0', 'gpu-1'), classic('1')],
      'node n1 does not fit: it has too little nvidia.com/gpu (1 asked, 0 of 2 free); smallest change: free 1 nvidia.com/gpu on n1',
    ],
    [
      'a classic request for more than a driver has',
      [gpus(named), two, classic('4')],
      'node n1 does not fit: it has too little nvidia.com/gpu (4 asked, 2 of 2 free); smallest change: ask for at most 2 nvidia.com/gpu, what n1 has free',
    ],
    [
      'a classic request that a driver may serve',
      [gpus({ ...named, selectors: [{ cel: { expression: 'odd()' } }] }), two, classic('1')],
      'the scheduler finds no node for it: 0/1 nodes are available; this could not be checked, for n1 would take it, but which devices nvidia.com/gpu stands for could not be seen',
    ],
    [
      'a classic request that nobody serves',
      [gpus(), two, classic('1')],
      'node n1 does not fit: it lacks nvidia.com/gpu, which it does not offer; smallest change: get nvidia.com/gpu offered on n1',
    ],
    [
      'a claim for what is held',
      [gpus(), two, held('gpu-0'), wanted(2), claimer],
      'node n1 does not fit: it has too few free devices for ResourceClaim train (2 of class gpu.nvidia.com asked, 1 of 2 free); smallest change: free 1 of class gpu.nvidia.com on n1',
    ],
    [
      'a claim that admits none',
      [gpus(), two, wanted(1, unfit), claimer],
      'node n1 does not fit: it has no device of class gpu.nvidia.com that ResourceClaim train admits; smallest change: let ResourceClaim train admit the devices of n1, or add one that it admits',
    ],
    [
      'a claim without slices',
      [gpus(), wanted(1), claimer],
      'node n1 does not fit: it lists no device of class gpu.nvidia.com, which ResourceClaim train asks for; smallest change: run the driver of gpu.nvidia.com on n1',
    ],
    [
      'a claim of a class that is not there',
      [two, wanted(1), claimer],
      'node n1 does not fit: it cannot have the devices of ResourceClaim train, whose DeviceClass gpu.nvidia.com does not exist; smallest change: create DeviceClass gpu.nvidia.com, or name one that exists',
    ],
    [
      'a claim that is not there',
      [gpus(), two, claimer],
      'node n1 does not fit: it cannot have the devices of ResourceClaim train, which does not exist; smallest change: create ResourceClaim train',
    ],
    ['a claim that fits', [gpus(), two, wanted(2), claimer], 'fits on n1 now; the scheduler has not placed it yet'],
  ])('%s', (_name, objects, text) => {
    expect(message([node('n1'), ...objects])).toEqual([text]);
  });

  const unread = (name: string, resourceClaims: Patch[], status: Patch = {}) =>
    pod(name, {
      spec: { nodeName: '', resourceClaims },
      status: { phase: 'Pending', conditions: [], ...status },
      metadata: { creationTimestamp: ago('1h') },
    });
  const byTemplate = unread('web', [{ name: 'gpu', resourceClaimTemplateName: 'large' }]);
  test.each<[string, readonly KubeObject[], SnapshotOptions, string]>([
    [
      'no claim is made of a template',
      [byTemplate],
      {},
      'critical PodDeviceClaimMissing: the scheduler leaves it aside, for no claim is made of ResourceClaimTemplate large',
    ],
    [
      'and why',
      [
        byTemplate,
        event(byTemplate, 'FailedResourceClaimCreation', 'resourceclaimtemplate.resource.k8s.io "large" not found'),
      ],
      {},
      'critical PodDeviceClaimMissing: the scheduler leaves it aside, for no claim is made of ResourceClaimTemplate large: resourceclaimtemplate.resource.k8s.io "large" not found',
    ],
    [
      'a claim that is not there',
      [unread('web', [{ name: 'gpu', resourceClaimName: 'train' }])],
      {},
      'critical PodDeviceClaimMissing: the scheduler leaves it aside, for ResourceClaim train does not exist',
    ],
    [
      'a claim that could not be seen',
      [unread('web', [{ name: 'gpu', resourceClaimName: 'train' }])],
      { missing: { 'resourceclaims.resource.k8s.io': 'forbidden' } },
      'warning PodUnschedulable: the scheduler has not looked at it; why cannot be told, for its device claims could not be seen',
    ],
    [
      'a claim that is there: the scheduler is silent',
      [unread('web', [{ name: 'gpu', resourceClaimName: 'train' }]), wanted(1)],
      {},
      'warning PodNotPickedUp: the scheduler default-scheduler has not looked at the pod for 1h',
    ],
    [
      'a claim that turned out not to be needed',
      [
        unread('web', [{ name: 'gpu', resourceClaimTemplateName: 'large' }], {
          resourceClaimStatuses: [{ name: 'gpu' }],
        }),
      ],
      {},
      'warning PodNotPickedUp: the scheduler default-scheduler has not looked at the pod for 1h',
    ],
  ])('claims of a pod that the scheduler has not looked at: %s', (_name, objects, options, text) => {
    const all = drafts(analyzer, snapshotOf([node('n1'), ...objects], options));
    expect(all.map(({ code, severity, message: told }) => `${severity} ${code}: ${told}`)).toEqual([text]);
  });

  test('what a claim asks for is shown', () => {
    const [draft] = drafts(analyzer, snapshotOf([node('n1'), gpus(), two, wanted(1, unfit), claimer]));
    expect(draft?.evidence).toContainEqual(
      expect.objectContaining({ path: 'spec.devices.requests[0].exactly.selectors[0].cel.expression', value: unfit }),
    );
  });

  test('devices that are free in pieces are told with their sum', () => {
    const part = (name: string, free: number) =>
      [
        node(name, { status: { allocatable: { 'nvidia.com/gpu': '4' } } }),
        pod(`on-${name}`, {
          spec: {
            nodeName: name,
            containers: [{ name: 'c', resources: { requests: { 'nvidia.com/gpu': String(4 - free) } } }],
          },
        }),
      ] as const;
    const all = (asked: string) => message([...part('n1', 2), ...part('n2', 1), classic(asked)])[0];
    expect(all('3')).toContain('2 of 2 have too little nvidia.com/gpu (3 asked, at most 2 free on one, 3 in all)');
    expect(all('4')).toContain('2 of 2 have too little nvidia.com/gpu (4 asked, at most 2 free)');
  });
});

describe('what is linked', () => {
  const ready = (name: string, patch: Patch = {}) => node(name, patch);
  const broken = (key: string) => node('n1', { spec: { taints: [taint(key)] } });
  const claim = (patch: Patch = {}) =>
    object('persistentvolumeclaims', 'shop/data', {
      spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'] },
      status: { phase: 'Pending' },
      ...patch,
    });
  const withClaim = (patch: Patch = {}) =>
    pendingPod('web', { ...patch, spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } });
  const storageClass = (mode: string, provisioner = 'csi.example.com') =>
    object('storageclasses.storage.k8s.io', 'fast', { provisioner, volumeBindingMode: mode });
  const bind =
    'PodUnschedulable -> bind PersistentVolumeClaim shop/data (spec.volumes[0].persistentVolumeClaim.claimName)';
  const rows: readonly [string, readonly KubeObject[], readonly string[]][] = [
    [
      'a node that is only not ready',
      [pendingPod('web'), broken('node.kubernetes.io/not-ready')],
      ['PodUnschedulable -> schedule Node n1 (spec.taints)'],
    ],
    [
      'a node that is only cordoned',
      [pendingPod('web'), ready('n1', { spec: { unschedulable: true } })],
      ['PodUnschedulable -> schedule Node n1 (spec.unschedulable)'],
    ],
    ['not a node kept for others', [pendingPod('web'), broken('dedicated')], []],
    [
      'not a node that is also too small',
      [pendingPod('web', asks({ cpu: '9' })), broken('node.kubernetes.io/not-ready')],
      [],
    ],
    [
      'not a node that is full',
      [pendingPod('web', asks({ cpu: '3' })), pod('old', asks({ cpu: '3' })), ready('n1')],
      [],
    ],
    [
      'a node whose devices are gone',
      [
        pendingPod('web', asks({ 'nvidia.com/gpu': '1' })),
        ready('n1', { status: { capacity: { 'nvidia.com/gpu': '1' }, allocatable: { 'nvidia.com/gpu': '0' } } }),
      ],
      ['PodUnschedulable -> schedule Node n1 (status.allocatable)'],
    ],
    [
      'not a node whose devices are all in use',
      [
        pendingPod('web', asks({ 'nvidia.com/gpu': '1' })),
        pod('old', asks({ 'nvidia.com/gpu': '1' })),
        ready('n1', { status: { capacity: { 'nvidia.com/gpu': '1' }, allocatable: { 'nvidia.com/gpu': '1' } } }),
      ],
      [],
    ],
    ['a claim that does not exist', [withClaim(), ready('n1')], [bind]],
    ['a claim that should be bound already', [withClaim(), claim(), storageClass('Immediate'), ready('n1')], [bind]],
    [
      'a claim without a class',
      [withClaim(), claim({ spec: { accessModes: ['ReadWriteOnce'] } }), ready('n1')],
      [bind],
    ],
    [
      'a claim whose volume nobody makes on the chosen node',
      [
        withClaim(),
        claim({ metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'n1' } } }),
        storageClass('WaitForFirstConsumer'),
        ready('n1'),
      ],
      [bind],
    ],
    [
      'a claim for which no volume is free anywhere',
      [withClaim(), claim(), storageClass('WaitForFirstConsumer', 'kubernetes.io/no-provisioner'), ready('n1')],
      [bind],
    ],
    [
      'not a claim that is bound',
      [
        withClaim(),
        claim({ spec: { volumeName: 'pv' }, status: { phase: 'Bound' } }),
        object('persistentvolumes', 'pv', { spec: {} }),
        broken('dedicated'),
      ],
      [],
    ],
  ];
  test.each(rows)('%s', (_, objects, lines) => {
    expect(links(analyzer, objects)).toEqual(lines);
  });

  test('a claim that waits for a node that is chosen: no condition is needed', () => {
    const objects = [
      pendingPod('web', {
        spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
        metadata: { creationTimestamp: ago('1h') },
        status: { conditions: [], nominatedNodeName: 'n1' },
      }),
      claim({ metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'n1' } } }),
      storageClass('WaitForFirstConsumer'),
      ready('n1'),
    ];
    expect(found(analyzer, objects)).toEqual(critical);
    expect(links(analyzer, objects)).toEqual([bind]);
  });
});

describe('a rollout that waits for itself', () => {
  const gpu = { 'nvidia.com/gpu': '1' };
  const host = node('n1', { status: { capacity: gpu, allocatable: gpu } });
  const story = (strategy: unknown, replicas = 1, old: Patch = {}) => {
    const top = deployment('web', { spec: { replicas, strategy } });
    const before = replicaSet(top, 'old');
    const after = replicaSet(top, 'new', { metadata: { annotations: { 'deployment.kubernetes.io/revision': '2' } } });
    const holder = pod('web-old-1', { ...ownedBy(before), ...asks(gpu), ...old });
    return [top, before, after, host, holder, pendingPod('web', { ...ownedBy(after), ...asks(gpu) })];
  };
  const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } };
  test.each([
    ['one replica, the default strategy', story(rolling), ['critical PodBlockedByOldReplica Pod shop/web']],
    ['no strategy written at all', story({}), ['critical PodBlockedByOldReplica Pod shop/web']],
    ['an old pod may be ended first', story({ rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }), critical],
    ['enough replicas to end one', story(rolling, 4), critical],
    ['Recreate ends old pods first', story({ type: 'Recreate', rollingUpdate: undefined }), critical],
    ['the holder is somebody else', story(rolling, 1, { metadata: { ownerReferences: undefined } }), critical],
  ] as const)('%s', (_, objects, lines) => {
    expect(found(analyzer, objects)).toEqual(lines);
  });
});
