import { readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { dump } from 'js-yaml';
import { create } from 'tar';
import { expect, test } from 'vitest';
import { loadRecorded } from '../../../src/cluster/recorded.ts';
import { node, pod } from '../../support/objects.ts';
import { failure, folder, list, load, shown, typedList } from './files.ts';

const json = list(pod('shop/a'), pod('bank/c'));
const yaml = dump(JSON.parse(json));
const table =
  'NAMESPACE   NAME    READY   STATUS    RESTARTS   AGE\nshop        a       1/1     Running   0          2d\n';
const description = 'Name:             a\nNamespace:        shop\nPriority:         0\nLabels:           app=web\n';

test.each<[string, string | Uint8Array, string]>([
  ['empty', '', 'file-empty: x.json is empty'],
  ['blank', ' \n\n', 'file-empty: x.json is empty'],
  ['a table', table, 'not-objects: x.json holds a table, as kubectl get prints it for people | Write it with -o json'],
  ['a description', description, 'not-objects: x.json holds the text of kubectl describe | Write it with -o json'],
  ['names', 'pod/a\npod/b\n', 'not-objects: x.json holds names only'],
  ['a message', 'No resources found in shop namespace.\n', 'not-objects: x.json holds kubectl\'s "No resources found'],
  [
    'an error',
    'Error from server (Forbidden): pods is forbidden\n',
    'not-objects: x.json holds an error message of kubectl: Error from server (Forbidden): pods is forbidden',
  ],
  ['a web page', '<!DOCTYPE html><html></html>', 'not-objects: x.json holds a web page'],
  ['cut JSON', json.slice(0, 500), 'file-cut: x.json is cut: its JSON ends in the middle of a value, at byte 500'],
  ['JSON cut in a text', '{"kind": "List', 'file-cut: x.json is cut'],
  ['broken JSON', '{\n"kind": List,\n"items": []}', 'file-broken: x.json is not sound JSON: line 2'],
  [
    'a broken item',
    '{"kind":"List","apiVersion":"v1","items":[\n{"a": 1},\n{"b": x}]}',
    'file-broken: x.json is not sound JSON: line 3',
  ],
  [
    'text after JSON',
    '{"kind":"List","apiVersion":"v1","items":[]}\n}',
    'file-broken: x.json is not sound JSON: line 2',
  ],
  [
    'broken YAML',
    'kind: Pod\nmetadata: [1, 2\nspec: {}\nstatus: {}\n',
    'file-broken: x.json is not sound YAML: line 3',
  ],
  [
    'broken YAML after JSON',
    '{"kind":"List","apiVersion":"v1","items":[]}\n---\na: [\nb\n',
    'file-cut: x.json is cut or not YAML: it ends in the middle of something, at line 4',
  ],
  [
    'a YAML list without its end',
    yaml.slice(0, yaml.indexOf('kind: List')),
    'file-cut: x.json is cut: its list ends before the line with its kind',
  ],
  ['a scalar', 'just some words\n', 'no-objects: x.json holds no Kubernetes object'],
  ['a number', '42', 'no-objects: x.json holds no Kubernetes object'],
  [
    'no kind',
    '{"a": 1}',
    'no-objects: x.json holds no Kubernetes object: it holds an object without kind and apiVersion',
  ],
  [
    'no metadata',
    '{"apiVersion":"v1","kind":"Pod","spec":{}}',
    'no-objects: x.json holds no Kubernetes object: it holds a Pod without metadata',
  ],
  [
    'no name',
    '{"apiVersion":"v1","kind":"Pod","metadata":{},"spec":{}}',
    'no-objects: x.json holds no Kubernetes object: a Pod has no metadata.name',
  ],
  [
    'no containers',
    JSON.stringify({ ...pod('shop/a'), spec: {} }),
    'no-objects: x.json holds no Kubernetes object: Pod shop/a spec.containers is not a list',
  ],
  [
    'items that are no objects',
    '{"apiVersion":"v1","kind":"List","items":[1,"x"]}',
    'no-objects: x.json holds no Kubernetes object: an item of the list in x.json is not an object',
  ],
  [
    'a kubeconfig',
    'apiVersion: v1\nkind: Config\nclusters: []\n',
    'no-objects: x.json holds no Kubernetes object: it is a kubeconfig: give it with --kubeconfig',
  ],
  [
    'a Status',
    '{"apiVersion":"v1","kind":"Status","message":"pods is forbidden"}',
    'no-objects: x.json holds no Kubernetes object: it holds an answer of the API server: pods is forbidden',
  ],
  ['binary', Buffer.from([1, 2, 0, 3, 4, 5, 0, 9]), 'file-not-text: x.json is not text'],
  [
    'a report',
    '{"schemaVersion":"1","tool":{"name":"mekhanikube","version":"1.0.0"},"incidents":[]}',
    'no-objects: x.json holds no Kubernetes object: it is a report of mekhanikube, for mekhanikube diff, push',
  ],
  ['zip', Buffer.from('PK\u0003\u0004\u0000\u0000\u0000'), 'file-not-text: x.json is a zip archive'],
  ['cut gzip', gzipSync(json).subarray(0, 60), 'file-cut: x.json is cut: the gzip data ends at byte 60'],
  [
    'damaged gzip',
    Buffer.concat([gzipSync(json).subarray(0, 20), Buffer.alloc(40, 0xff)]),
    'file-broken: x.json is not sound gzip data',
  ],
  [
    'a gzip bomb',
    gzipSync(Buffer.alloc(80 * 1024 ** 2)),
    'file-too-large: x.json unpacks to more than 250 times its size',
  ],
  ['an alias bomb', bomb(), 'file-'],
])('%s', async (_name, content, expected) => {
  expect(await failure(load(content, { name: 'x.json' }))).toContain(expected);
});

function bomb(): string {
  const levels = Array.from({ length: 20 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`);
  return `a0: &a0 x\n${levels.join('\n')}\n`;
}

test('many aliases of large parts are refused too', async () => {
  const levels = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(8).fill(`*a${n}`).join(', ')}]`);
  expect(await failure(load(`a0: &a0 x\n${levels.join('\n')}\n`))).toMatch(/^file-too-large: .* YAML aliases/);
});

test('a file that is not there: the nearest name', async () => {
  const root = folder({ 'nodes.json': json });
  expect(await failure(loadRecorded({ paths: [`${root}/node.json`] }))).toBe(
    'file-not-found: there is no file or folder node.json | Did you mean nodes.json?',
  );
  expect(await failure(loadRecorded({ paths: [`${root}/zzz/node.json`] }))).toContain(
    'Give --from a file, a folder, or - for stdin.',
  );
});

test('wherever a recording is cut, it is refused', async () => {
  const stream = async function* (bytes: Uint8Array) {
    yield bytes;
  };
  const end = yaml.indexOf('kind: List');
  const forms: readonly (readonly [Buffer, number])[] = [
    [Buffer.from(json), json.length - 1],
    [Buffer.from(JSON.stringify(JSON.parse(json))), JSON.stringify(JSON.parse(json)).length - 1],
    [Buffer.from(yaml), end + 'kind: Lis'.length],
    [gzipSync(json), gzipSync(json).length - 1],
  ];
  for (const [bytes, last] of forms) {
    for (let length = 0; length <= last; length += 13)
      expect(await failure(loadRecorded({ paths: ['-'], stdin: stream(bytes.subarray(0, length)) }))).toMatch(
        /^(?:file-cut|file-empty|file-broken|no-objects): /,
      );
  }
});

test('a file of two gigabytes is refused before it is read', async () => {
  const root = folder({ 'x.json': '{"kind": "List", "items": [' });
  truncateSync(`${root}/x.json`, 2 * 1024 ** 3);
  const before = process.memoryUsage().rss;
  expect(await failure(loadRecorded({ paths: [`${root}/x.json`] }))).toMatch(
    /^file-too-large: x\.json is larger than 1024 MiB \| Write one file per kind/,
  );
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 ** 2);
});

test('folders without anything to read', async () => {
  const empty = folder({ 'logs.txt': 'x' });
  expect(await failure(loadRecorded({ paths: [empty] }))).toMatch(
    /^nothing-to-read: .* holds no \.json or \.yaml file/,
  );
  const other = folder({ 'package.json': '{"name":"x"}', 'values.yaml': 'a: 1\n' });
  expect(await failure(loadRecorded({ paths: [other] }))).toMatch(
    /^nothing-to-read: .* holds no file with Kubernetes objects/,
  );
});

test('a folder whose objects cannot be understood: why is said', async () => {
  const homeless = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[]}}';
  expect(await failure(loadRecorded({ paths: [folder({ 'pod.json': homeless })] }))).toMatch(
    /^nothing-to-read: .* holds no file with Kubernetes objects: Pod web has no metadata\.namespace/,
  );
});

test('broken files of a folder are told, the others read', async () => {
  const root = folder({
    'a.json': json.slice(0, 400),
    'b.yaml': yaml,
    'c.json': '',
    'values.yaml': 'replicas: 2\n',
    'tsconfig.json': '// x\n{}',
  });
  const loaded = await loadRecorded({ paths: [root] });
  expect(shown(loaded, 'pods')).toBe('bank/c shop/a (all)');
  expect(loaded.hints.join('\n')).toMatch(/^Files that could not be read: .*a\.json is cut.*c\.json is empty/);
});

test('links are not followed out of a folder, and not in circles', async () => {
  const outside = folder({ 'secret.json': list(node('outside')) });
  const root = folder({ 'pods.json': json, 'sub/x.json': list(node('n1')) });
  symlinkSync(`${outside}/secret.json`, `${root}/nodes.json`);
  symlinkSync(outside, `${root}/away`);
  symlinkSync(root, `${root}/sub/circle`);
  symlinkSync('./again.json', `${root}/again.json`);
  expect(shown(await loadRecorded({ paths: [root] }), 'nodes')).toBe('n1 (all)');
});

test('links and paths that lead out of an archive are left aside', async () => {
  const root = folder({ 'in/pods.json': json, 'nodes.json': list(node('outside')) });
  symlinkSync('../nodes.json', `${root}/in/link.json`);
  const file = `${root}/x.tar.gz`;
  await create({ file, gzip: true, cwd: `${root}/in`, preservePaths: true }, [
    'pods.json',
    'link.json',
    '../nodes.json',
  ]);
  expect(shown(await loadRecorded({ paths: [file] }), 'nodes')).toBe('(-: not in the recording)');
});

test('an archive that is cut', async () => {
  const root = folder({
    'pods.json': json,
    'nodes.json': typedList('Node', [node('n1', { metadata: { labels: { x: 'y'.repeat(5_000) } } })]),
  });
  await create({ file: `${root}/x.tar`, cwd: root }, ['pods.json', 'nodes.json']);
  writeFileSync(`${root}/y.tar`, readFileSync(`${root}/x.tar`).subarray(0, -4_096));
  expect(await failure(loadRecorded({ paths: [`${root}/y.tar`] }))).toMatch(/^file-cut: y\.tar is cut or damaged/);
});

test('an archive without objects', async () => {
  const root = folder({ 'a.txt': 'x', 'b.json': '{"name":"x"}' });
  await create({ file: `${root}/x.tgz`, gzip: true, cwd: root }, ['a.txt', 'b.json']);
  expect(await failure(loadRecorded({ paths: [`${root}/x.tgz`] }))).toMatch(
    /^nothing-to-read: x\.tgz holds no file with Kubernetes objects/,
  );
});

test('names of JavaScript objects in a recording are harmless', async () => {
  const text = json.replace(
    '"metadata": {',
    '"__proto__": {"polluted": true}, "metadata": {"__proto__": {"polluted": true}, "constructor": "x",',
  );
  const loaded = await load(text);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  const first = loaded.snapshot
    .list('pods')
    .items.map((one) => (one as unknown as Record<string, unknown>)['polluted']);
  expect(first).toEqual([undefined, undefined]);
});

test('an object that is nested too deeply is not understood', async () => {
  const deep = `${'{"deep":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
  const odd = JSON.stringify(pod('shop/deep')).replace(/^\{/, `{"deep":${deep},`);
  const text = list().replace('[]', `[${JSON.stringify(pod('shop/a'))},${odd}]`);
  const loaded = await load(text, { at: '2026-03-01T12:00:00Z' });
  expect(loaded.hints).toEqual(['1 object could not be understood: Pod shop/deep is nested too deeply.']);
});

test.each(['yesterday', '2026-03-01', '2026-03-01T12:00:00', '2026-13-01T12:00:00Z'])('--at %s', async (at) => {
  expect(await failure(load(json, { at }))).toBe(
    `bad-time: --at is not a time: ${at} | Write it as 2026-03-01T12:00:00Z.`,
  );
});
