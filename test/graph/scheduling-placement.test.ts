import { describe, expect, test } from 'vitest';
import { candidates, holdersOf, nearestNode } from '../../src/graph/scheduling/change.ts';
import { placementOf, placementWithout } from '../../src/graph/scheduling/placement.ts';
import type { Reason } from '../../src/graph/scheduling/reasons.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { Pod } from '../../src/model/resources.ts';
import { ago, node, object, type Patch, pendingPod, pod } from '../support/objects.ts';
import { snapshotOf } from '../support/snapshot.ts';

/** Kinds of reasons per node: `n1: cordon taint`. */
function verdicts(waiting: Pod, objects: readonly KubeObject[]): readonly string[] {
  return placementOf(snapshotOf([...objects, waiting]), waiting).nodes.map(
    ({ node: { metadata }, reasons }) => `${metadata.name}: ${reasons.map(name).join(' ') || 'fits'}`,
  );
}
const name = (reason: Reason) =>
  reason.kind === 'resource' ? reason.resource : reason.kind === 'volume' ? reason.why : reason.kind;

const zoned = (host: string, zone: string, patch: Patch = {}) =>
  node(host, { metadata: { labels: { 'topology.kubernetes.io/zone': zone } }, ...patch });
const asks = (requests: Patch): Patch => ({ spec: { containers: [{ name: 'c', resources: { requests } }] } });
const on = (nodeName: string, labels: Patch = {}, rest: Patch = {}): Patch => ({
  metadata: { labels },
  spec: { nodeName, ...rest },
});
const zone = 'topology.kubernetes.io/zone';
const web = { labelSelector: { matchLabels: { app: 'web' } } };

describe('all filters that fail are told, not only the first', () => {
  test('a cordoned node is cordoned once, whatever its taint says', () => {
    const closed = { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] };
    expect(verdicts(pendingPod('p', asks({ cpu: '9', memory: '99Gi' })), [node('n1', { spec: closed })])).toEqual([
      'n1: cordon cpu memory',
    ]);
  });
  test('a toleration of the cordon opens a cordoned node', () => {
    const daemon = pendingPod('p', {
      spec: { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] },
    });
    expect(verdicts(daemon, [node('n1', { spec: { unschedulable: true } })])).toEqual(['n1: fits']);
  });
  test('only hard taints count', () => {
    const taints = [
      { key: 'a', effect: 'PreferNoSchedule' },
      { key: 'b', effect: 'NoExecute' },
    ];
    expect(
      verdicts(pendingPod('p'), [
        node('n1', { spec: { taints: taints.slice(0, 1) } }),
        node('n2', { spec: { taints } }),
      ]),
    ).toEqual(['n1: fits', 'n2: taint']);
  });
  test('terminating, waiting and crashing pods hold their share, ended ones do not', () => {
    const half = asks({ cpu: '2' });
    const waits = pendingPod('p', asks({ cpu: '3' }));
    expect(verdicts(waits, [node('n1'), pod('a', { ...half, metadata: { deletionTimestamp: ago('1m') } })])).toEqual([
      'n1: cpu',
    ]);
    expect(verdicts(waits, [node('n1'), pod('a', { ...half, status: { phase: 'Pending' } })])).toEqual(['n1: cpu']);
    expect(verdicts(waits, [node('n1'), pod('a', { ...half, status: { phase: 'Succeeded' } })])).toEqual(['n1: fits']);
  });
  test('room kept for a nominated pod of the same priority is taken, of a lower one not', () => {
    const kept = (priority: number) =>
      pendingPod('kept', {
        spec: { priority, ...(asks({ cpu: '3' })['spec'] as Patch) },
        status: { nominatedNodeName: 'n1' },
      });
    const waits = pendingPod('p', { spec: { priority: 5, ...(asks({ cpu: '3' })['spec'] as Patch) } });
    expect(verdicts(waits, [node('n1'), kept(5)])).toEqual(['n1: cpu']);
    expect(verdicts(waits, [node('n1'), kept(4)])).toEqual(['n1: fits']);
  });
  test('a pod nominated itself does not stand in its own way', () => {
    const waits = pendingPod('p', { ...asks({ cpu: '3' }), status: { nominatedNodeName: 'n1' } });
    expect(verdicts(waits, [node('n1')])).toEqual(['n1: fits']);
  });
});

describe('pods that keep together or apart', () => {
  const term = (rest: Patch = {}) => [{ topologyKey: zone, ...web, ...rest }];
  const near = (terms: unknown, labels: Patch = {}) =>
    pendingPod('p', {
      metadata: { labels: { app: 'other', ...labels } },
      spec: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } },
    });
  const apart = (terms: unknown, labels: Patch = {}) => ({
    metadata: { labels: { app: 'web', ...labels } },
    spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } },
  });
  const zones = [zoned('n1', 'a'), zoned('n2', 'a'), zoned('n3', 'b'), node('n4')];
  const friend = pod('friend', on('n1', { app: 'web' }));
  const elsewhere = pod('other/friend', on('n1', { app: 'web' }));
  const team = object('namespaces', 'other', { metadata: { labels: { team: 'x' } } });
  const inA = ['n1: fits', 'n2: fits', 'n3: pod-affinity', 'n4: pod-affinity'];
  const nowhere = ['n1: pod-affinity', 'n2: pod-affinity', 'n3: pod-affinity', 'n4: pod-affinity'];
  test.each([
    ['near a pod in its zone', near(term()), [friend], inA],
    ['nobody to be near to', near(term()), [], nowhere],
    ['only of its own namespace', near(term()), [elsewhere], nowhere],
    ['of a namespace by name', near(term({ namespaces: ['other'] })), [elsewhere], inA],
    [
      'of namespaces by label',
      near(term({ namespaceSelector: { matchLabels: { team: 'x' } } })),
      [elsewhere, team],
      inA,
    ],
    [
      'not of namespaces with other labels',
      near(term({ namespaceSelector: { matchLabels: { team: 'y' } } })),
      [elsewhere, team],
      nowhere,
    ],
    ['of all namespaces', near(term({ namespaceSelector: {} })), [elsewhere], inA],
    ['a named selector is absent: nobody', near([{ topologyKey: zone }]), [friend], nowhere],
    [
      'the first of its kind goes wherever the topology exists',
      near(term(), { app: 'web' }),
      [],
      ['n1: fits', 'n2: fits', 'n3: fits', 'n4: pod-affinity'],
    ],
    ['the second goes to the first', near(term(), { app: 'web' }), [friend], inA],
    [
      'with its own values of label keys',
      near(term({ matchLabelKeys: ['v'] }), { v: '2' }),
      [friend, pod('same', on('n3', { app: 'web', v: '2' }))],
      ['n1: pod-affinity', 'n2: pod-affinity', 'n3: fits', 'n4: pod-affinity'],
    ],
    [
      'apart from its like',
      pendingPod('p', apart(term())),
      [friend],
      ['n1: pod-anti-affinity', 'n2: pod-anti-affinity', 'n3: fits', 'n4: fits'],
    ],
    [
      'kept apart by a rule of others',
      pendingPod('p', { metadata: { labels: { app: 'web' } } }),
      [pod('loner', { ...apart(term(), { app: 'loner' }), spec: { ...apart(term()).spec, nodeName: 'n3' } })],
      ['n1: fits', 'n2: fits', 'n3: pod-anti-affinity', 'n4: fits'],
    ],
    [
      'a rule of others about somebody else',
      pendingPod('p', { metadata: { labels: { app: 'db' } } }),
      [pod('loner', { ...apart(term()), spec: { ...apart(term()).spec, nodeName: 'n3' } })],
      ['n1: fits', 'n2: fits', 'n3: fits', 'n4: fits'],
    ],
    [
      'ended pods keep nobody apart',
      pendingPod('p', apart(term())),
      [pod('done', { ...on('n1', { app: 'web' }), status: { phase: 'Failed' } })],
      ['n1: fits', 'n2: fits', 'n3: fits', 'n4: fits'],
    ],
  ] as const)('%s', (_, waiting, others, lines) => {
    expect(verdicts(waiting, [...zones, ...others])).toEqual(lines);
  });
});

describe('pods that spread', () => {
  const spread = (rest: Patch = {}, spec: Patch = {}) =>
    pendingPod('p', {
      metadata: { labels: { app: 'web', hash: '2' } },
      spec: {
        ...spec,
        topologySpreadConstraints: [
          { topologyKey: zone, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', ...web, ...rest },
        ],
      },
    });
  const there = (count: number, host: string, patch: Patch = {}) =>
    Array.from({ length: count }, (_, index) => pod(`${host}-${index}`, { ...patch, ...on(host, { app: 'web' }) }));
  const zones = [zoned('n1', 'a'), zoned('n2', 'b'), node('n3')];
  const tainted = zoned('n2', 'b', { spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } });
  test.each([
    ['to where fewer are', spread(), [...zones, ...there(1, 'n1')], ['n1: spread', 'n2: fits', 'n3: spread']],
    ['within the skew', spread({ maxSkew: 2 }), [...zones, ...there(1, 'n1')], ['n1: fits', 'n2: fits', 'n3: spread']],
    [
      'a wish is no rule',
      spread({ whenUnsatisfiable: 'ScheduleAnyway' }),
      [...zones, ...there(3, 'n1')],
      ['n1: fits', 'n2: fits', 'n3: fits'],
    ],
    [
      'terminating pods do not count',
      spread(),
      [
        ...zones,
        pod('t', { ...on('n1', { app: 'web' }), metadata: { labels: { app: 'web' }, deletionTimestamp: ago('1m') } }),
      ],
      ['n1: fits', 'n2: fits', 'n3: spread'],
    ],
    [
      'pods of other namespaces do not count',
      spread(),
      [...zones, pod('other/x', on('n1', { app: 'web' }))],
      ['n1: fits', 'n2: fits', 'n3: spread'],
    ],
    [
      'too few domains: the least is none',
      spread({ minDomains: 3 }),
      [...zones, ...there(1, 'n1'), ...there(1, 'n2')],
      ['n1: spread', 'n2: spread', 'n3: spread'],
    ],
    [
      'a tainted zone counts by default',
      spread(),
      [zoned('n1', 'a'), tainted, ...there(1, 'n1')],
      ['n1: spread', 'n2: taint'],
    ],
    [
      'unless taints are honoured',
      spread({ nodeTaintsPolicy: 'Honor' }),
      [zoned('n1', 'a'), tainted, ...there(1, 'n1')],
      ['n1: fits', 'n2: taint'],
    ],
    [
      'nodes that its selector excludes do not count',
      spread({}, { nodeSelector: { [zone]: 'a' } }),
      [...zones, ...there(1, 'n1')],
      ['n1: fits', 'n2: affinity', 'n3: affinity spread'],
    ],
    [
      'unless affinity is ignored',
      spread({ nodeAffinityPolicy: 'Ignore' }, { nodeSelector: { [zone]: 'a' } }),
      [...zones, ...there(1, 'n1')],
      ['n1: spread', 'n2: affinity', 'n3: affinity spread'],
    ],
    [
      'its own values of label keys: pods of the older template do not count',
      spread({ matchLabelKeys: ['hash'] }),
      [...zones, ...there(1, 'n1')],
      ['n1: fits', 'n2: fits', 'n3: spread'],
    ],
  ] as const)('%s', (_, waiting, others, lines) => {
    expect(verdicts(waiting, others)).toEqual(lines);
  });
});

describe('volumes', () => {
  const claim = (patch: Patch = {}, size = '1Gi') =>
    object('persistentvolumeclaims', 'shop/data', {
      spec: { storageClassName: 'local', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
      ...patch,
    });
  const bound = claim({ spec: { volumeName: 'pv', accessModes: ['ReadWriteOnce'] }, status: { phase: 'Bound' } });
  const only = (value: string, key = 'kubernetes.io/hostname') => ({
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }] },
  });
  const volume = (pv: string, spec: Patch, rest: Patch = {}) =>
    object('persistentvolumes', pv, {
      spec: { capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'local', ...spec },
      status: { phase: 'Available' },
      ...rest,
    });
  const storageClass = (provisioner: string, rest: Patch = {}) =>
    object('storageclasses.storage.k8s.io', 'local', {
      provisioner,
      volumeBindingMode: 'WaitForFirstConsumer',
      ...rest,
    });
  const none = 'kubernetes.io/no-provisioner';
  const selected = { metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'n2' } } };
  const waiting = pendingPod('p', { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } });
  const hosts = [zoned('n1', 'a'), zoned('n2', 'b')];
  test.each([
    ['bound to another node', [bound, volume('pv', { nodeAffinity: only('n2') })], ['n1: node-affinity', 'n2: fits']],
    ['bound to every node', [bound, volume('pv', {})], ['n1: fits', 'n2: fits']],
    [
      'bound in another zone',
      [bound, volume('pv', {}, { metadata: { labels: { [zone]: 'b__c' } } })],
      ['n1: zone', 'n2: fits'],
    ],
    [
      'bound in a zone by its old name',
      [bound, volume('pv', { nodeAffinity: only('b', 'failure-domain.beta.kubernetes.io/zone') })],
      ['n1: node-affinity', 'n2: fits'],
    ],
    [
      'a free volume on one node',
      [claim(), storageClass(none), volume('pv', { nodeAffinity: only('n2') })],
      ['n1: no-volume', 'n2: fits'],
    ],
    [
      'a free volume that is too small',
      [claim({}, '3Gi'), storageClass(none), volume('pv', {})],
      ['n1: no-volume', 'n2: no-volume'],
    ],
    [
      'a volume that is not free',
      [claim(), storageClass(none), volume('pv', { claimRef: { namespace: 'shop', name: 'x' } })],
      ['n1: no-volume', 'n2: no-volume'],
    ],
    [
      'a volume kept for it',
      [
        claim(),
        storageClass(none),
        volume('pv', { claimRef: { namespace: 'shop', name: 'data' } }, { status: { phase: 'Released' } }),
      ],
      ['n1: fits', 'n2: fits'],
    ],
    [
      'a volume of another class',
      [claim(), storageClass(none), volume('pv', { storageClassName: 'x' })],
      ['n1: no-volume', 'n2: no-volume'],
    ],
    [
      'a volume of other access',
      [claim(), storageClass(none), volume('pv', { accessModes: ['ReadOnlyMany'] })],
      ['n1: no-volume', 'n2: no-volume'],
    ],
    ['a provisioner anywhere', [claim(), storageClass('csi.x')], ['n1: fits', 'n2: fits']],
    [
      'a provisioner in one zone',
      [
        claim(),
        storageClass('csi.x', { allowedTopologies: [{ matchLabelExpressions: [{ key: zone, values: ['b'] }] }] }),
      ],
      ['n1: topology', 'n2: fits'],
    ],
    [
      'another node is chosen already',
      [claim(selected), storageClass('csi.x')],
      ['n1: selected-elsewhere', 'n2: fits'],
    ],
    [
      'used by a pod that has it for itself',
      [
        claim({ spec: { volumeName: 'pv', accessModes: ['ReadWriteOncePod'] }, status: { phase: 'Bound' } }),
        volume('pv', {}),
        pod('user', { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } }),
      ],
      ['n1: in-use', 'n2: in-use'],
    ],
    [
      'used by a pod on the same claim, read and written once per node',
      [
        bound,
        volume('pv', {}),
        pod('user', { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } }),
      ],
      ['n1: fits', 'n2: fits'],
    ],
  ] as const)('%s', (_, others, lines) => {
    expect(verdicts(waiting, [...hosts, ...others])).toEqual(lines);
  });

  test('a driver attaches so many volumes to a node, each counted once', () => {
    const csi = (handle: string) => ({ csi: { driver: 'csi.x', volumeHandle: handle } });
    const limit = (count: number) =>
      object('csinodes.storage.k8s.io', 'n1', {
        spec: { drivers: [{ name: 'csi.x', nodeID: 'n1', allocatable: { count } }] },
      });
    const other = object('persistentvolumeclaims', 'shop/other', {
      spec: { volumeName: 'pv2' },
      status: { phase: 'Bound' },
    });
    const user = pod('user', { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'other' } }] } });
    const attached = object('volumeattachments.storage.k8s.io', 'va', {
      spec: { attacher: 'csi.x', nodeName: 'n1', source: { persistentVolumeName: 'pv2' } },
    });
    const all = [node('n1'), bound, volume('pv', csi('v1')), volume('pv2', csi('v2')), other, user, attached];
    expect(verdicts(waiting, [...all, limit(1)])).toEqual(['n1: volume-limit']);
    expect(verdicts(waiting, [...all, limit(2)])).toEqual(['n1: fits']);
  });

  test.each([
    ['missing', []],
    ['lost', [claim({ status: { phase: 'Lost' } })]],
    ['deleting', [claim({ metadata: { deletionTimestamp: ago('1m') } })]],
    ['unbound', [claim(), storageClass('csi.x', { volumeBindingMode: 'Immediate' })]],
    ['unbound', [claim()]],
    ['volume-missing', [bound]],
  ])('a claim that no node can help: %s', (why, others) => {
    expect(placementOf(snapshotOf([...hosts, ...others, waiting]), waiting).claims).toMatchObject([
      { claim: 'data', why },
    ]);
  });
  test('what could not be read is no fault', () => {
    const snapshot = snapshotOf([...hosts, waiting], { missing: { persistentvolumeclaims: 'forbidden' } });
    expect(placementOf(snapshot, waiting)).toMatchObject({ claims: [], unseen: ['persistentvolumeclaims'] });
  });
});

test('the nearest node needs the fewest and mildest changes', () => {
  const waiting = pendingPod('p', asks({ cpu: '3' }));
  const busy = (host: string, cpu: string) =>
    pod(`busy-${host}`, { spec: { nodeName: host, ...(asks({ cpu })['spec'] as Patch) } });
  const taints = [{ key: 'x', effect: 'NoSchedule' }];
  const all = [
    node('n1', { spec: { taints, unschedulable: true } }),
    node('n2'),
    busy('n2', '3'),
    node('n3'),
    busy('n3', '2'),
    node('n4', { spec: { taints } }),
  ];
  const pick = (objects: readonly KubeObject[]) =>
    nearestNode(placementOf(snapshotOf(objects), waiting).nodes)?.node.metadata.name;
  expect(pick(all)).toBe('n4');
  expect(pick(all.slice(0, 5))).toBe('n3');
  expect(pick([node('n1')])).toBeUndefined();
});

test('ports that the same pod holds are one reason, ports of others are more', () => {
  const takes = (...ports: readonly [number, string][]): Patch => ({
    spec: {
      containers: [
        { name: 'c', ports: ports.map(([hostPort, protocol]) => ({ containerPort: hostPort, hostPort, protocol })) },
      ],
    },
  });
  const waiting = pendingPod('p', takes([80, 'TCP'], [443, 'TCP'], [53, 'UDP']));
  const reasons = (...others: readonly KubeObject[]) => verdicts(waiting, [node('n1'), ...others]);
  expect(reasons(pod('a', takes([80, 'TCP'], [443, 'TCP'])))).toEqual(['n1: port']);
  expect(reasons(pod('a', takes([80, 'TCP'])), pod('b', takes([53, 'UDP'])))).toEqual(['n1: port port']);
  expect(reasons(pod('a', takes([53, 'TCP'], [80, 'UDP'])))).toEqual(['n1: fits']);
});

test('a pod of a DaemonSet has one candidate', () => {
  const waiting = pendingPod('p', {
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n2'] }] }],
          },
        },
      },
    },
  });
  const placement = placementOf(snapshotOf([node('n1'), node('n2')]), waiting);
  expect(candidates(placement, waiting).map((one) => one.node.metadata.name)).toEqual(['n2']);
});

test('holders: those that do not run first, then the largest', () => {
  const holder = (holderName: string, cpu: string, status: Patch = {}) => pod(holderName, { ...asks({ cpu }), status });
  const snapshot = snapshotOf([
    node('n1'),
    holder('small', '1'),
    holder('large', '2'),
    holder('stuck', '500m', { containerStatuses: [{ name: 'c', state: { waiting: { reason: 'ImagePullBackOff' } } }] }),
    holder('none', '0'),
  ]);
  expect(
    holdersOf(snapshot, 'n1', 'cpu').map(({ pod: { metadata }, idle }) => `${metadata.name} ${idle ?? ''}`),
  ).toEqual(['stuck ImagePullBackOff', 'large ', 'small ']);
});

test('what would be if a pod were gone', () => {
  const waiting = pendingPod('p', asks({ cpu: '3' }));
  const old = pod('old', asks({ cpu: '3' }));
  const snapshot = snapshotOf([node('n1'), old, waiting]);
  expect(placementOf(snapshot, waiting).nodes[0]?.reasons).toHaveLength(1);
  expect(placementWithout(snapshot, waiting, [old]).nodes[0]?.reasons).toEqual([]);
});

test('pods that ask the same are computed once, so that 1,000 nodes and 500 waiting pods take no time', () => {
  const nodes = Array.from({ length: 1000 }, (_, index) => node(`n${index}`));
  const placed = Array.from({ length: 5000 }, (_, index) => pod(`r${index}`, on(`n${index % 1000}`, { app: 'web' })));
  const waiting = Array.from({ length: 500 }, (_, index) =>
    pendingPod(`p${index}`, asks({ cpu: String(5 + (index % 5)) })),
  );
  const snapshot = snapshotOf([...nodes, ...placed, ...waiting]);
  const distinct = new Set(waiting.map((one) => placementOf(snapshot, one)));
  expect(distinct.size).toBe(5);
});
