/** `mekhanikube gpu`: what is counted, who holds it, why others wait, and how it is printed. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { gpuSchemaText } from '../../scripts/schema.ts';
import { intake } from '../../src/cluster/redact/intake.ts';
import { type GpuReport, gpuSchema, gpuSchemaVersion } from '../../src/model/gpu-schema.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { renderGpuJson, renderGpuText } from '../../src/render/gpu.ts';
import { buildGpuReport } from '../../src/report/gpu.ts';
import { cannotPull, gpuHolder, gpuNode, gpuWaiter, pluginSet } from '../analyzers/gpu-support.ts';
import { loadedOf } from '../support/loaded.ts';
import { ago, deployment, node, object, ownedBy, pendingPod, replicaSet } from '../support/objects.ts';
import type { SnapshotOptions } from '../support/snapshot.ts';

const about = (objects: readonly KubeObject[], options: SnapshotOptions = {}) =>
  gpuSchema.parse(buildGpuReport(loadedOf(objects, options)));
const shown = (report: GpuReport, options = {}) => renderGpuText(report, options).split('\n');
const slice = (on: string, devices: unknown[], generation = 1) =>
  object('resourceslices.resource.k8s.io', `${on}-${generation}`, {
    spec: {
      driver: 'gpu.nvidia.com',
      nodeName: on,
      pool: { name: on, generation, resourceSliceCount: 1 },
      devices,
    },
  });
const claim = (name: string, device?: string) =>
  object('resourceclaims.resource.k8s.io', `shop/${name}`, {
    spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com', count: 1 } }] } },
    ...(device === undefined
      ? {}
      : {
          status: {
            allocation: { devices: { results: [{ driver: 'gpu.nvidia.com', pool: 'n1', device, request: 'gpu' }] } },
          },
        }),
  });
const anyDevice = object('deviceclasses.resource.k8s.io', 'gpu.nvidia.com', { spec: {} });
const claims = (name: string) => ({ spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: name }] } });

describe('what is counted', () => {
  const rows: readonly (readonly [string, readonly KubeObject[], readonly unknown[]])[] = [
    ['nothing', [node('n1')], []],
    [
      'free and held',
      [gpuNode('n1', 4), gpuHolder('a', 'n1', 3), gpuNode('n2', 4)],
      [['nvidia.com/gpu', 'plugin', 2, 8, 8, 3, 5, 0, 4]],
    ],
    [
      'unhealthy ones are not free',
      [gpuNode('n1', 4, 3), gpuHolder('a', 'n1', 1)],
      [['nvidia.com/gpu', 'plugin', 1, 4, 3, 1, 2, 1, 2]],
    ],
    [
      'pods that are over hold nothing, pods that cannot start do',
      [gpuNode('n1', 2), gpuHolder('a', 'n1', 1, { status: { phase: 'Failed' } }), gpuHolder('b', 'n1', 1, cannotPull)],
      [['nvidia.com/gpu', 'plugin', 1, 2, 2, 1, 1, 0, 1]],
    ],
    [
      'what is free on a cordoned node is no block to be had',
      [gpuNode('n1', 4, 4, { spec: { unschedulable: true } }), gpuNode('n2', 1)],
      [['nvidia.com/gpu', 'plugin', 2, 5, 5, 0, 5, 0, 1]],
    ],
    [
      'slices of a partitioned GPU, and nothing of the name left behind',
      [
        node('n1', {
          status: {
            capacity: { 'nvidia.com/gpu': '0', 'nvidia.com/mig-1g.5gb': '7' },
            allocatable: { 'nvidia.com/gpu': '0', 'nvidia.com/mig-1g.5gb': '7' },
          },
        }),
      ],
      [['nvidia.com/mig-1g.5gb', 'plugin', 1, 7, 7, 0, 7, 0, 7]],
    ],
    [
      'devices of DRA by the newest generation of their pool',
      [
        gpuNode('n1'),
        slice('n1', [{ name: 'old' }]),
        slice(
          'n1',
          [
            { name: 'gpu-0' },
            { name: 'gpu-1' },
            { name: 'gpu-2', taints: [{ key: 'gpu.nvidia.com/xid', value: '79', effect: 'NoSchedule' }] },
          ],
          2,
        ),
        claim('one', 'gpu-0'),
        gpuHolder('a', 'n1', 0, claims('one')),
      ],
      [['gpu.nvidia.com', 'dra', 1, 3, 2, 1, 1, 1, 1]],
    ],
  ];
  test.each(rows)('%s', (_, objects, expected) => {
    const totals = about(objects).totals.map((one) => [
      one.resource,
      one.through,
      one.nodes,
      one.capacity,
      one.allocatable,
      one.requested,
      one.free,
      one.unhealthy,
      one.largestFree,
    ]);
    expect(totals).toEqual(expected);
  });
});

describe('why pods wait', () => {
  const taint = { taints: [{ key: 'dedicated', value: 'ml', effect: 'NoSchedule' }] };
  const rows: readonly (readonly [cause: string, why: RegExp, change: RegExp, objects: readonly KubeObject[]])[] = [
    [
      'gated',
      /gate kueue/,
      /queue/,
      [gpuNode('n1', 1), gpuWaiter('w', 1, 'nvidia.com/gpu', { spec: { schedulingGates: [{ name: 'kueue' }] } })],
    ],
    ['no-gpu', /none is known to have a GPU/, /add a node/, [node('n1'), gpuWaiter()]],
    [
      'name-not-offered',
      /offered are amd\.com\/gpu/,
      /ask for amd\.com\/gpu/,
      [node('n1', { status: { capacity: { 'amd.com/gpu': '1' }, allocatable: { 'amd.com/gpu': '1' } } }), gpuWaiter()],
    ],
    ['plugin-silent', /n1 should offer nvidia\.com\/gpu/, /repair the device plugin/, [gpuNode('n1'), gpuWaiter()]],
    ['plugin-silent', /n1 should offer/, /repair/, [gpuNode('n1', 4, 0), gpuWaiter()]],
    [
      'too-large',
      /asks for 8 .* no node has more than 4/,
      /at most 4/,
      [gpuNode('n1', 4), gpuNode('n2', 4), gpuWaiter('w', 8)],
    ],
    [
      'selector',
      /matches nvidia\.com\/gpu\.product=H100/,
      /label a node/,
      [
        gpuNode('n1', 4),
        gpuWaiter('w', 1, 'nvidia.com/gpu', { spec: { nodeSelector: { 'nvidia.com/gpu.product': 'H100' } } }),
      ],
    ],
    ['taint', /dedicated=ml:NoSchedule/, /tolerate dedicated=ml/, [gpuNode('n1', 4, 4, { spec: taint }), gpuWaiter()]],
    [
      'node-unavailable',
      /cordoned or not ready: n1/,
      /bring back n1/,
      [gpuNode('n1', 4, 4, { spec: { unschedulable: true } }), gpuWaiter()],
    ],
    [
      'all-held',
      /all nvidia\.com\/gpu of node n1 are held/,
      /free 1 nvidia\.com\/gpu on n1: held by shop\/b \(ImagePullBackOff\)$/,
      [gpuNode('n1', 2), gpuHolder('a', 'n1'), gpuHolder('b', 'n1', 1, cannotPull), gpuWaiter()],
    ],
    [
      'fragmented',
      /2 nvidia\.com\/gpu are free on 2 nodes, but at most 1 on one, and it asks for 2/,
      /on n1|on n2/,
      [gpuNode('n1', 2), gpuHolder('a', 'n1'), gpuNode('n2', 2), gpuHolder('b', 'n2'), gpuWaiter('w', 2)],
    ],
    [
      'other',
      /in the way on n1: too little cpu/,
      /analyze/,
      [
        gpuNode('n1', 2),
        gpuWaiter('w', 1, 'nvidia.com/gpu', {
          spec: {
            containers: [
              { name: 'app', image: 'a', resources: { requests: { cpu: '64' }, limits: { 'nvidia.com/gpu': '1' } } },
            ],
          },
        }),
      ],
    ],
    ['fits', /a node takes it now/, /^$/, [gpuNode('n1', 2), gpuWaiter()]],
    [
      'claims',
      /ResourceClaim one asks for DeviceClass gpu\.nvidia\.com, which does not exist/,
      /create DeviceClass/,
      [gpuNode('n1'), slice('n1', [{ name: 'gpu-0' }]), claim('one'), pendingPod('w', claims('one'))],
    ],
    [
      'claims',
      /asks for 1 of gpu\.nvidia\.com, and no ResourceSlice lists a device of that class/,
      /repair the driver/,
      [gpuNode('n1'), anyDevice, claim('one'), pendingPod('w', claims('one'))],
    ],
    [
      'claims',
      /asks for 1 of gpu\.nvidia\.com, and of those that it admits all 2 are held/,
      /end a pod that holds one/,
      [
        gpuNode('n1'),
        gpuNode('n2'),
        anyDevice,
        slice('n1', [{ name: 'gpu-0' }, { name: 'gpu-1' }]),
        claim('two', 'gpu-0'),
        claim('three', 'gpu-1'),
        claim('one'),
        pendingPod('w', claims('one')),
      ],
    ],
    [
      'claims',
      /asks for 1 of gpu\.nvidia\.com, and 1 of those that it admits is out of service/,
      /mend the devices that their driver took out of service/,
      [
        gpuNode('n1'),
        anyDevice,
        slice('n1', [{ name: 'gpu-0', taints: [{ key: 'lost', effect: 'NoSchedule' }] }]),
        claim('one'),
        pendingPod('w', claims('one')),
      ],
    ],
    [
      'claims',
      /no node has 2 devices of gpu\.nvidia\.com that ResourceClaim one admits/,
      /kubectl get resourceslices/,
      [
        gpuNode('n1'),
        anyDevice,
        slice('n1', [{ name: 'gpu-0' }]),
        object('resourceclaims.resource.k8s.io', 'shop/one', {
          spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu.nvidia.com', count: 2 } }] } },
        }),
        pendingPod('w', claims('one')),
      ],
    ],
    [
      'unseen',
      /n1 would take it, but which devices ResourceClaim one admits could not be seen/,
      /^$/,
      [
        gpuNode('n1'),
        object('deviceclasses.resource.k8s.io', 'gpu.nvidia.com', {
          spec: { selectors: [{ cel: { expression: 'f()' } }] },
        }),
        slice('n1', [{ name: 'gpu-0' }]),
        claim('one'),
        pendingPod('w', claims('one')),
      ],
    ],
    [
      'fits',
      /a node takes it now/,
      /^$/,
      [gpuNode('n1'), anyDevice, slice('n1', [{ name: 'gpu-0' }]), claim('one'), pendingPod('w', claims('one'))],
    ],
    [
      'no-gpu',
      /none is known to have a GPU/,
      /label n1 nvidia\.com\/gpu\.present=true if it has a GPU: under WSL2/,
      [
        node('n1', { status: { nodeInfo: { kernelVersion: '5.15.167.4-microsoft-standard-WSL2' } } }),
        pluginSet({ status: { desiredNumberScheduled: 0 } }),
        gpuWaiter(),
      ],
    ],
    [
      'no-gpu',
      /none is known to have a GPU/,
      /let DaemonSet gpu-operator\/nvidia-device-plugin, which matches no node, run where the GPUs are/,
      [node('n1'), pluginSet({ status: { desiredNumberScheduled: 0 } }), gpuWaiter()],
    ],
    [
      'name-not-offered',
      /offered are amd\.com\/gpu/,
      /ask for amd\.com\/gpu, with an image that is built for AMD, or add a node with nvidia\.com\/gpu/,
      [node('n1', { status: { capacity: { 'amd.com/gpu': '8' }, allocatable: { 'amd.com/gpu': '8' } } }), gpuWaiter()],
    ],
  ];
  test.each(rows)('%s: %s', (cause, why, change, objects) => {
    const [first, ...rest] = about(objects).waiting;
    expect(rest).toEqual([]);
    expect(first?.cause).toBe(cause);
    expect(first?.why).toMatch(why);
    expect(first?.change ?? '').toMatch(change);
  });

  test('a quota that lets no pod be made', () => {
    const message =
      'pods "train-x" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=2, used: requests.nvidia.com/gpu=4, limited: requests.nvidia.com/gpu=4';
    const train = deployment('train');
    const set = replicaSet(train, '6d5f7c9b8', {
      status: {
        replicas: 0,
        conditions: [
          { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: ago('5m') },
        ],
      },
    });
    expect(about([train, set, gpuNode('n1', 8)]).waiting).toEqual([
      {
        namespace: 'shop',
        owner: 'Deployment shop/train',
        asks: [{ resource: 'nvidia.com/gpu', amount: 2 }],
        since: ago('5m'),
        cause: 'quota',
        why: 'exceeded quota: gpus, requested: requests.nvidia.com/gpu=2, used: requests.nvidia.com/gpu=4, limited: requests.nvidia.com/gpu=4',
        change: 'raise the quota gpus, or end another pod of the namespace',
      },
    ]);
  });

  test('nodes that could not be seen are no reason', () => {
    expect(about([gpuWaiter()], { missing: { nodes: 'forbidden' } }).waiting[0]?.cause).toBe('unseen');
  });
});

test('what a node is, who holds it, and a bar of it', () => {
  const llm = deployment('llm');
  const set = replicaSet(llm);
  const labels = {
    'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-80GB',
    'nvidia.com/cuda.driver-version.full': '570.26.00',
    'nvidia.com/cuda.runtime-version.full': '12.8',
  };
  const objects = [
    llm,
    set,
    gpuNode('n1', 8, 7, { metadata: { labels } }),
    gpuHolder('llm-1', 'n1', 4, ownedBy(set)),
    gpuHolder('b', 'n1', 1, cannotPull),
    gpuWaiter('w', 4),
  ];
  expect(shown(about(objects), { columns: 120, bars: true })).toEqual([
    'Cluster test (context test-context, v1.36.3), at 2026-03-01 12:00:00 UTC',
    '',
    'nvidia.com/gpu: 5 of 7 held on 1 node, 2 free, 1 of 8 not given out',
    '',
    'n1  NVIDIA-A100-SXM4-80GB, driver 570.26.00, CUDA up to 12.8',
    '  nvidia.com/gpu  ████▒░░×  5 of 7 held, 2 free, 1 of 8 not given out',
    '    1  Pod shop/b  ImagePullBackOff, for 47m',
    '    4  Deployment shop/llm (llm-1)  running, for 2d',
    '',
    '█ held   ▒ held by a pod that does not run   ░ free   × not given out',
    '',
    'Waiting',
    '  Pod shop/w asks for 4 nvidia.com/gpu, for 1h: 2 nvidia.com/gpu are free on node n1, and it asks for 4',
    '    To let it run: free 2 nvidia.com/gpu on n1: held by shop/b (ImagePullBackOff), shop/llm-1',
    '',
  ]);
});

test('what DRA hands out is called as its driver says', () => {
  const l4 = slice('n1', [{ name: 'gpu-0', attributes: { productName: { string: 'NVIDIA L4' } } }]);
  expect(about([gpuNode('n1'), l4]).nodes[0]?.product).toBe('NVIDIA L4');
  const taken = intake('resourceslices.resource.k8s.io', l4);
  expect(taken).toEqual({ object: l4 });
});

test('shares and partitions are named', () => {
  const sharing = (labels: Record<string, string>, resource = 'nvidia.com/gpu') =>
    about([
      node('n1', { metadata: { labels }, status: { capacity: { [resource]: '4' }, allocatable: { [resource]: '4' } } }),
    ]).nodes[0]?.sharing;
  expect(sharing({})).toBeUndefined();
  expect(sharing({ 'nvidia.com/gpu.replicas': '1', 'nvidia.com/gpu.sharing-strategy': 'none' })).toBeUndefined();
  expect(sharing({ 'nvidia.com/gpu.replicas': '4', 'nvidia.com/gpu.sharing-strategy': 'time-slicing' })).toBe(
    'time-slicing x4',
  );
  expect(sharing({}, 'nvidia.com/mig-1g.5gb')).toBe('MIG mixed');
  expect(sharing({ 'nvidia.com/mig.strategy': 'single', 'nvidia.com/gpu.product': 'A100-MIG-1g.5gb' })).toBe(
    'MIG single',
  );
});

test('replicas that wait for the same are told as one', () => {
  const set = replicaSet(deployment('train'));
  const three = ['a', 'b', 'c'].map((name) => gpuWaiter(`train-${name}`, 1, 'nvidia.com/gpu', ownedBy(set)));
  const lines = shown(about([deployment('train'), set, gpuNode('n1', 1), gpuHolder('x', 'n1'), ...three]), {
    columns: 120,
  });
  expect(lines.filter((line) => line.includes('train'))).toEqual([
    '  3 pods of Deployment shop/train ask for 1 nvidia.com/gpu each, for 1h: all nvidia.com/gpu of node n1 are held',
  ]);
});

test('no accelerators, and what was looked at', () => {
  const text = shown(about([node('n1'), node('n2')]))
    .join('\n')
    .replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    'No accelerators: none of 2 nodes offers one (status.capacity) or has a label that tells of one,',
  );
  expect(text).toContain('no ResourceSlice lists one, none of 0 pods waits for one.');
});

test('what could not be seen is said, and nothing is concluded from it', () => {
  const blind = about([], { missing: { nodes: 'may not be listed (403)' } });
  expect(blind.complete).toBe(false);
  const text = shown(blind, { columns: 120 }).join('\n');
  expect(text).toContain('Whether there are accelerators cannot be told: no node could be seen.');
  expect(text).toContain('Not seen: nodes (may not be listed (403))');
  expect(text).not.toContain('No accelerators');
});

test('a node that should offer some and does not', () => {
  expect(shown(about([gpuNode('n1')]), { columns: 120 })).toEqual([
    'Cluster test (context test-context, v1.36.3), at 2026-03-01 12:00:00 UTC',
    '',
    'No accelerators are offered, though labels tell of some.',
    '',
    'n1',
    '  offers none, though it has the label nvidia.com/gpu.present=true',
    '',
  ]);
});

test('text of a cluster acts upon no terminal', () => {
  const hostile = gpuNode('n1', 1, 1, { metadata: { labels: { 'nvidia.com/gpu.product': 'A\u001B[31m\u202Eevil' } } });
  const report = about([hostile]);
  expect(renderGpuText(report, {})).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  expect(renderGpuJson(report)).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  expect(JSON.parse(renderGpuJson(report))).toEqual(report);
});

test('the same cluster gives the same bytes', () => {
  const objects = [gpuNode('n1', 1), gpuHolder('a', 'n1', 1, { metadata: { creationTimestamp: ago('3d') } })];
  expect(renderGpuJson(about(objects))).toBe(renderGpuJson(about(objects.toReversed())));
});

test('schema/gpu.json is what the source says: run "node scripts/schema.ts"', async () => {
  expect(await readFile(new URL('../../schema/gpu.json', import.meta.url), 'utf8')).toBe(gpuSchemaText());
  expect(about([]).schemaVersion).toBe(gpuSchemaVersion);
});
