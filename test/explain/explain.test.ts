import { expect, test } from 'vitest';
import { explainFromRunbook, placeholders } from '../../src/explain/explain.ts';
import type { Analyzer, Incident } from '../../src/model/finding.ts';
import { testAnalyzer } from '../support/analyzer.ts';
import { aFinding, type FindingOptions } from '../support/findings.ts';
import { deployment, node, pod } from '../support/objects.ts';
import { snapshotOf, type SnapshotOptions } from '../support/snapshot.ts';

const snapshotOptions: SnapshotOptions = {};

function explain(runbook: string, object: string, options: FindingOptions & { snapshot?: SnapshotOptions } = {}) {
  const { snapshot = snapshotOptions, ...rest } = options;
  const root = { ...aFinding('Code', object, rest), analyzer: 'test', values: { node: 'n1', gone: 'web-9' } };
  const incident: Incident = { id: 'i', severity: 'critical', root, symptoms: [], chain: [], deadlock: false };
  const analyzers = new Map<string, Analyzer>([['test', { ...testAnalyzer, runbook }]]);
  const objects = [node('n1'), deployment('shop/web'), pod('shop/web-1')];
  return explainFromRunbook(incident, snapshotOf(objects, snapshot), analyzers);
}

test('fills the runbook of the root', () => {
  const runbook =
    '## Code\n{{kind}} {{name}} fails.\n### Confirm\n- Look: `kubectl get {{resource}} {{name}} -n {{namespace}}`\n### Fix\n- Mend it';
  expect(explain(runbook, 'Deployment shop/web')).toEqual({
    source: 'runbook',
    cause: 'Deployment web fails.',
    confidence: 'high',
    steps: [
      { phase: 'confirm', text: 'Look', command: 'kubectl get deployment web -n shop' },
      { phase: 'fix', text: 'Mend it' },
    ],
    verified: true,
  });
});

const step = (command: string) => `## Code\nx\n### Fix\n- Do: \`${command}\`\n- Else`;

test.each([
  ['the object is there', 'kubectl get pod web-1 -n shop', true],
  ['the object is known to be gone', 'kubectl get pod {{gone}} -n shop', false],
  ['the missing object is what it is about', 'kubectl get pod web-7 -n shop', true],
  ['it would be created', 'kubectl create deployment {{gone}} -n shop', true],
  ['a placeholder has no value', 'kubectl get pod {{nothing}} -n shop', false],
  ['the kind is not read', 'kubectl get widget {{gone}} -n shop', true],
])('a step is kept or dropped: %s', (_, command, kept) => {
  const { steps, verified } = explain(step(command), 'Pod shop/web-7');
  expect(steps.map(({ text }) => text)).toEqual(kept ? ['Do', 'Else'] : ['Else']);
  expect(verified).toBe(true);
});

test('what could not be seen is kept, and said', () => {
  const { steps, verified } = explain(step('kubectl get pod {{gone}} -n shop'), 'Pod shop/web-7', {
    snapshot: { missing: { pods: 'forbidden' } },
  });
  expect(steps).toHaveLength(2);
  expect(verified).toBe(false);
});

test('a code without a runbook is still told, with a look at the object', () => {
  expect(explain('', 'Deployment shop/web')).toMatchObject({
    cause: 'Deployment shop/web: Code.',
    steps: [{ phase: 'confirm', text: 'Look at it', command: 'kubectl describe deployment web -n shop' }],
  });
});

test('a likely hop lowers confidence', () => {
  const root = aFinding('Code', 'Node n1');
  const hop = { from: root, to: aFinding('Other', 'Pod shop/a'), via: { field: 'x', value: 'y' } };
  const incident = { id: 'i', severity: 'critical', root, symptoms: [hop.to], deadlock: false } as const;
  const confidence = (certainty: 'sure' | 'likely') =>
    explainFromRunbook({ ...incident, chain: [{ ...hop, certainty }] }, snapshotOf([]), new Map()).confidence;
  expect([confidence('sure'), confidence('likely')]).toEqual(['high', 'medium']);
});

test('placeholders: names as kubectl has them, and the first pod', () => {
  expect(
    placeholders(aFinding('C', 'Deployment shop/web', { key: 'app', members: ['Pod shop/web-1', 'Pod shop/web-2'] })),
  ).toEqual({
    kind: 'Deployment',
    resource: 'deployment',
    name: 'web',
    namespace: 'shop',
    pod: 'web-1',
    key: 'app',
  });
  expect(placeholders(aFinding('C', 'Node n1'))).toEqual({ kind: 'Node', resource: 'node', name: 'n1' });
  const widget = { ...aFinding('C', 'Pod shop/w'), object: { apiVersion: 'a.io/v1', kind: 'Widget', name: 'w' } };
  expect(placeholders(widget)['resource']).toBe('widget.a.io');
});
