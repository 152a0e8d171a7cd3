import { expect, test } from 'vitest';
import { loadRecorded } from '../../../src/cluster/recorded.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import type { Resource } from '../../../src/model/resources.ts';
import { deployment, node, object, pod } from '../../support/objects.ts';
import { folder, list, load, shown, typedList } from './files.ts';

const [a, b, c] = [pod('shop/a'), pod('shop/b'), pod('bank/c')];
const service = object('services', 'shop/web', { spec: {} });

/** An empty list as Go writes it that holds no slice: `items: null`. */
function nothing(kind: string, apiVersion = 'v1'): string {
  return JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: { resourceVersion: '9' }, items: null });
}

test.each<[string, string, Resource, string]>([
  ['a List over two namespaces', list(a, c), 'pods', 'bank/c shop/a (all)'],
  ['a List in one namespace', list(a, b), 'pods', 'shop/a shop/b (shop)'],
  ['a List of several kinds spans as a whole', list(a, c, service), 'services', 'shop/web (all)'],
  [
    'kinds that are not read show that a List spans',
    list(a, { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'x', namespace: 'bank' } }),
    'pods',
    'shop/a (all)',
  ],
  ['a List says nothing of kinds it does not hold', list(a, c), 'secrets', '(-: not in the recording)'],
  ['a List of cluster-scoped objects', list(node('n1')), 'nodes', 'n1 (all)'],
  ['cluster-scoped objects do not make a List span', list(node('n1'), a), 'pods', 'shop/a (shop)'],
  ['an empty List', list(), 'pods', '(-: not in the recording)'],
  ['a typed list', typedList('Pod', [a, c]), 'pods', 'bank/c shop/a (all)'],
  ['a typed list in one namespace', typedList('Pod', [a]), 'pods', 'shop/a (shop)'],
  ['an empty typed list says no namespace', typedList('Pod', []), 'pods', '(-: not in the recording)'],
  ['an empty typed list of a cluster-scoped kind', typedList('Node', []), 'nodes', '(all)'],
  ['an empty typed list, written as null', nothing('Node'), 'nodes', '(all)'],
  ['a single object', JSON.stringify(a), 'pods', 'shop/a (-: only single objects are in the recording)'],
  [
    'single objects one after the other',
    `${JSON.stringify(a)}\n${JSON.stringify(c)}`,
    'pods',
    'bank/c shop/a (-: only single objects are in the recording)',
  ],
  ['a bare array', JSON.stringify([a, c]), 'pods', 'bank/c shop/a (-: only single objects are in the recording)'],
  [
    'a page of a longer list',
    JSON.stringify({ ...JSON.parse(typedList('Pod', [a, c])), metadata: { continue: 'abc' } }),
    'pods',
    'bank/c shop/a (-: the recording holds one page of a longer list)',
  ],
  [
    'a list with an object that is not understood',
    list(a, c, { ...pod('shop/bad'), spec: {} } as unknown as KubeObject),
    'pods',
    'bank/c shop/a (-: not all of its objects could be understood)',
  ],
  [
    'what is not understood spoils its own kind only',
    list(node('n1'), { ...pod('shop/bad'), spec: {} } as unknown as KubeObject),
    'nodes',
    'n1 (all)',
  ],
])('%s', async (_name, content, resource, expected) => {
  expect(shown(await load(content), resource)).toBe(expected);
});

test('several files add up', async () => {
  const root = folder({ 'one.json': list(a), 'two.json': list(c), 'nodes.json': list(node('n1')) });
  const loaded = await loadRecorded({ paths: ['one', 'two', 'nodes'].map((name) => `${root}/${name}.json`) });
  expect(shown(loaded, 'pods')).toBe('bank/c shop/a (bank,shop)');
  expect(shown(loaded, 'nodes')).toBe('n1 (all)');
  expect(loaded.gaps.find((gap) => gap.name === 'pods')).toEqual({
    what: 'resource',
    name: 'pods',
    reason: 'only the namespaces bank and shop are in the recording',
  });
  expect(loaded.assumptions).toEqual([
    'The recording is taken as complete for nodes.',
    'In the namespaces bank and shop it is taken as complete for pods.',
    'Ages are measured against 2026-02-27T12:00:00Z, the newest time in the recording (--at TIME changes that).',
  ]);
});

test('what is complete in every namespace that exists is complete', async () => {
  const spaces = typedList(
    'Namespace',
    ['bank', 'shop'].map((name) => object('namespaces', name)),
  );
  const root = folder({ 'n.json': spaces, 'one.json': list(a), 'two.json': list(c) });
  expect(shown(await loadRecorded({ paths: [root] }), 'pods')).toBe('bank/c shop/a (all)');
});

test('one gap for each resource that is not complete, none for the others', async () => {
  const loaded = await load(list(a, c, node('n1')));
  expect(loaded.gaps.map((gap) => gap.name)).not.toContain('pods');
  expect(loaded.gaps.map((gap) => gap.name)).not.toContain('nodes');
  expect(loaded.gaps).toContainEqual({ what: 'resource', name: 'secrets', reason: 'not in the recording' });
  expect(new Set(loaded.gaps.map((gap) => gap.name)).size).toBe(loaded.gaps.length);
});

test('--complete overrules what is not listed', async () => {
  const loaded = await load(list(a), { complete: ['secrets', 'pods'] });
  expect(shown(loaded, 'pods')).toBe('shop/a (all)');
  expect(loaded.snapshot.lookup('secrets', 'x', 'shop')).toEqual({ state: 'absent' });
  expect(loaded.snapshot.lookup('configmaps', 'x', 'shop')).toEqual({
    state: 'unknown',
    reason: 'not in the recording',
  });
  expect(loaded.assumptions).toContain('Taken as complete, because of --complete: pods and secrets.');
});

test('Secrets whose data was taken out are not seen, instead of seen without keys', async () => {
  const secret = (name: string, type: string, data?: object) => object('secrets', `shop/${name}`, { type, data });
  const other = secret('bank', 'Opaque');
  const [tls, empty, full] = [
    secret('tls', 'kubernetes.io/tls'),
    secret('empty', 'Opaque'),
    secret('full', 'Opaque', { key: '' }),
  ];
  const emptied = await load(list(tls, empty, full), { complete: ['secrets'] });
  expect(shown(emptied, 'secrets')).toBe('shop/full (-: their data was taken out of the recording)');
  expect(emptied.gaps).toContainEqual({
    what: 'resource',
    name: 'secrets',
    reason: 'their data was taken out of the recording',
  });
  const whole = await load(list(empty, full, other));
  expect(shown(whole, 'secrets')).toBe('shop/bank shop/empty shop/full (shop)');
  const root = object('configmaps', 'shop/kube-root-ca.crt');
  expect(shown(await load(list(root)), 'configmaps')).toBe('(-: their data was taken out of the recording)');
  const kept = { ...root, data: { 'ca.crt': 'x' } };
  expect(shown(await load(list(kept, object('configmaps', 'shop/none'))), 'configmaps')).toBe(
    'shop/kube-root-ca.crt shop/none (shop)',
  );
});

test('--complete all leaves no gap', async () => {
  const loaded = await load(JSON.stringify(a), { complete: ['all'] });
  expect(loaded.gaps).toEqual([]);
  expect(loaded.assumptions).toContain('Everything is taken as complete, because of --complete all.');
});

test('--partial takes no list as complete, but --complete stays', async () => {
  const loaded = await load(list(a, c, node('n1')), { partial: true, complete: ['nodes'] });
  expect(shown(loaded, 'pods')).toBe('bank/c shop/a (-: the recording is taken as partial)');
  expect(shown(loaded, 'nodes')).toBe('n1 (all)');
  expect(loaded.assumptions).toContain('No list is taken as complete, because of --partial.');
});

test('an empty list without a namespace is hinted at', async () => {
  expect((await load(typedList('Secret', []))).hints).toEqual([
    expect.stringMatching(
      /^The empty list of secrets in .*recording\.json names no namespace: if there are none, add --complete secrets\.$/,
    ),
  ]);
});

test.each([
  ['single objects beside lists', list(a, c), ['If the single objects are all there are, add --complete nodes.']],
  ['an excerpt of single objects alone', JSON.stringify(a), []],
])('%s', async (_, other, hints) => {
  const files = { 'node.json': JSON.stringify(node('n1')), 'pods.json': other };
  expect((await loadRecorded({ paths: [folder(files)] })).hints).toEqual(hints);
});

test('kinds that are not read are counted in one line', async () => {
  const role = (name: string) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name, namespace: 'shop' },
  });
  const custom = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } };
  const loaded = await load(list(a, role('x'), role('y'), custom), { at: '2026-03-01T12:00:00Z' });
  expect(loaded.hints).toEqual(['3 objects of kinds that are not read: Role (2), Widget (1).']);
  expect(loaded.stats.objects).toBe(1);
});

test('of the same object in several files the newer one wins, else the last', async () => {
  const at = (resourceVersion: string | undefined, replicas: number) =>
    JSON.stringify(deployment('shop/web', { metadata: { resourceVersion }, spec: { replicas } }));
  const replicas = async (...files: readonly string[]) => {
    const root = folder(Object.fromEntries(files.map((text, index) => [`${index}.json`, text])));
    const loaded = await loadRecorded({ paths: [root] });
    return loaded.snapshot.list('deployments.apps').items.map((one) => one.spec.replicas);
  };
  expect(await replicas(at('1000', 1), at('999', 2))).toEqual([1]);
  expect(await replicas(at('999', 1), at('1000', 2))).toEqual([2]);
  expect(await replicas(at(undefined, 1), at(undefined, 2))).toEqual([2]);
});

test('a support bundle tells by its files where a kind has no objects, whatever their folder is called', async () => {
  const namespaces = typedList(
    'Namespace',
    ['bank', 'shop'].map((name) => object('namespaces', name)),
  );
  const root = folder({
    'cluster-resources/namespaces.json': namespaces,
    'cluster-resources/pods/shop.json': typedList('Pod', [a]),
    'cluster-resources/pods/bank.json': nothing('Pod'),
    'cluster-resources/statefulsets-errors.json/shop.json': nothing('ReplicaSet', 'apps/v1'),
    'cluster-resources/statefulsets-errors.json/bank.json': nothing('ReplicaSet', 'apps/v1'),
    'cluster-resources/jobs/shop.json': nothing('Job', 'batch/v1'),
    'cluster-resources/pod-disruption-budgets-errors.json': '{"shop": "could not find the requested resource"}',
  });
  const loaded = await loadRecorded({ paths: [root] });
  expect(shown(loaded, 'pods')).toBe('shop/a (all)');
  expect(shown(loaded, 'replicasets.apps')).toBe('(all)');
  expect(shown(loaded, 'jobs.batch')).toBe('(shop)');
  expect(shown(loaded, 'poddisruptionbudgets.policy')).toBe('(-: not in the recording)');
});

test('a bundle of support-bundle-kit tells by its files where a kind has no objects, and keeps other groups apart', async () => {
  const empty = 'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: "7"\n';
  const of = (...items: readonly object[]) => JSON.stringify({ apiVersion: 'v1', items, kind: 'List' });
  const longhorn = { apiVersion: 'longhorn.io/v1beta1', kind: 'Node', metadata: { namespace: 'shop', name: 'n1' } };
  const root = folder({
    'bundle/yamls/cluster/v1/namespaces.yaml': of(object('namespaces', 'shop'), object('namespaces', 'bank')),
    'bundle/yamls/cluster/v1/persistentvolumes.yaml': empty,
    'bundle/yamls/cluster/metrics.k8s.io/v1beta1/nodes.yaml': empty,
    'bundle/yamls/namespaced/shop/v1/pods.yaml': of(a),
    'bundle/yamls/namespaced/bank/v1/pods.yaml': empty,
    'bundle/yamls/namespaced/shop/metrics.k8s.io/v1beta1/pods.yaml': empty,
    'bundle/yamls/namespaced/shop/longhorn.io/v1beta1/nodes.yaml': of(longhorn),
    'bundle/yamls/namespaced/shop/apps/v1/deployments.yaml': empty,
  });
  const loaded = await loadRecorded({ paths: [root] });
  expect(shown(loaded, 'pods')).toBe('shop/a (all)');
  expect(shown(loaded, 'persistentvolumes')).toBe('(all)');
  expect(shown(loaded, 'deployments.apps')).toBe('(shop)');
  expect(shown(loaded, 'nodes')).toBe('(-: not in the recording)');
});

test('a bundle of support-bundle-kit writes "null" for empty texts, others do not', async () => {
  const found = pod('shop/a', {
    metadata: { labels: { app: 'null', tier: 'front' } },
    spec: {
      nodeName: 'null',
      nodeSelector: { disk: 'null' },
      containers: [{ name: 'app', image: 'i', args: ['null'] }],
    },
    status: { message: 'Back-off pulling image "i"null', reason: 'null' },
  });
  const claim = object('persistentvolumeclaims', 'shop/c', { spec: { storageClassName: 'null', volumeName: 'null' } });
  const files = (root: string) => ({
    [`${root}/shop/v1/pods.yaml`]: list(found),
    [`${root}/shop/v1/persistentvolumeclaims.yaml`]: list(claim),
  });
  const { snapshot } = await loadRecorded({ paths: [folder(files('yamls/namespaced'))] });
  const [one] = snapshot.list('pods').items;
  expect(one?.metadata.labels).toEqual({ app: '', tier: 'front' });
  expect(one?.spec).toMatchObject({ nodeSelector: { disk: '' }, containers: [{ args: [''] }] });
  expect(one?.spec.nodeName).toBeUndefined();
  expect(one?.status).toMatchObject({ message: 'Back-off pulling image "i"' });
  expect(one?.status?.reason).toBeUndefined();
  const [bound] = snapshot.list('persistentvolumeclaims').items;
  expect(bound?.spec).toMatchObject({ storageClassName: '' });
  expect(bound?.spec.volumeName).toBeUndefined();

  const other = await loadRecorded({ paths: [folder(files('namespaces'))] });
  expect(other.snapshot.list('pods').items[0]?.spec.nodeName).toBe('null');
});
