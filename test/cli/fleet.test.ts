import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load as loadYaml } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fleetSchemaText } from '../../scripts/schema.ts';
import type { Loaders } from '../../src/cli/loaders.ts';
import { runCli } from '../../src/cli/run.ts';
import { UserError } from '../../src/errors.ts';
import { type FleetReport, fleetSchema } from '../../src/model/fleet-schema.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { Resource } from '../../src/model/resources.ts';
import { testIo } from '../support/io.ts';
import { loadedOf } from '../support/loaded.ts';
import { node } from '../support/objects.ts';

const down = node('n1', {
  status: {
    conditions: [
      { type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-03-01T00:00:00Z', reason: 'NodeStatusUnknown' },
    ],
  },
});

interface Found {
  readonly objects?: readonly KubeObject[];
  readonly missing?: Partial<Record<Resource, string>>;
  readonly error?: Error;
}

const away = new UserError('away', 'the cluster is away', { hint: 'Wake it.' });
const well: Found = { objects: [node('n1')] };
const ill: Found = { objects: [down] };
const unseen: Found = { objects: [node('n1')], missing: { services: '403' } };
const gone: Found = { error: away };
const mistyped: Found = { error: new UserError('unknown-context', 'there is no context "b"') };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs analyze in a folder of its own, over clusters by the names of their contexts. */
async function analyze(clusters: Readonly<Record<string, Found>>, words: readonly string[]) {
  let most = 0;
  let reading = 0;
  const live: Loaders['live'] = async ({ context }) => {
    const [name = ''] = context;
    reading += 1;
    most = Math.max(most, reading);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
    reading -= 1;
    const { objects = [], missing = {}, error } = clusters[name] ?? { error: new Error(`no ${name}`) };
    if (error !== undefined) throw error;
    return loadedOf(objects, { missing, cluster: { name: `cluster-of-${name}`, context: name } });
  };
  const never = () => Promise.reject(new Error('not used'));
  const { io, written } = testIo({ environment: { XDG_CONFIG_HOME: folder, HOME: folder } });
  const loaders: Loaders = { live, recorded: never, snapshot: never, serverVersion: never };
  const code = await runCli(['analyze', ...words], io, loaders);
  return { code, ...written, most };
}

const contexts = (...names: readonly string[]) => names.flatMap((name) => ['--context', name]);

describe('the report', () => {
  test('holds a section for each cluster that could be read, in the order asked for, and a gap for the others', async () => {
    const { code, out } = await analyze({ a: well, b: gone, c: ill }, [...contexts('c', 'b', 'a'), '-o', 'json']);
    expect(code).toBe(0);
    const fleet = fleetSchema.parse(JSON.parse(out)) as FleetReport;
    expect(fleet.clusters.map(({ cluster, status }) => [cluster.context, status])).toEqual([
      ['c', 'problems'],
      ['a', 'ok'],
    ]);
    expect(fleet.gaps).toEqual([{ what: 'cluster', name: 'b', reason: 'the cluster is away' }]);
    expect(fleet).toMatchObject({ status: 'problems', complete: false });
    expect(fleet.summary).toMatchObject({ clusters: 3, unread: 1, incidents: { critical: 1, warning: 0, info: 0 } });
  });

  test('as text: one after another, and a line for each at the end', async () => {
    const { out } = await analyze({ a: well, b: gone, c: ill }, contexts('a', 'b', 'c'));
    expect(out.match(/^Cluster /gm)).toHaveLength(2);
    expect(out.match(/^CRITICAL/gm)).toHaveLength(1);
    expect(out.split('\n').slice(-5)).toEqual([
      '3 clusters:',
      '  a: no incidents',
      '  c: 1 critical',
      '  b: not read: the cluster is away',
      '',
    ]);
  });

  test('as JSON lines and as YAML', async () => {
    const { out } = await analyze({ a: well, c: ill }, [...contexts('a', 'c'), '-o', 'jsonl']);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; context?: string });
    expect(lines.map(({ type, context }) => [type, context])).toEqual([
      ['summary', 'a'],
      ['incident', 'c'],
      ['summary', 'c'],
      ['fleet', undefined],
    ]);
    const yaml = await analyze({ a: well, c: ill }, [...contexts('a', 'c'), '-o', 'yaml']);
    expect(fleetSchema.safeParse(loadYaml(yaml.out)).success).toBe(true);
  });

  test('has the form of schema/fleet.json: run "node scripts/schema.ts"', async () => {
    expect(await readFile(new URL('../../schema/fleet.json', import.meta.url), 'utf8')).toBe(fleetSchemaText());
  });
});

describe('files', () => {
  test('one for each cluster, whose names lead nowhere else', async () => {
    const names = ['arn:aws:eks:eu:1:cluster/a', '../../a', '..', 'A', 'a'];
    const clusters = Object.fromEntries(names.map((name) => [name, well]));
    const { code } = await analyze(clusters, [...contexts(...names), '-o', `html=${folder}/r-{context}.html`]);
    expect(code).toBe(0);
    expect((await readdir(folder)).sort()).toEqual([
      'r-A.html',
      'r-_.html',
      'r-__.._a.html',
      'r-a-2.html',
      'r-arn_aws_eks_eu_1_cluster_a.html',
    ]);
  });

  test('one for all, and one for each, beside the text', async () => {
    const outputs = ['-o', 'text', '-o', `json=${folder}/all.json`, '-o', `sarif=${folder}/{context}.sarif`];
    const { code, out } = await analyze({ a: well, c: ill }, [...contexts('a', 'c'), ...outputs]);
    expect(code).toBe(0);
    expect(out).toMatch(/2 clusters:/);
    expect((await readdir(folder)).sort()).toEqual(['a.sarif', 'all.json', 'c.sarif']);
    expect(fleetSchema.safeParse(JSON.parse(await readFile(join(folder, 'all.json'), 'utf8'))).success).toBe(true);
  });

  test('a form for one cluster needs one for each, which is said before a cluster is read', async () => {
    const { code, err, most } = await analyze({ a: well, c: ill }, [...contexts('a', 'c'), '-o', 'html=out/r.html']);
    expect({ code, most }).toEqual({ code: 2, most: 0 });
    expect(err).toBe(
      'error: --output html holds one cluster\nhint: Have a file for each: -o html=out/r-{context}.html\n',
    );
  });
});

describe('the exit code', () => {
  test.each<[string, Readonly<Record<string, Found>>, readonly string[], number]>([
    ['all is well', { a: well, b: well }, [], 0],
    ['one is ill', { a: well, b: ill }, [], 0],
    ['one is ill, and that is too bad', { a: well, b: ill }, ['--fail-on', 'critical'], 1],
    ['one is away', { a: well, b: gone }, ['--fail-on', 'critical'], 0],
    ['one is away, and all had to be seen', { a: well, b: gone }, ['--require-complete'], 3],
    ['something of one was not seen, and all had to be', { a: well, b: unseen }, ['--require-complete'], 3],
    ['all had to be seen, and was', { a: well, b: well }, ['--require-complete'], 0],
    ['one is ill and one away', { a: gone, b: ill }, ['--fail-on', 'critical', '--require-complete'], 1],
    ['all are away', { a: gone, b: gone }, [], 2],
  ])('%s', async (_title, clusters, words, expected) => {
    const { code, err } = await analyze(clusters, [...contexts('a', 'b'), ...words]);
    expect(code).toBe(expected);
    expect(err).toBe(
      expected === 2 ? 'error: none of the 2 clusters could be read: the cluster is away\nhint: Wake it.\n' : '',
    );
  });

  test('a context that does not exist is no gap', async () => {
    const { code, out, err } = await analyze({ a: well, b: mistyped }, contexts('a', 'b'));
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: 'error: there is no context "b"\n' });
  });

  test('a fault of the program is no gap', async () => {
    const { code } = await analyze({ a: well, b: { error: new TypeError('oops') } }, contexts('a', 'b'));
    expect(code).toBe(70);
  });
});

describe('which clusters', () => {
  test('all contexts of the kubeconfig, four at a time', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const kubeconfig = join(folder, 'kubeconfig');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
    };
    await writeFile(kubeconfig, JSON.stringify(config));
    const clusters = Object.fromEntries(names.map((name) => [name, well]));
    const { out, most } = await analyze(clusters, ['--all-contexts', '--kubeconfig', kubeconfig]);
    expect(out).toMatch(/^6 clusters:$/m);
    expect(most).toBe(4);
  });

  test('the same one twice is one', async () => {
    const { out } = await analyze({ a: well }, contexts('a', 'a'));
    expect(out).not.toMatch(/clusters:/);
  });

  test.each<[readonly string[], RegExp]>([
    [['--all-contexts', '--kubeconfig', '/nonexistent'], /there is no file/],
    [['--all-contexts', '--context', 'a'], /exclude each other/],
    [['--all-contexts', '--from', 'x'], /is for a live cluster/],
    [[...contexts('a', 'b'), '--baseline', 'x.json'], /--baseline is for one cluster/],
    [[...contexts('a', 'b'), '--show-prompt'], /--show-prompt is for one cluster/],
    [[...contexts('a', 'b'), '--user', 'x'], /--user is for one cluster/],
  ])('%j is refused', async (words, message) => {
    const { code, err, most } = await analyze({ a: well, b: well }, words);
    expect({ code, most }).toEqual({ code: 2, most: 0 });
    expect(err).toMatch(message);
  });
});
