import { describe, expect, test } from 'vitest';
import namespaces from '../../analyzers/namespaces/index.ts';
import services from '../../analyzers/services/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, event, merge, node, object, ownedBy, type Patch, pod } from '../support/objects.ts';
import { diagnose, drafts, found, snapshotOf, story } from '../support/snapshot.ts';

type Row = readonly [title: string, objects: readonly KubeObject[], expected: readonly string[]];

const slice = (service: string, nodes: readonly string[] = ['n1']) =>
  object('endpointslices.discovery.k8s.io', `${service}-abcde`, {
    metadata: { labels: { 'kubernetes.io/service-name': service.split('/').at(-1) ?? '' } },
    addressType: 'IPv4',
    endpoints: nodes.map((nodeName) => ({ addresses: ['10.0.0.1'], nodeName, conditions: { ready: true } })),
  });

describe('selectors for roles that are given at run time', () => {
  const template = (labels: Patch) =>
    object('statefulsets.apps', 'db', {
      spec: { replicas: 1, serviceName: 'db', template: { metadata: { labels }, spec: { containers: [] } } },
    });
  const member = (owner: KubeObject, labels: Patch) =>
    pod('db-0', merge({ metadata: { labels } }, ownedBy(owner)) as Patch);
  const replicas = (selector: Patch) => object('services', 'db-repl', { spec: { selector, ports: [{ port: 5432 }] } });
  const plain = template({ app: 'db' });
  const typo = ['warning ServiceNoMatchingPods Service shop/db-repl'];
  const role = ['info ServiceNoMatchingPods Service shop/db-repl'];

  test.each<Row>([
    [
      'the role is no label of the template',
      [replicas({ app: 'db', role: 'replica' }), plain, member(plain, { app: 'db', role: 'master' })],
      role,
    ],
    [
      'the label is one of the template: a typo',
      [
        replicas({ app: 'db', role: 'replica' }),
        template({ app: 'db', role: 'master' }),
        member(plain, { app: 'db', role: 'master' }),
      ],
      typo,
    ],
    ['no pod has such a label', [replicas({ app: 'db', role: 'replica' }), plain, member(plain, { app: 'db' })], typo],
    [
      'a role that one should always have',
      [replicas({ app: 'db', role: 'master' }), plain, member(plain, { app: 'db', role: 'replica' })],
      typo,
    ],
    [
      'a label that Kubernetes gives',
      [
        replicas({ app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-1' }),
        plain,
        member(plain, { app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' }),
      ],
      typo,
    ],
    [
      'a pod of nobody: its labels are what a person wrote',
      [
        replicas({ app: 'db', role: 'replica' }),
        plain,
        pod('db-0', { metadata: { labels: { app: 'db', role: 'master' } } }),
      ],
      typo,
    ],
    [
      'nothing but the role',
      [replicas({ role: 'replica' }), plain, member(plain, { app: 'db', role: 'master' })],
      typo,
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(services, objects)).toEqual(expected);
  });

  test('nobody is told to change a selector that asks for a role', () => {
    const asking = replicas({ app: 'db', role: 'master' });
    const [draft] = drafts(services, snapshotOf([asking, plain, member(plain, { app: 'db', role: 'replica' })]));
    expect(draft?.message).toBe(
      'no pod has the role that its selector asks for, role=master, which is given while pods run; the pods of StatefulSet shop/db have role=replica',
    );
    expect(draft?.values).toEqual({ selector: 'app=db,role=master', role: 'role=master' });
    expect(draft?.causes?.map(({ object: { kind, name }, needs }) => `${needs} ${kind} ${name}`)).toEqual([
      'ready StatefulSet db',
    ]);
    const [typing] = drafts(services, snapshotOf([replicas({ app: 'bd' }), plain]));
    expect(typing?.values).toEqual({ selector: 'app=bd', edited: 'db-repl' });
  });
});

describe('Services for parts of Kubernetes', () => {
  const service = (name: string, selector: Patch) =>
    object('services', name, { spec: { selector, ports: [{ port: 10_257 }] } });

  test.each<Row>([
    [
      'a managed control plane has no such pods',
      [service('kube-system/prometheus-scheduler', { component: 'kube-scheduler' })],
      ['info ServiceNoMatchingPods Service kube-system/prometheus-scheduler'],
    ],
    [
      'another namespace has programs of its own',
      [service('shop/store', { component: 'etcd' })],
      ['warning ServiceNoMatchingPods Service shop/store'],
    ],
    [
      'another program of kube-system',
      [service('kube-system/metrics', { component: 'metrics' })],
      ['warning ServiceNoMatchingPods Service kube-system/metrics'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(services, objects)).toEqual(expected);
  });
});

describe('headless Services that match nothing', () => {
  const headless = object('services', 'web', {
    spec: { selector: { tier: 'engine' }, clusterIP: 'None', ports: [{ port: 80 }] },
  });
  const set = (serviceName: string) =>
    object('statefulsets.apps', 'web', {
      spec: { serviceName, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } } },
    });

  test.each<Row>([
    ['a leftover', [headless, set('other')], ['info ServiceNoMatchingPods Service shop/web']],
    [
      'a StatefulSet takes its names from it',
      [headless, set('web')],
      ['warning ServiceNoMatchingPods Service shop/web'],
    ],
    [
      'pods come near',
      [
        object('services', 'web', { spec: { selector: { app: 'wbe' }, clusterIP: 'None', ports: [{ port: 80 }] } }),
        set('other'),
      ],
      ['warning ServiceNoMatchingPods Service shop/web'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(services, objects)).toEqual(expected);
  });
});

describe('DNS of the cluster, scaled to zero', () => {
  const labels = { 'k8s-app': 'kube-dns' };
  const coredns = deployment('kube-system/coredns', {
    spec: { replicas: 0, template: { metadata: { labels } } },
    status: { replicas: 0 },
  });
  const dns = (name: string, patch: Patch = {}) =>
    object(
      'services',
      name,
      merge(
        { spec: { selector: labels, clusterIP: '10.96.0.10', ports: [{ port: 53, protocol: 'UDP', targetPort: 53 }] } },
        patch,
      ) as Patch,
    );

  test.each<Row>([
    [
      'by its name',
      [dns('kube-system/kube-dns'), coredns],
      ['critical ServiceNoMatchingPods Service kube-system/kube-dns'],
    ],
    [
      'by its label (RKE2)',
      [dns('kube-system/rke2-coredns-rke2-coredns', { metadata: { labels } }), coredns],
      ['critical ServiceNoMatchingPods Service kube-system/rke2-coredns-rke2-coredns'],
    ],
    [
      'Google has a DNS outside the cluster',
      [dns('kube-system/kube-dns'), coredns, node('n1', { spec: { providerID: 'gce://project/zone/n1' } })],
      ['warning ServiceNoMatchingPods Service kube-system/kube-dns'],
    ],
    [
      'its metrics are not asked for names',
      [dns('kube-system/coredns-metrics', { metadata: { labels }, spec: { ports: [{ port: 9153 }] } }), coredns],
      ['info ServiceNoMatchingPods Service kube-system/coredns-metrics'],
    ],
  ])('%s', (_, objects, expected) => {
    const slices = [slice('kube-system/none', [])];
    expect(found(services, [...objects, ...slices]).filter((line) => !line.includes('PortUndeclared'))).toEqual(
      expected,
    );
  });

  test('nothing runs that could be it', () => {
    expect(found(services, [dns('kube-system/kube-dns')])).toEqual([
      'critical ServiceNoMatchingPods Service kube-system/kube-dns',
    ]);
  });

  test('the message says what it means', () => {
    expect(drafts(services, snapshotOf([dns('kube-system/kube-dns'), coredns]))[0]?.message).toBe(
      'it has no pods, for Deployment kube-system/coredns, which it selects, is scaled to zero, so no name is resolved in the cluster',
    );
  });
});

describe('the node that announces an address, in MetalLB’s words', () => {
  const service = object('services', 'web', {
    spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: { app: 'web' }, ports: [{ port: 8080 }] },
    status: { loadBalancer: { ingress: [{ ip: '10.0.0.5' }] } },
  });
  const announced = (text: string, last = ago('5m')) =>
    event(service, 'nodeAssigned', `announcing from node ${text}`, { type: 'Normal', lastTimestamp: last });
  const loud = ['warning ServiceLocalPolicyNoEndpoint Service shop/web'];

  test.each<Row>([
    ['one without an endpoint', [announced('"n2" with protocol "layer2"')], loud],
    ['an old version’s only words', [announced('"n2"')], loud],
    [
      'quiet: the newest has one',
      [announced('"n2" with protocol "layer2"', ago('9m')), announced('"n1" with protocol "layer2"')],
      [],
    ],
    ['quiet: BGP announces from many', [announced('"n2" with protocol "bgp"')], []],
    ['quiet: several, and it is not said how', [announced('"n1"', ago('9m')), announced('"n2"')], []],
  ])('%s', (_, events, expected) => {
    expect(found(services, [service, pod('a'), slice('web'), ...events])).toEqual(expected);
  });
});

describe('load balancers that are not kept up to date', () => {
  const service = object('services', 'web', {
    spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 8080 }] },
    status: { loadBalancer: { ingress: [{ ip: '10.0.0.5' }] } },
  });
  const failed = (patch: Patch = {}, about: KubeObject = service) =>
    event(about, 'SyncLoadBalancerFailed', 'Error syncing load balancer: failed to ensure load balancer: 403.', patch);
  const well = (last: string) =>
    event(service, 'EnsuredLoadBalancer', 'Ensured load balancer', { type: 'Normal', lastTimestamp: last });
  const loud = ['warning ServiceLoadBalancerNotUpdated Service shop/web'];

  test.each<Row>([
    ['it fails again and again', [failed()], loud],
    ['it went well before', [failed(), well(ago('20m'))], loud],
    ['quiet: it went well since', [failed(), well(ago('10s'))], []],
    ['quiet: for the first time just now', [failed({ firstTimestamp: ago('30s') })], []],
    ['quiet: nobody tries any more', [failed({ lastTimestamp: ago('30m') })], []],
    ['quiet: it is made', [event(service, 'EnsuringLoadBalancer', 'Ensuring load balancer', { type: 'Normal' })], []],
  ])('%s', (_, events, expected) => {
    expect(found(services, [service, pod('a'), slice('web'), ...events])).toEqual(expected);
  });
});

describe('Services whose deletion waits', () => {
  const finalizer = 'service.kubernetes.io/load-balancer-cleanup';
  const leaving = (since: string, finalizers: readonly string[] = [finalizer]) =>
    object('services', 'web', {
      metadata: { deletionTimestamp: ago(since), finalizers },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    });

  test.each<Row>([
    ['for an hour', [leaving('1h')], ['warning ServiceStuckTerminating Service shop/web']],
    ['quiet: for five minutes', [leaving('5m')], []],
    ['quiet: nothing holds it', [leaving('1h', [])], []],
  ])('%s', (_, objects, expected) => {
    expect(found(services, objects)).toEqual(expected);
  });

  test('it tells who fails, or that nobody is there', () => {
    const service = leaving('1h');
    const message = (...objects: readonly KubeObject[]) =>
      drafts(services, snapshotOf([service, ...objects]))[0]?.message;
    expect(message()).toBe(
      `has been Terminating for 1h, held by ${finalizer}, and no load balancer controller runs in the cluster`,
    );
    expect(message(event(service, 'SyncLoadBalancerFailed', 'failed to delete load balancer: in use.'))).toBe(
      `has been Terminating for 1h, held by ${finalizer}: failed to delete load balancer: in use`,
    );
    expect(message(node('n1', { spec: { providerID: 'aws:///a/i-1' } }))).toBe(
      `has been Terminating for 1h, held by ${finalizer}`,
    );
  });

  test('it is why its Namespace stays', () => {
    const condition = { type: 'NamespaceContentRemaining', status: 'True', reason: 'SomeResourcesRemain' };
    const home = object('namespaces', 'shop', {
      metadata: { deletionTimestamp: ago('1h') },
      status: {
        conditions: [{ ...condition, message: 'Some resources are remaining: services. has 1 resource instances' }],
      },
    });
    expect(story(diagnose([services, namespaces], [leaving('1h'), home]))).toEqual([
      'warning ServiceStuckTerminating Service shop/web',
      '  warning NamespaceStuckTerminating Namespace shop',
    ]);
  });
});
