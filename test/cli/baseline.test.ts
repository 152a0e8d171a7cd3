import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportSchema } from '../../src/model/report-schema.ts';
import { ago, node } from '../support/objects.ts';
import { cli } from '../support/run-cli.ts';

/** A node that is not ready: one critical problem. */
const down = (name: string) =>
  node(name, { status: { conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: ago('2h') }] } });
const one = [down('n1')];
const two = [down('n1'), down('n2')];

let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baseline-'));
  for (const [name, objects] of Object.entries({ one, two, none: [node('n1')] })) {
    await cli(['analyze', '-o', `json=${file(`${name}.json`)}`, '-o', `jsonl=${file(`${name}.jsonl`)}`], { objects });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const analyze = (objects: typeof one, ...words: readonly string[]) => cli(['analyze', ...words], { objects });

describe.each(['json', 'jsonl'])('a baseline in %s', (format) => {
  test.each([
    ['what it has', one, 'one', 0],
    ['more than it has', two, 'one', 1],
    ['less than it has', one, 'two', 0],
    ['something where it has nothing', one, 'none', 1],
  ])('--fail-on and %s', async (_, objects, baseline, code) => {
    const words = ['--fail-on', 'critical', '--baseline', file(`${baseline}.${format}`)];
    expect((await analyze(objects, ...words)).code).toBe(code);
  });
});

test('what was worse than ever before counts, what is new and not as bad does not', async () => {
  const text = JSON.stringify(reportSchema.parse(JSON.parse((await analyze(one, '-o', 'json')).out)));
  await writeFile(file('milder.json'), text.replaceAll('"severity":"critical"', '"severity":"warning"'));
  expect((await analyze(one, '--fail-on', 'critical', '--baseline', file('milder.json'))).code).toBe(1);
  expect((await analyze(one, '--fail-on', 'critical', '--baseline', file('one.json'))).code).toBe(0);
});

test('the text says what is new, known and resolved', async () => {
  const { out } = await analyze([down('n2'), node('n1')], '--baseline', file('one.json'));
  expect(out).toMatch(/^CRITICAL .*Node n2.* NodeUnreachable {2}new$/m);
  expect(out).toContain('Since 2026-03-01 12:00:00 UTC: 1 new, 0 known, 1 resolved.\n');
  expect(out).toMatch(/^ {2}Resolved: Node n1: .* NodeUnreachable$/m);
});

test('the text of what is known has no mark, and without a baseline nothing is new', async () => {
  const known = await analyze(one, '--baseline', file('one.json'));
  expect(known.out).toMatch(/^CRITICAL .*NodeUnreachable$/m);
  expect(known.out).toContain('Since 2026-03-01 12:00:00 UTC: 0 new, 1 known, 0 resolved.\n');
  const plain = await analyze(one);
  expect(plain.out).not.toContain('Since');
  expect(plain.out).not.toMatch(/new$/m);
});

test('what can no longer be read is not resolved', async () => {
  const words = ['analyze', '--baseline', file('one.json')];
  const { out } = await cli(words, { objects: [], missing: { nodes: 'may not be listed (403)' } });
  expect(out).toContain('0 new, 0 known, 0 resolved, 1 not seen now');
  expect(out.replaceAll(/\s+/g, ' ')).toContain('NodeUnreachable (Node n1: may not be listed (403))');
  expect(out).not.toContain('Resolved');
});

test('what the scope hides is not resolved', async () => {
  const { out } = await analyze(one, '--baseline', file('one.json'), '--filter', 'services');
  expect(out.replaceAll(/\s+/g, ' ')).toContain('it is outside the scope of this run');
  expect(out).toContain('Hint: the baseline shows everything, this run only services');
});

test('the JSON holds it, strictly of its form', async () => {
  const { out } = await analyze(two, '--baseline', file('one.json'), '-o', 'json');
  const report = reportSchema.parse(JSON.parse(out));
  expect(report.baseline).toMatchObject({ new: { critical: 1 }, known: { critical: 1 }, resolved: [], unseen: [] });
  expect(report.problems.map(({ object, known }) => [object.name, known])).toEqual([
    ['n1', true],
    ['n2', undefined],
  ]);
});

test.each([
  ['missing.json', undefined, 'cannot be read: there is no such file'],
  ['words.json', 'all is well', 'is no report of mekhanikube in JSON or JSON lines'],
  ['cut.json', '{"schemaVersion": "1", "problems": [', 'is no report of mekhanikube in JSON or JSON lines'],
  ['old.json', '{"schemaVersion": "0", "problems": []}', 'is a report of version "0", and version "1" can be read'],
])('refuses %s with a hint, before anything is read', async (name, text, message) => {
  if (text !== undefined) await writeFile(file(name), text);
  const { code, out, err } = await cli(['analyze', '--baseline', file(name)], { away: true });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^error: .*\nhint: .*mekhanikube analyze -o json=report.json\n$/);
  expect(err).toContain(`${file(name)} ${message}`);
});

test('what a baseline says cannot act upon a terminal, nor be counted as an incident', async () => {
  const text = (await analyze(one, '-o', 'json')).out.replaceAll(
    /"(message|name)": "[^"]*"/g,
    '"$1": "x\\nCRITICAL  \\u001b[2J\\u202e"',
  );
  expect(JSON.parse(text).problems[0].message).toContain('\u001B');
  await writeFile(file('hostile.json'), text.replaceAll(/"id": "[^"]*"/g, '"id": "other"'));
  const { code, out } = await analyze([node('n1')], '--baseline', file('hostile.json'), '--all');
  expect(code).toBe(0);
  expect(out).toContain('1 resolved');
  expect(['\u001B', '\u202E'].filter((char) => out.includes(char))).toEqual([]);
  expect(out).not.toMatch(/^CRITICAL/m);
});

test('refuses a folder', async () => {
  expect((await analyze(one, '--baseline', folder)).err).toContain('is no report');
});
