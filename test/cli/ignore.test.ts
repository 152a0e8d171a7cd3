import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
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
const ignoring = (more: Readonly<Record<string, string>> = {}): Patch => ({
  metadata: { annotations: { 'mekhanikube.io/ignore': 'NodeUnreachable', ...more } },
});
const quiet = down(
  'n1',
  ignoring({ 'mekhanikube.io/ignore-reason': 'it is on its way', 'mekhanikube.io/ignore-until': '2026-04-01' }),
);
const loud = down('n2');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ignore-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function reported(objects: readonly (typeof loud)[], ...words: readonly string[]): Promise<Report> {
  const { out } = await cli(['analyze', '-o', 'json', ...words], { objects });
  return reportSchema.parse(JSON.parse(out));
}

test('what is ignored counts for nothing, and is told', async () => {
  const report = await reported([quiet]);
  expect(report).toMatchObject({
    status: 'ok',
    summary: {
      incidents: { critical: 0, warning: 0, info: 0 },
      problems: { critical: 0, warning: 0, info: 0 },
      suppressed: { critical: 1, warning: 0, info: 0 },
    },
    problems: [],
    incidents: [],
    suppressed: [
      {
        code: 'NodeUnreachable',
        severity: 'critical',
        object: { kind: 'Node', name: 'n1' },
        by: 'annotation',
        rule: 'mekhanikube.io/ignore: NodeUnreachable on Node n1',
        reason: 'it is on its way',
        until: '2026-04-01T00:00:00Z',
      },
    ],
  });
  expect((await cli(['analyze', '--fail-on', 'info'], { objects: [quiet] })).code).toBe(0);
  expect((await cli(['analyze', '--fail-on', 'info'], { objects: [quiet, loud] })).code).toBe(1);
});

test('--no-ignore tells everything as if nothing were ignored', async () => {
  const report = await reported([quiet], '--no-ignore');
  expect(report).toMatchObject({ status: 'problems', summary: { problems: { critical: 1 } }, suppressed: [] });
  const plain = await reported([down('n1')]);
  expect({ ...report, stats: plain.stats }).toEqual(plain);
  expect((await cli(['analyze', '--fail-on', 'critical', '--no-ignore'], { objects: [quiet] })).code).toBe(1);
});

test('the text says how many, and with --all which', async () => {
  const { out } = await cli(['analyze'], { objects: [quiet] });
  expect(out).toContain('No problems found.');
  expect(out.replaceAll(/\s+/g, ' ')).toContain(
    '1 problem is ignored (mekhanikube.io/ignore: NodeUnreachable on Node n1). --all lists them.',
  );
  const all = await cli(['analyze', '--all'], { objects: [quiet] });
  expect(all.out.replaceAll(/\s+/g, ' ')).toMatch(
    /Ignored: critical, Node n1: its kubelet .* NodeUnreachable, for: it is on its way, until 2026-04-01 00:00:00 UTC/,
  );
  expect((await cli(['analyze'], { objects: [loud] })).out).not.toContain('ignored');
});

test('what annotations say cannot act upon a terminal, nor be counted as an incident', async () => {
  const evil = down('n1', ignoring({ 'mekhanikube.io/ignore-reason': 'x\nCRITICAL  \u001B[2Jowned\u202E' }));
  const wrong = down('n2', { metadata: { annotations: { 'mekhanikube.io/ignore': 'a\nCRITICAL  \u001B[2J' } } });
  const { out } = await cli(['analyze', '--all'], { objects: [evil, wrong] });
  expect(['\u001B', '\u202E'].filter((char) => out.includes(char))).toEqual([]);
  expect(out.match(/^CRITICAL/gm)).toHaveLength(1);
});

test('the configuration file says the same', async () => {
  const file = join(folder, 'config.yaml');
  await writeFile(file, 'ignore:\n  - code: Node*\n    name: n1\n    reason: known\n');
  const report = await reported([down('n1'), loud], '--config', file);
  expect(report.suppressed).toMatchObject([
    {
      object: { name: 'n1' },
      by: 'configuration',
      rule: 'ignore[0] of the configuration: code Node*; name n1',
      reason: 'known',
    },
  ]);
  expect(report.incidents).toMatchObject([{ object: { name: 'n2' } }]);
  expect((await reported([down('n1')], '--config', file, '--no-ignore')).suppressed).toEqual([]);
});

test('an end that has come and a code that is none are told as hints, in every format that has them', async () => {
  const ended = down('n1', ignoring({ 'mekhanikube.io/ignore-until': '2026-02-01' }));
  const wrong = down('n2', { metadata: { annotations: { 'mekhanikube.io/ignore': 'NodeUnreachabel' } } });
  const report = await reported([ended, wrong]);
  expect(report.suppressed).toEqual([]);
  expect(report.hints).toEqual([
    'mekhanikube.io/ignore: NodeUnreachable on Node n1 ended on 2026-02-01: what it ignored counts again.',
    'Node n2: mekhanikube.io/ignore: there is no code NodeUnreachabel: did you mean NodeUnreachable?',
  ]);
});

test('is ignored in the scope only', async () => {
  expect((await reported([quiet, loud], 'node/n1')).suppressed).toHaveLength(1);
  expect((await reported([quiet, loud], 'node/n2')).suppressed).toEqual([]);
});

test('what was ignored in the baseline and counts now is new', async () => {
  const file = join(folder, 'baseline.json');
  await cli(['analyze', '-o', `json=${file}`], { objects: [quiet] });
  const run = (objects: readonly (typeof loud)[]) =>
    cli(['analyze', '--fail-on', 'critical', '--baseline', file], { objects });
  expect((await run([down('n1')])).code).toBe(1);
  expect((await run([quiet])).code).toBe(0);
  expect((await run([quiet])).out).toContain('0 new, 0 known, 0 resolved');
});
