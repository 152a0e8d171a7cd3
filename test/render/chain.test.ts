import { expect, test } from 'vitest';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { renderText } from '../../src/render/text.ts';
import { aFinding, needs } from '../support/findings.ts';
import { reportOf } from '../support/report.ts';

/** The lines of the first incident up to its cause. */
function chain(findings: Parameters<typeof reportOf>[0], all = false): readonly string[] {
  const lines = renderText(reportOf(findings), { all, columns: 100 }).split('\n').slice(3);
  return lines.slice(0, lines.indexOf('  Cause'));
}

test('draws the tree from the cause to its effects', () => {
  const findings = [
    aFinding('NodeDown', 'Node n1', { breaks: ['run'], since: '2026-03-01T11:00:00Z' }),
    aFinding('PodDead', 'Pod shop/a', { breaks: ['ready'], causes: [needs('run', 'Node n1')] }),
    aFinding('PodDead', 'Pod shop/b', { causes: [needs('run', 'Node n1', 'likely')] }),
    aFinding('ServiceDead', 'Service shop/a', { causes: [needs('ready', 'Pod shop/a')] }),
  ];
  expect(chain(findings)).toEqual([
    'CRITICAL  NodeDown: Node n1, for 1h  NodeDown',
    '  Node n1: NodeDown',
    '  ├─ Pod shop/a: PodDead',
    '  │  │ via spec.x: Node n1',
    '  │  └─ Service shop/a: ServiceDead',
    '  │       via spec.x: Pod shop/a',
    '  └─ Pod shop/b: PodDead',
    '       via spec.x: Node n1 (likely)',
  ]);
});

test.each([
  [
    'a long proof that the sentence has said',
    'exceeded quota: team, requested: pods=1, used: pods=3, limited: pods=3',
    'via spec.x',
  ],
  ['a long one that was cut', 'exceeded quota: team, requested: pods=1, used: pods=3, limited: …', 'via spec.x'],
  ['a short one, which people copy', 'worker-4', 'via spec.x: worker-4'],
])('%s', (_, value, proof) => {
  const cause = { ...needs('run', 'Node n1'), via: { field: 'spec.x', value } };
  const effect = {
    ...aFinding('PodDead', 'Pod shop/a', { causes: [cause] }),
    message: `it fails: ${value.replace(' …', ' pods=3')}`,
  };
  const report = reportOf([aFinding('NodeDown', 'Node n1', { breaks: ['run'] }), effect]);
  expect(renderText(report, { columns: 120 })).toContain(`\n       ${proof}\n`);
  const marked = value === 'worker-4' ? '(via `spec.x`: `worker-4`)' : '(via `spec.x`)';
  expect(renderMarkdown(report)).toContain(marked);
});

test('what two causes explain is drawn under both, told once', () => {
  const findings = [
    aFinding('NodeDown', 'Node n1', { breaks: ['run'] }),
    aFinding('PodDead', 'Pod shop/a', { breaks: ['ready'], causes: [needs('run', 'Node n1')] }),
    aFinding('PodDead', 'Pod shop/b', { breaks: ['ready'], causes: [needs('run', 'Node n1')] }),
    aFinding('ServiceDead', 'Service shop/s', {
      breaks: ['route'],
      causes: [needs('ready', 'Pod shop/a'), needs('ready', 'Pod shop/b')],
    }),
    aFinding('Entry', 'Pod shop/z', { causes: [needs('route', 'Service shop/s')] }),
  ];
  const lines = chain(findings);
  expect(lines.filter((line) => line.includes('Service shop/s: ServiceDead'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('Service shop/s (see above)'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('Pod shop/z'))).toHaveLength(1);
});

test('many effects are counted, unless all are asked for', () => {
  const findings = [
    aFinding('NodeDown', 'Node n1', { breaks: ['run'] }),
    ...Array.from({ length: 30 }, (_, index) =>
      aFinding('PodDead', `Pod shop/p${index}`, { causes: [needs('run', 'Node n1')] }),
    ),
  ];
  expect(chain(findings).at(-1)).toBe('  └─ and 25 more');
  expect(chain(findings, true).filter((line) => line.includes('PodDead'))).toHaveLength(30);
});

test('a deadlock is called one, and drawing it ends', () => {
  const findings = [
    aFinding('WebhookDead', 'Pod shop/hook', {
      breaks: ['admit'],
      unlocks: true,
      causes: [needs('ready', 'Pod shop/app')],
    }),
    aFinding('PodDenied', 'Pod shop/app', { breaks: ['ready'], causes: [needs('admit', 'Pod shop/hook')] }),
  ];
  const text = renderText(reportOf(findings));
  expect(text).toContain('Deadlock:');
  expect(text).toContain('Pod shop/hook (see above)');
});

test('a lone finding is told in one sentence', () => {
  expect(chain([aFinding('NodeDown', 'Node n1')])).toEqual(['CRITICAL  NodeDown: Node n1  NodeDown', '  NodeDown']);
});
