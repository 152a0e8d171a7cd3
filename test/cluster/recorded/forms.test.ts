import { gzipSync } from 'node:zlib';
import { dump } from 'js-yaml';
import { create } from 'tar';
import { expect, test } from 'vitest';
import { loadRecorded } from '../../../src/cluster/recorded.ts';
import { specChanged } from '../../../src/kit.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import { deployment, node, object, pod } from '../../support/objects.ts';
import { folder, list, load, shown, typedList } from './files.ts';

const [a, c] = [pod('shop/a'), pod('bank/c')];
const json = list(a, c);
const yaml = dump(JSON.parse(json), { noRefs: true });
const utf16 = (text: string, mark = '\ufeff') => Buffer.from(mark + text, 'utf16le');

test.each<[string, string | Uint8Array]>([
  ['JSON', json],
  ['JSON in one line', JSON.stringify(JSON.parse(json))],
  ['JSON with a byte order mark', `\ufeff${json}`],
  ['JSON with Windows line ends', json.replaceAll('\n', '\r\n')],
  ['JSON in UTF-16, as PowerShell writes it', utf16(json)],
  ['JSON in UTF-16 without a mark', utf16(json, '')],
  ['JSON in big-endian UTF-16', utf16(json).swap16()],
  ['JSON in gzip', gzipSync(json)],
  ['YAML', yaml],
  ['YAML with Windows line ends', yaml.replaceAll('\n', '\r\n')],
  ['YAML with a byte order mark', `\ufeff${yaml}`],
  ['YAML in UTF-16', utf16(yaml)],
  ['YAML after a comment and a mark', `# recorded\n---\n${yaml}`],
  ['YAML in gzip', gzipSync(yaml)],
  ['lists one after the other', `${list(a, c)}\n${list(node('n1'))}`],
  ['JSON documents with marks between them', `${list(a, c)}\n---\n${list(node('n1'))}`],
  ['YAML documents', `${yaml}---\n${dump(JSON.parse(list(node('n1'))))}---\n`],
  ['JSON, then YAML', `${json}\n---\n${dump(JSON.parse(list(node('n1'))))}`],
  ['a list of lists', list(JSON.parse(json) as KubeObject)],
])('%s', async (_name, content) => {
  expect(shown(await load(content), 'pods')).toBe('bank/c shop/a (all)');
});

test.each<[string, (text: string) => string]>([
  ['JSON', (text) => text],
  ['YAML', (text) => dump(JSON.parse(text))],
])('the time at which a spec was written is kept of %s with managed fields', async (_name, form) => {
  const managedFields = [
    { manager: 'kubectl', time: '2026-03-01T11:58:00Z', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    { manager: 'kube-controller-manager', time: '2026-03-01T12:00:00Z', fieldsV1: { 'f:status': {} } },
  ];
  const { snapshot } = await load(
    form(list(deployment('shop/web', { metadata: { managedFields } }), pod('shop/a', { metadata: { managedFields } }))),
  );
  expect(snapshot.list('deployments.apps').items.map(specChanged)).toEqual(['2026-03-01T11:58:00Z']);
  expect(JSON.stringify(snapshot.list('pods').items)).not.toContain('managedFields');
});

test('stdin', async () => {
  const chunks = async function* () {
    const bytes = Buffer.from(json);
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  };
  const loaded = await loadRecorded({ paths: ['-'], stdin: chunks() });
  expect(shown(loaded, 'pods')).toBe('bank/c shop/a (all)');
  expect(loaded.cluster.name).toBe('stdin');
  expect(loaded.stats).toEqual({ requests: 0, bytes: Buffer.byteLength(json), objects: 2 });
});

test('brackets, quotes and the word items inside of texts do not lead astray', async () => {
  const odd = 'a"]}\\ \\" {"items":[1,2],\u2028 é 漢';
  const loaded = await load(
    list(
      pod('shop/a', { metadata: { labels: { odd, items: 'x' } }, spec: { lists: [[1], { items: [{ a: 2 }] }] } }),
      c,
    ),
  );
  const [first] = loaded.snapshot.list('pods', 'shop').items;
  expect(first?.metadata.labels?.['odd']).toBe(odd);
  expect(first?.spec).toMatchObject({ lists: [[1], { items: [{ a: 2 }] }] });
});

test('a large YAML list is read in portions as it would be in one piece', async () => {
  const script = '- not an item\n\n---\nitems:\n- still text\n';
  const many = Array.from({ length: 3_000 }, (_, index) =>
    pod(`shop/p${index}`, { metadata: { labels: { script, long: 'x'.repeat(1_000) } } }),
  );
  const text = dump(JSON.parse(list(...many, c)), { noRefs: true, seqNoIndent: true });
  expect(text.length).toBeGreaterThan(4 * 1024 ** 2);
  const loaded = await load(text, { name: 'pods.yaml' });
  expect(loaded.stats.objects).toBe(3_001);
  expect(loaded.snapshot.list('pods', 'shop').items.at(-1)?.metadata.labels?.['script']).toBe(script);
  expect(loaded.coverage.pods.complete).toBe('all');
});

test('times in YAML stay texts', async () => {
  const loaded = await load(yaml.replaceAll(/'(\d{4}-\d\d-\d\dT[^']*)'/g, '$1'), { name: 'pods.yaml' });
  expect(loaded.snapshot.list('pods').items[0]?.metadata.creationTimestamp).toBe('2026-02-27T12:00:00Z');
});

const dumped = {
  'nodes.json': typedList('Node', [node('n1')]),
  'shop/pods.json': typedList('Pod', [a]),
  'shop/events.json': typedList('Event', []),
  'shop/replication-controllers.json': typedList('ReplicationController', []),
  'shop/deployments.json': typedList('Deployment', [], 'apps/v1'),
  'shop/a/logs.txt': 'started\n',
  'bank/pods.json': typedList('Pod', [c]),
  'bank/deployments.json': typedList('Deployment', [], 'apps/v1'),
};

test('a folder of kubectl cluster-info dump', async () => {
  const loaded = await loadRecorded({ paths: [folder(dumped)] });
  expect(shown(loaded, 'nodes')).toBe('n1 (all)');
  expect(shown(loaded, 'pods')).toBe('bank/c shop/a (bank,shop)');
  expect(shown(loaded, 'deployments.apps')).toBe('(bank,shop)');
  expect(shown(loaded, 'events')).toBe('(shop)');
  expect(shown(loaded, 'replicationcontrollers')).toBe('(shop)');
  expect(shown(loaded, 'secrets')).toBe('(-: not in the recording)');
  expect(loaded.hints).toEqual(['1 file without objects was left aside.']);
});

test('kubectl cluster-info dump as one text, with logs in between', async () => {
  const logs =
    '==== START logs for container app of pod shop/a ====\n{"level":"error", "open\n==== END logs for container app of pod shop/a ====\n';
  const loaded = await load(
    `${dumped['nodes.json']}\n${dumped['shop/pods.json']}\n${logs}${dumped['bank/pods.json']}\n${logs}`,
  );
  expect(shown(loaded, 'pods')).toBe('bank/c shop/a (bank,shop)');
});

test('a support bundle: places name what its lists do not', async () => {
  const bare = (text: string) => JSON.stringify({ items: JSON.parse(text).items });
  const loaded = await loadRecorded({
    paths: [
      folder({
        'bundle/cluster-resources/pods/shop.json': bare(dumped['shop/pods.json']),
        'bundle/cluster-resources/pods/bank.json': bare(typedList('Pod', [])),
        'bundle/cluster-resources/pvs.json': typedList('PersistentVolume', []),
        'bundle/cluster-resources/resource-quotas/shop.json': bare(typedList('ResourceQuota', [])),
        'bundle/cluster-resources/pods-errors.json': '["forbidden"]',
        'bundle/cluster-resources/custom-resources/widgets.example.com/shop.json': JSON.stringify([
          { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } },
        ]),
        'bundle/cluster-info/cluster_version.json': JSON.stringify({
          info: { gitVersion: 'v1.35.2' },
          string: 'v1.35.2',
        }),
        'bundle/analysis.json': '[{"name":"x","severity":"warn"}]',
      }),
    ],
    at: '2026-03-01T12:00:00Z',
  });
  expect(shown(loaded, 'pods')).toBe('shop/a (bank,shop)');
  expect(shown(loaded, 'persistentvolumes')).toBe('(all)');
  expect(shown(loaded, 'resourcequotas')).toBe('(shop)');
  expect(loaded.snapshot.serverVersion).toBe('v1.35.2');
  expect(loaded.hints).toEqual([
    '1 object of kinds that are not read: Widget (1).',
    '2 files without objects were left aside.',
  ]);
});

test('an old support bundle: arrays of objects that do not say what they are', async () => {
  const items = (text: string) => JSON.stringify(JSON.parse(text).items);
  const loaded = await loadRecorded({
    paths: [
      folder({
        'bundle/cluster-resources/pods/shop.json': items(dumped['shop/pods.json']),
        'bundle/cluster-resources/nodes.json': items(typedList('Node', [node('n1')])),
        'bundle/cluster-resources/pods/odd.json': '[{"name":"x"}, "y"]',
      }),
    ],
  });
  expect(shown(loaded, 'pods')).toBe('shop/a (shop)');
  expect(shown(loaded, 'nodes')).toBe('n1 (all)');
});

test('must-gather: lists by place, single objects never complete', async () => {
  const loaded = await loadRecorded({
    paths: [
      folder({
        'gather/namespaces/shop/core/pods.yaml': dump(JSON.parse(typedList('Pod', [a]))),
        'gather/namespaces/shop/core/configmaps.yaml': dump(JSON.parse(typedList('ConfigMap', []))),
        'gather/namespaces/shop/shop.yaml': dump(object('namespaces', 'shop')),
        'gather/cluster-scoped-resources/core/nodes/n1.yaml': dump(node('n1')),
      }),
    ],
  });
  expect(shown(loaded, 'pods')).toBe('shop/a (shop)');
  expect(shown(loaded, 'configmaps')).toBe('(shop)');
  expect(shown(loaded, 'nodes')).toBe('n1 (-: only single objects are in the recording)');
});

test('a folder as tar.gz, tar, and gzip in gzip gives what the folder gives', async () => {
  const root = folder(dumped);
  const direct = await loadRecorded({ paths: [root] });
  for (const gzip of [true, false]) {
    const file = `${folder({})}/dump.${gzip ? 'tar.gz' : 'tar'}`;
    await create({ file, gzip, cwd: root }, ['.']);
    const loaded = await loadRecorded({ paths: [file] });
    expect({ ...loaded.coverage }).toEqual({ ...direct.coverage });
    expect(loaded.snapshot.list('pods')).toEqual(direct.snapshot.list('pods'));
    expect(loaded.cluster.name).toBe('dump');
    expect(loaded.hints).toEqual(direct.hints);
  }
});
