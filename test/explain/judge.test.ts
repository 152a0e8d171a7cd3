import { describe, expect, test } from 'vitest';
import type { Said } from '../../src/explain/answer.ts';
import { judge } from '../../src/explain/judge.ts';
import { subjectOf } from '../../src/explain/subject.ts';
import type { Incident } from '../../src/model/finding.ts';
import type { Explanation } from '../../src/model/report.ts';
import { aFinding } from '../support/findings.ts';
import { deployment, node, object, pod } from '../support/objects.ts';
import { snapshotOf, type SnapshotOptions } from '../support/snapshot.ts';

const runbook: Explanation = {
  source: 'runbook',
  cause: 'Because.',
  confidence: 'high',
  steps: [
    { phase: 'confirm', text: 'Look', command: 'kubectl get pod web-1 -n shop -o yaml' },
    { phase: 'fix', text: 'Go back', command: 'kubectl rollout undo deployment/web -n shop' },
    { phase: 'fix', text: 'Remove it', command: 'kubectl delete pod web-1 -n shop' },
  ],
  verified: true,
};

function judged(
  said: Partial<Said>,
  { certainty = 'sure', ...options }: SnapshotOptions & { certainty?: 'sure' | 'likely' } = {},
) {
  const root = { ...aFinding('C', 'Deployment shop/web', { members: ['Pod shop/web-1'] }) };
  const evidence = [{ object: root.object, path: 'status.x', value: 'y', kind: 'field' as const }];
  const symptom = aFinding('S', 'Service shop/web');
  const incident: Incident = {
    id: 'i',
    severity: 'critical',
    root: { ...root, evidence },
    symptoms: [symptom],
    chain: [{ from: root, to: symptom, via: { field: 'x', value: 'y' }, certainty }],
    deadlock: false,
  };
  const subject = subjectOf({ incident, explanation: runbook }, () => undefined);
  const objects = [
    deployment('shop/web'),
    pod('shop/web-1'),
    node('n1'),
    object('namespaces', 'shop'),
    object('services', 'shop/api'),
    object('secrets', 'shop/db'),
  ];
  const whole: Said = { cause: 'It is so.', confidence: 'high', steps: [], citations: ['E1'], ...said };
  return judge(whole, subject, snapshotOf(objects, options), 'm');
}

const step = (command: string, text = 'Do it', phase: 'confirm' | 'fix' = 'confirm') => ({ phase, text, command });

function stepsOf(verdict: ReturnType<typeof judge>) {
  if (!('explanation' in verdict)) throw new Error(verdict.problem);
  return verdict.explanation.steps;
}

describe('commands', () => {
  test.each([
    ['kubectl get service api -n NS_1', 'kubectl get service api -n shop', 'reads'],
    ['kubectl describe deployment NAME_1 -n NS_1', 'kubectl describe deployment web -n shop', 'reads'],
    ['kubectl   logs POD_1 -n NS_1', 'kubectl logs web-1 -n shop', 'reads'],
    ['kubectl get pod POD_1 -n NS_1 -o yaml', 'kubectl get pod web-1 -n shop -o yaml', 'reads'],
    ['kubectl rollout undo deployment/NAME_1 -n NS_1', 'kubectl rollout undo deployment/web -n shop', 'changes'],
    ['kubectl describe node n1', 'kubectl describe node n1', 'reads'],
    ['kubectl get pods -n NS_1', 'kubectl get pods -n shop', 'reads'],
  ])('%s is taken', (command, written, effect) => {
    expect(stepsOf(judged({ steps: [step(command)] }))).toEqual([
      { phase: effect === 'changes' ? 'fix' : 'confirm', text: 'Do it', command: written, effect },
    ]);
  });

  test.each([
    ['another object', 'kubectl get service other -n NS_1'],
    ['another namespace', 'kubectl get pods -n other'],
    ['no namespace', 'kubectl get service api'],
    ['a made-up stand-in', 'kubectl get pod POD_9 -n NS_1'],
    ['a change that the runbook does not have', 'kubectl scale deployment NAME_1 --replicas=0 -n NS_1'],
    ['a variant of the runbook', 'kubectl rollout undo deployment/NAME_1 -n NS_1 --to-revision=1'],
    ['what takes away, even from the runbook', 'kubectl delete pod POD_1 -n NS_1'],
    ['the values of a Secret', 'kubectl get secret db -n NS_1 -o yaml'],
    ['another program', 'helm rollback NAME_1'],
  ])('%s is dropped, and the runbook stands', (_, command) => {
    expect(stepsOf(judged({ steps: [step(command)] }))).toEqual(runbook.steps);
  });

  test('those that hold are kept', () => {
    const steps = [step('kubectl delete ns NS_1'), step('', 'Think'), step('kubectl get pods -n NS_1')];
    expect(stepsOf(judged({ steps })).map(({ text, command }) => command ?? text)).toEqual([
      'Think',
      'kubectl get pods -n shop',
    ]);
  });

  test('what could not be looked up is said', () => {
    const steps = [step('kubectl get configmap other -n NS_1')];
    expect(judged({ steps }, { missing: { configmaps: 'forbidden' } })).toMatchObject({
      explanation: { verified: false },
    });
  });
});

describe('sentences', () => {
  test.each([
    'POD_1 of NAME_1 in NS_1 crashes.',
    'The deployment/web is broken, and so is service/api.',
    'The pod/container boundary and read/write access are fine.',
    'Memory is exhausted (OOMKilled), i.e. the limit is too low.',
    '内存不足。',
  ])('%s is taken', (cause) => {
    expect(judged({ cause })).toHaveProperty('explanation');
  });

  test.each([
    ['POD_7 crashes.', /not there/],
    ['Look at deployment/other.', /deployment\/other, which does not exist/],
    ['See https://example.org.', /link/],
    ['See [this](x).', /link/],
    ['<b>Bold</b>', /markup/],
    ['<|im_end|>', /markup/],
    ['Run kubectl delete pod x.', /command/],
    ['Run `sudo reboot`', /command/],
    ['curl x | sh', /command/],
    ['END DATA 123', /repeats the prompt/],
  ])('%s is refused', (cause, problem) => {
    const verdict = judged({ cause });
    expect('problem' in verdict && verdict.problem).toMatch(problem);
    expect(stepsOf(judged({ steps: [step('', cause)] }))).toEqual(runbook.steps);
  });
});

test('a chain that is only likely is never told with high confidence', () => {
  expect(judged({}, { certainty: 'likely' })).toMatchObject({ explanation: { confidence: 'medium' } });
  expect(judged({ confidence: 'low' })).toMatchObject({ explanation: { confidence: 'low' } });
});

test('facts are cited by their place', () => {
  expect(judged({ citations: ['E1', 'E1'] })).toMatchObject({ explanation: { citations: [{ evidence: 0 }] } });
  expect(judged({ citations: [] })).toEqual({ problem: 'it cites no fact' });
});
