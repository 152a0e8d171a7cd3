import { setTimeout as sleep } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { schemaText } from '../../scripts/schema.ts';
import type { Analyzer } from '../../src/model/finding.ts';
import { reportSchema, schemaVersion } from '../../src/model/report-schema.ts';
import { reportVersion } from '../../src/model/report.ts';
import { analyze, neededResources, run } from '../../src/pipeline.ts';
import { renderJson } from '../../src/render/json.ts';
import { testAnalyzer } from '../support/analyzer.ts';
import { aFinding, needs } from '../support/findings.ts';
import { loadedOf } from '../support/loaded.ts';
import { ago, deployment, merge, node, object, ownedBy, type Patch, pod, replicaSet } from '../support/objects.ts';
import { reportOf } from '../support/report.ts';

const down = node('n1', {
  status: {
    conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: ago('2h') }],
  },
});
const web = deployment('shop/web');
const webSet = replicaSet(web);
const webPod = pod(
  'shop/web-1',
  merge(ownedBy(webSet), { status: { conditions: [{ type: 'Ready', status: 'False' }] } }) as Patch,
);
const cluster = [web, webSet, webPod, down];
const analyzers = [testAnalyzer];

test('schema/report.json is what the source says: run "node scripts/schema.ts"', async () => {
  expect(await readFile(new URL('../../schema/report.json', import.meta.url), 'utf8')).toBe(schemaText());
  expect(reportVersion).toBe(schemaVersion);
});

test('a whole report, strictly of its form', () => {
  const report = analyze(loadedOf(cluster, { missing: { secrets: 'forbidden' } }), { analyzers });
  expect(reportSchema.parse(report)).toEqual(report);
  expect(report).toMatchObject({
    schemaVersion: '1',
    tool: { name: 'mekhanikube' },
    status: 'problems',
    complete: false,
    cluster: {
      name: 'test',
      context: 'test-context',
      server: 'https://127.0.0.1:6443',
      version: 'v1.36.3',
      source: 'live',
    },
    takenAt: '2026-03-01T12:00:00Z',
    gaps: [{ what: 'resource', name: 'secrets', reason: 'forbidden' }],
    stats: { requests: 34, bytes: 120_000, objects: 4, analyzers: 1, codes: 3, resources: { pods: 1, nodes: 1 } },
  });
  const [root, symptom] = report.problems;
  expect(report.incidents).toEqual([
    {
      id: `incident-${root!.id}`,
      severity: 'critical',
      code: 'TestNodeDown',
      object: { apiVersion: 'v1', kind: 'Node', name: 'n1' },
      message: 'the kubelet stopped reporting: no message',
      root: root!.id,
      symptoms: [symptom!.id],
      chain: [{ from: root!.id, to: symptom!.id, via: { field: 'spec.nodeName', value: 'n1' }, certainty: 'sure' }],
      affected: {
        count: 3,
        objects: [
          { apiVersion: 'v1', kind: 'Node', name: 'n1' },
          { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' },
          { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
        ],
      },
      since: expect.stringMatching(/^2026-/),
      explanation: expect.objectContaining({ source: 'runbook', confidence: 'high', verified: true }),
    },
  ]);
  expect(symptom).toEqual({
    id: symptom!.id,
    analyzer: 'test',
    code: 'TestPodNotReady',
    severity: 'warning',
    object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
    message: 'container app is not ready',
    evidence: [expect.objectContaining({ path: 'status.conditions[3].status', value: 'False', kind: 'field' })],
    members: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' }],
    incidents: [`incident-${root!.id}`],
  });
});

test('the same input gives the same bytes, in whatever order it comes', () => {
  const one = renderJson(analyze(loadedOf(cluster), { analyzers }));
  const other = renderJson(analyze(loadedOf([...cluster].reverse()), { analyzers }));
  expect(other).toBe(one);
  expect(JSON.parse(one)).toEqual(analyze(loadedOf(cluster), { analyzers }));
});

test.each([
  ['nothing at all', [], 'ok', true],
  ['info alone', [object('services', 'shop/web', { metadata: { annotations: { old: 'yes' } } })], 'ok', true],
  ['a warning', [webPod], 'problems', true],
] as const)('status and completeness: %s', (_, objects, status, complete) => {
  const report = analyze(loadedOf(objects), { analyzers });
  expect(reportSchema.parse(report)).toMatchObject({ status, complete });
});

test('what was not read by choice is a gap as well, where an analyzer would have read it', () => {
  const loaded = loadedOf(cluster, { missing: { services: 'not asked for', secrets: 'not asked for' }, gaps: [] });
  const { gaps, complete } = analyze(loaded, { analyzers });
  expect(gaps).toEqual([{ what: 'resource', name: 'services', reason: 'not asked for' }]);
  expect(complete).toBe(false);
});

test('an analyzer that breaks is a gap, and the rest is told', () => {
  const broken: Analyzer = {
    ...testAnalyzer,
    id: 'broken',
    // oxlint-disable-next-line require-yield
    *analyze() {
      throw new Error('oops');
    },
  };
  const report = analyze(loadedOf(cluster), { analyzers: [broken, testAnalyzer] });
  expect(reportSchema.parse(report)).toMatchObject({ complete: false, summary: { incidents: { critical: 1 } } });
  expect(report.gaps).toEqual([expect.objectContaining({ what: 'analyzer', name: 'broken' })]);
});

test('a symptom of two roots is one problem that names both incidents', () => {
  const report = reportOf([
    aFinding('A', 'Node n1', { breaks: ['run'] }),
    aFinding('B', 'Node n2', { breaks: ['run'] }),
    aFinding('C', 'Pod shop/a', { causes: [needs('run', 'Node n1'), needs('run', 'Node n2')] }),
  ]);
  expect(reportSchema.parse(report).incidents).toHaveLength(2);
  expect(report.summary.problems.critical).toBe(3);
  expect(report.problems.find(({ code }) => code === 'C')?.incidents).toEqual(report.incidents.map(({ id }) => id));
});

test('a deadlock is marked', () => {
  const report = reportOf([
    aFinding('A', 'Pod shop/a', { breaks: ['run'], unlocks: true, causes: [needs('run', 'Pod shop/b')] }),
    aFinding('B', 'Pod shop/b', { breaks: ['run'], causes: [needs('run', 'Pod shop/a')] }),
  ]);
  expect(reportSchema.parse(report).incidents).toMatchObject([{ code: 'A', deadlock: true }]);
});

test('the form refuses what it does not know', () => {
  const report = reportOf([aFinding('A', 'Pod shop/a')]);
  expect(reportSchema.safeParse({ ...report, extra: 1 }).success).toBe(false);
  expect(reportSchema.safeParse({ ...report, takenAt: undefined }).success).toBe(false);
});

test('settings reach the analyzer that they are for', () => {
  const seen: unknown[] = [];
  const curious: Analyzer = {
    ...testAnalyzer,
    *analyze(_, settings) {
      seen.push(settings);
      yield* [];
    },
  };
  analyze(loadedOf([]), { analyzers: [curious], settings: { test: { grace: 5 }, other: { grace: 7 } } });
  analyze(loadedOf([]), { analyzers: [curious] });
  expect(seen).toEqual([{ grace: 5 }, { grace: 60 }]);
});

test('bad words are refused before anything is loaded', async () => {
  let loads = 0;
  const load = () => {
    loads += 1;
    return Promise.resolve(loadedOf(cluster));
  };
  await expect(run({ analyzers, load, scope: { filters: ['nonsense'] } })).rejects.toThrow('nonsense');
  expect(loads).toBe(0);
  const steps: string[] = [];
  const { report } = await run({ analyzers, load, onStep: (step) => steps.push(step) });
  expect(report.incidents).toHaveLength(1);
  expect(steps).toEqual(['load', 'analyze', 'report']);
});

test('a living cluster tells how long the run took; two runs on one recording are the same', async () => {
  const timed = async (source: 'live' | 'recorded') => {
    const load = async () => {
      await sleep(20);
      return loadedOf(cluster, { source });
    };
    return (await run({ analyzers, load })).report.stats.seconds;
  };
  expect(await timed('live')).toBeGreaterThan(0.015);
  expect(await timed('recorded')).toBeUndefined();
});

test('what is read is what analyzers declare, and what rolling up needs', () => {
  const needed = neededResources([{ ...testAnalyzer, reads: ['secrets'] }]);
  expect(needed).toEqual(
    expect.arrayContaining(['secrets', 'pods', 'replicasets.apps', 'deployments.apps', 'namespaces']),
  );
  expect(needed).not.toContain('configmaps');
});
