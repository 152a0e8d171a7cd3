import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Loaded } from '../../../src/cluster/load.ts';
import { loadRecorded } from '../../../src/cluster/recorded.ts';
import { intake } from '../../../src/cluster/redact/intake.ts';
import { writeSnapshot } from '../../../src/cluster/snapshot-file.ts';
import { createStore } from '../../../src/cluster/store.ts';
import { allResources } from '../../../src/model/resources.ts';
import { deployment, event, node, now, object, pod, resourceOfObject } from '../../support/objects.ts';
import { selfSigned } from '../redact/certificate.ts';
import { failure, folder, list, shown } from './files.ts';

const { certificate, key } = selfSigned();
const encode = (text: string) => Buffer.from(text).toString('base64');
const secret = object('secrets', 'shop/tls', {
  type: 'kubernetes.io/tls',
  data: { 'tls.crt': encode(certificate), 'tls.key': encode(key) },
});
const objects = [
  pod('shop/b'),
  pod('shop/a'),
  pod('bank/a'),
  node('n1'),
  deployment('shop/web'),
  event(pod('shop/a'), 'BackOff', 'Back-off é 漢'),
  secret,
];

/** A cluster as the live loader would give it. */
function live(order: readonly (typeof objects)[number][] = objects): Loaded {
  const store = createStore();
  for (const one of order) {
    const taken = intake(resourceOfObject(one), one);
    if ('object' in taken) store.add(resourceOfObject(one), taken.object);
  }
  for (const resource of allResources) {
    if (resource === 'configmaps') store.missing(resource, 'forbidden');
    else if (resource === 'services') {
      store.complete(resource, 'shop');
      store.missing(resource, 'forbidden in other namespaces');
    } else store.complete(resource);
  }
  return {
    snapshot: store.snapshot({ takenAt: now, serverVersion: 'v1.36.3' }),
    source: 'live',
    cluster: {
      name: 'prod',
      server: 'https://10.0.0.1:6443',
      version: 'v1.36.3',
      context: 'admin@prod',
      namespace: 'shop',
    },
    gaps: [
      { what: 'resource', name: 'configmaps', reason: 'forbidden' },
      { what: 'namespace', name: 'x', reason: 'gone' },
    ],
    assumptions: ['Something was assumed.'],
    hints: [],
    coverage: store.coverage(),
    stats: { requests: 40, bytes: 1_000, objects: objects.length },
  };
}

async function written(loaded: Loaded = live()): Promise<string> {
  const file = `${folder({})}/cluster.snapshot.gz`;
  await writeSnapshot(file, loaded, { tool: '0.1.0' });
  return file;
}

test('a snapshot that is read back is the same', async () => {
  const before = live();
  const after = await loadRecorded({ paths: [await written(before)] });
  expect(after.snapshot.takenAt).toBe(now);
  expect(after.snapshot.serverVersion).toBe('v1.36.3');
  expect(after.cluster).toEqual(before.cluster);
  expect(after.coverage).toEqual(before.coverage);
  for (const resource of allResources) {
    expect(after.snapshot.list(resource)).toEqual(before.snapshot.list(resource));
    for (const namespace of ['shop', 'bank'])
      expect(after.snapshot.list(resource, namespace)).toEqual(before.snapshot.list(resource, namespace));
  }
  expect(after.snapshot.lookup('services', 'x', 'bank')).toEqual({
    state: 'unknown',
    reason: 'forbidden in other namespaces',
  });
  expect(after.gaps).toEqual([
    { what: 'resource', name: 'services', reason: 'forbidden in other namespaces' },
    { what: 'resource', name: 'configmaps', reason: 'forbidden' },
    { what: 'namespace', name: 'x', reason: 'gone' },
  ]);
  expect(after.assumptions).toEqual(['Something was assumed.']);
  expect(after.hints).toEqual([]);
});

test('the same cluster gives the same bytes, in whatever order it was read, also after reading back', async () => {
  const first = readFileSync(await written());
  expect(readFileSync(await written(live([...objects].reverse())))).toEqual(first);
  const again = await loadRecorded({ paths: [await written()] });
  expect(readFileSync(await written(again))).toEqual(first);
});

test('its form: a header, then an object a line, in order', async () => {
  const [header, ...lines] = gunzipSync(readFileSync(await written()))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(header).toMatchObject({
    format: 'mekhanikube-snapshot',
    version: 1,
    tool: '0.1.0',
    takenAt: now,
    secrets: 'facts',
    objects: 7,
    coverage: { pods: { complete: 'all' }, services: { complete: ['shop'], reason: 'forbidden in other namespaces' } },
  });
  expect(
    lines.map(({ resource, object: { metadata } }) => `${resource} ${metadata.namespace ?? ''}/${metadata.name}`),
  ).toEqual([
    'deployments.apps shop/web',
    expect.stringMatching(/^events shop\/a\.\d+$/),
    'nodes /n1',
    'pods bank/a',
    'pods shop/a',
    'pods shop/b',
    'secrets shop/tls',
  ]);
  expect(lines.at(-1).object).toMatchObject({
    keys: ['tls.crt', 'tls.key'],
    keyMatchesCertificate: true,
    certificates: { 'tls.crt': certificate },
  });
});

test('it is written whole or not at all, for its owner only', async () => {
  const file = await written();
  expect(readdirSync(file.replace(/\/[^/]*$/, ''))).toEqual(['cluster.snapshot.gz']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const loaded = live();
  const failing = {
    ...loaded,
    snapshot: {
      ...loaded.snapshot,
      takenAt: now,
      list: (resource: string) => {
        if (resource === 'secrets') throw new Error('lost');
        return loaded.snapshot.list('nodes');
      },
    },
  } as unknown as Loaded;
  const root = folder({ 'old.gz': 'old' });
  await expect(writeSnapshot(`${root}/old.gz`, failing, { tool: '0.1.0' })).rejects.toThrow('lost');
  expect(readdirSync(root)).toEqual(['old.gz']);
  expect(readFileSync(`${root}/old.gz`, 'utf8')).toBe('old');
});

test('where it cannot be written, that is said', async () => {
  const root = folder({});
  mkdirSync(`${root}/taken`);
  expect(await failure(writeSnapshot(`${root}/no/x.gz`, live(), { tool: '0' }))).toBe(
    'file-unwritable: cannot write no/x.gz: the folder does not exist | Name another file, or - for stdout.',
  );
  expect(await failure(writeSnapshot(`${root}/taken`, live(), { tool: '0' }))).toContain(
    'cannot write taken: it is a folder',
  );
  expect(existsSync(`${root}/no`)).toBe(false);
});

test('a pipe or a device is written to, and no file takes its place', async () => {
  const root = folder({});
  execFileSync('mkfifo', [`${root}/pipe`]);
  const [read] = await Promise.all([readFile(`${root}/pipe`), writeSnapshot(`${root}/pipe`, live(), { tool: '0' })]);
  expect(gunzipSync(read).toString()).toMatch(/^\{"format":"mekhanikube-snapshot"/);
  expect(statSync(`${root}/pipe`).isFIFO()).toBe(true);
  symlinkSync('/dev/full', `${root}/full`);
  expect(await failure(writeSnapshot(`${root}/full`, live(), { tool: '0' }))).toContain(
    'cannot write full: the disk is full',
  );
  expect(lstatSync(`${root}/full`).isSymbolicLink()).toBe(true);
});

test('a link is followed', async () => {
  const root = folder({ 'real.gz': 'old' });
  symlinkSync('real.gz', `${root}/link.gz`);
  await writeSnapshot(`${root}/link.gz`, live(), { tool: '0' });
  expect(lstatSync(`${root}/link.gz`).isSymbolicLink()).toBe(true);
  expect(gunzipSync(readFileSync(`${root}/real.gz`)).toString()).toMatch(/^\{"format":"mekhanikube-snapshot"/);
});

test('it is read unpacked, from stdin, in a folder, and beside other recordings', async () => {
  const file = await written();
  const plain = gunzipSync(readFileSync(file));
  const root = folder({ 'a.jsonl': plain, 'more.json': list(pod('shop/c'), pod('bank/d')) });
  expect(shown(await loadRecorded({ paths: [`${root}/a.jsonl`] }), 'pods')).toBe('bank/a shop/a shop/b (all)');
  expect(shown(await loadRecorded({ paths: [root] }), 'pods')).toBe('bank/a bank/d shop/a shop/b shop/c (all)');
  const chunks = async function* () {
    for (let at = 0; at < plain.length; at += 11) yield plain.subarray(at, at + 11);
  };
  expect(shown(await loadRecorded({ paths: ['-'], stdin: chunks() }), 'events')).toMatch(/ \(all\)$/);
});

test('--at, --partial and --complete hold for snapshots too', async () => {
  const loaded = await loadRecorded({
    paths: [await written()],
    at: '2026-05-01T00:00:00Z',
    partial: true,
    complete: ['nodes'],
  });
  expect(loaded.snapshot.takenAt).toBe('2026-05-01T00:00:00Z');
  expect(shown(loaded, 'nodes')).toBe('n1 (all)');
  expect(loaded.coverage.pods.complete).toEqual([]);
});

const lines = async () =>
  gunzipSync(readFileSync(await written()))
    .toString()
    .trimEnd()
    .split('\n');

test.each<[string, (text: string[]) => string[], string]>([
  ['cut between lines', (text) => text.slice(0, 4), 'file-cut: x.gz is cut: 3 of its 7 objects are there'],
  [
    'cut inside a line',
    (text) => [...text.slice(0, 4), text[4]!.slice(0, 30)],
    'file-broken: x.gz is a damaged snapshot: line 5',
  ],
  ['a line that is no object', (text) => [text[0]!, '[]'], 'file-broken: x.gz is a damaged snapshot: line 2'],
  [
    'a newer form',
    (text) => [text[0]!.replace('"version":1', '"version":2').replace('0.1.0', '9.0.0')],
    'snapshot-too-new: x.gz was written by a newer mekhanikube (9.0.0) | Update',
  ],
  [
    'a header that lacks its time',
    (text) => [text[0]!.replace('"takenAt"', '"then"')],
    'file-broken: x.gz is a damaged snapshot: line 1',
  ],
  [
    'a header without coverage',
    (text) => [text[0]!.replace('"coverage":{', '"coverage":null,"x":{')],
    'file-broken: x.gz is a damaged snapshot: line 1',
  ],
  [
    'a header with odd coverage',
    (text) => [text[0]!.replace('"coverage":{', '"coverage":{"x":null,')],
    'file-broken: x.gz is a damaged snapshot: line 1',
  ],
  ['a header that is cut', (text) => [text[0]!.slice(0, 200)], 'file-broken: x.gz is a damaged snapshot: line 1'],
])('%s', async (_name, change, expected) => {
  const root = folder({});
  writeFileSync(`${root}/x.gz`, gzipSync(change(await lines()).join('\n')));
  expect(await failure(loadRecorded({ paths: [`${root}/x.gz`] }))).toContain(expected);
});

test('a snapshot that is cut as gzip', async () => {
  const root = folder({});
  const whole = readFileSync(await written());
  writeFileSync(`${root}/x.gz`, whole.subarray(0, whole.length - 40));
  expect(await failure(loadRecorded({ paths: [`${root}/x.gz`] }))).toMatch(
    /^file-cut: x\.gz is cut: the gzip data ends at byte/,
  );
});

test('what is in a snapshot is redacted again, and unknown resources are left aside', async () => {
  const text = await lines();
  const header = text[0]!
    .replace('"objects":7', '"objects":2')
    .replace('"coverage":{', '"coverage":{"gadgets.x.io":{"complete":"all"},');
  const planted = JSON.stringify({
    resource: 'pods',
    object: pod('shop/x', { spec: { containers: [{ name: 'a', args: ['--password=hunter2'] }] } }),
  });
  const root = folder({ 'x.jsonl': `${header}\n${planted}\n{"resource":"gadgets.x.io","object":{}}\n` });
  const loaded = await loadRecorded({ paths: [`${root}/x.jsonl`] });
  expect(loaded.snapshot.list('pods').items[0]?.spec.containers[0]?.args).toEqual(['--password=***']);
  expect(loaded.stats.objects).toBe(1);
});
