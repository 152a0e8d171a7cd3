import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtInLoaders } from '../../src/cli/built-in-loaders.ts';
import { runCli } from '../../src/cli/run.ts';
import { diffSchema } from '../../src/model/diff-schema.ts';
import { testIo } from '../support/io.ts';
import { ago, merge, node, type Patch } from '../support/objects.ts';
import { cli } from '../support/run-cli.ts';

/** A node that is not ready: one critical problem. */
const down = (name: string, patch: Patch = {}) =>
  node(
    name,
    merge(
      { status: { conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: ago('2h') }] } },
      patch,
    ) as Patch,
  );

let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'diff-'));
  const ignored = down('n1', { metadata: { annotations: { 'mekhanikube.io/ignore': '*' } } });
  const clusters = { none: [node('n1')], one: [down('n1')], two: [down('n1'), down('n2')], ignored: [ignored] };
  for (const [name, objects] of Object.entries(clusters)) {
    await cli(['analyze', '-o', `json=${file(`${name}.json`)}`, '-o', `jsonl=${file(`${name}.jsonl`)}`], { objects });
    const items = objects.map((object) => ({ ...object }));
    // A list of one kind that the tool takes as complete; nothing else of a cluster is in it.
    await writeFile(file(`${name}.list.json`), JSON.stringify({ kind: 'List', apiVersion: 'v1', items }));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command line with the loaders that read real files. */
async function run(...words: readonly string[]) {
  const { io, written } = testIo({ environment: { XDG_CONFIG_HOME: folder } });
  return { code: await runCli(words, io, builtInLoaders), ...written };
}

const diff = (one: string, other: string, ...words: readonly string[]) => run('diff', file(one), file(other), ...words);

test.each([
  ['one.json', 'two.json'],
  ['one.jsonl', 'two.jsonl'],
  ['one.list.json', 'two.list.json'],
  ['one.json', 'two.list.json'],
])('%s to %s: one is new', async (one, other) => {
  const { code, out } = await diff(one, other);
  expect(code).toBe(0);
  expect(out).toMatch(/^\+ critical {2}Node n2: .*NodeUnreachable$/m);
  expect(out).toContain('1 new, 0 resolved, 1 unchanged.');
});

test('what is gone is resolved in a later list of its kind', async () => {
  expect((await diff('one.list.json', 'none.list.json')).out).toMatch(/^- critical {2}Node n1/m);
});

test('what is gone from a recording that lacks its kind is out of sight', async () => {
  await writeFile(file('pods.json'), JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items: [] }));
  const { out } = await diff('one.json', 'pods.json', '--severity', 'critical');
  expect(out).toMatch(/^\? critical {2}Node n1/m);
  expect(out).toContain('0 new, 0 resolved, 1 not seen now');
});

test.each([
  ['something new', 'one.json', 'two.json', 'critical', 1],
  ['nothing new', 'two.json', 'one.json', 'critical', 0],
  ['the same', 'two.json', 'two.json', 'info', 0],
  ['what was ignored and counts again', 'ignored.json', 'one.json', 'critical', 1],
  ['what is ignored now', 'one.json', 'ignored.json', 'info', 0],
])('--fail-on and %s', async (_, one, other, severity, code) => {
  expect((await diff(one, other, '--fail-on', severity)).code).toBe(code);
  expect((await diff(one, other)).code).toBe(0);
});

test('--fail-on does not heed what is less bad', async () => {
  const milder = (await readFile(file('two.json'), 'utf8')).replaceAll(
    '"severity": "critical"',
    '"severity": "warning"',
  );
  await writeFile(file('milder.json'), milder);
  expect((await diff('none.json', 'milder.json', '--fail-on', 'critical')).code).toBe(0);
  expect((await diff('none.json', 'milder.json', '--fail-on', 'warning')).code).toBe(1);
  // Known, and worse now.
  expect((await diff('milder.json', 'two.json', '--fail-on', 'critical')).code).toBe(1);
});

test('several outputs from one run; what a file says of outputs of analyze is passed over', async () => {
  await writeFile(file('c.yaml'), 'output: [sarif]\n');
  const words = ['-o', 'markdown', '-o', `json=${file('diff.json')}`];
  const { code, out } = await diff('one.json', 'two.json', ...words);
  expect(code).toBe(0);
  expect(out).toMatch(/^## What changed\n/);
  const json = diffSchema.parse(JSON.parse(await readFile(file('diff.json'), 'utf8')));
  expect(json.added).toMatchObject([{ object: { name: 'n2' } }]);
  expect((await diff('one.json', 'two.json', '--config', file('c.yaml'))).out).toMatch(/^Old: /);
  expect((await diff('one.json', 'two.json', '-o', 'sarif')).err).toBe(
    'error: --output sarif is for analyze; this command writes text, markdown and json\n',
  );
});

test('recordings: what is ignored counts with --no-ignore', async () => {
  expect((await diff('ignored.list.json', 'one.list.json')).out).toContain('1 new');
  expect((await diff('ignored.list.json', 'one.list.json', '--no-ignore')).out).toContain(
    '0 new, 0 resolved, 1 unchanged',
  );
});

test.each([
  ['a file that is not there', 'missing.json', 'cannot be read: there is no such file'],
  ['an old report', 'old.json', 'is a report of version "0"'],
  ['words', 'words.txt', 'words.txt'],
])('refuses %s', async (_, name, message) => {
  await writeFile(file('old.json'), '{"schemaVersion":"0","problems":[]}');
  await writeFile(file('words.txt'), 'all is well');
  const { code, out, err } = await diff('one.json', name);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
  expect(err).not.toContain('bug');
});

test('refuses stdin twice, and one file', async () => {
  expect((await run('diff', '-', '-')).err).toBe('error: only one of the two can come from stdin\n');
  expect((await run('diff', file('one.json'))).code).toBe(2);
});
