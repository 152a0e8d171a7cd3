import { expect, test } from 'vitest';
import { correlate } from '../../src/engine/correlate.ts';
import type { Finding } from '../../src/model/finding.ts';
import { aFinding, needs, short } from '../support/findings.ts';
import { deployment, ownedBy, pod, replicaSet } from '../support/objects.ts';
import { snapshotOf } from '../support/snapshot.ts';

const empty = snapshotOf([]);
const told = (findings: readonly Finding[], snapshot = empty) => correlate(snapshot, findings).map(short);

test('a finding that nothing explains is an incident of its own', () => {
  expect(told([aFinding('PodCrashLoop', 'Pod shop/web')])).toEqual(['PodCrashLoop Pod shop/web']);
});

test('a link becomes an edge where a finding about its object breaks what is needed', () => {
  const node = aFinding('NodeNotReady', 'Node n1', { breaks: ['run'] });
  const web = aFinding('PodNotReady', 'Pod shop/web', { causes: [needs('run', 'Node n1')] });
  expect(told([web, node])).toEqual(['NodeNotReady Node n1 > PodNotReady Pod shop/web']);
});

test('a link to an object whose finding breaks something else joins nothing', () => {
  const node = aFinding('NodeVersionSkew', 'Node n1', { severity: 'warning', breaks: ['schedule'] });
  const web = aFinding('PodNotReady', 'Pod shop/web', { causes: [needs('run', 'Node n1')] });
  expect(told([web, node])).toEqual(['PodNotReady Pod shop/web', 'NodeVersionSkew Node n1']);
});

test('a link reaches a finding through its members', () => {
  const nodes = aFinding('NodeNotReady', 'Node n1', { breaks: ['run'], members: ['Node n1', 'Node n2'] });
  const web = aFinding('PodNotReady', 'Pod shop/web', { causes: [needs('run', 'Node n2')] });
  expect(told([web, nodes])).toEqual(['NodeNotReady Node n1 > PodNotReady Pod shop/web']);
});

test('a chain of three has one root and tells its hops in order, without the short cut', () => {
  const secret = aFinding('SecretMissing', 'Secret shop/db', { severity: 'warning', breaks: ['start'] });
  const web = aFinding('PodConfigError', 'Pod shop/web', {
    breaks: ['ready'],
    causes: [needs('start', 'Secret shop/db')],
  });
  const service = aFinding('ServiceNoReadyEndpoints', 'Service shop/web', {
    breaks: ['route'],
    causes: [needs('ready', 'Pod shop/web'), needs('start', 'Secret shop/db')],
  });
  const [incident, ...rest] = correlate(empty, [service, web, secret]);
  expect(rest).toEqual([]);
  expect(incident!.severity).toBe('critical');
  expect(incident!.root.code).toBe('SecretMissing');
  expect(incident!.chain.map((hop) => `${hop.from.code} -> ${hop.to.code}`)).toEqual([
    'SecretMissing -> PodConfigError',
    'PodConfigError -> ServiceNoReadyEndpoints',
  ]);
});

test('a symptom with two roots is listed under each', () => {
  const one = aFinding('NodeNotReady', 'Node n1', { breaks: ['run'] });
  const other = aFinding('NodeNotReady', 'Node n2', { breaks: ['run'] });
  const web = aFinding('DeploymentUnavailable', 'Deployment shop/web', {
    causes: [needs('run', 'Node n1'), needs('run', 'Node n2')],
  });
  expect(told([one, other, web])).toEqual([
    'NodeNotReady Node n1 > DeploymentUnavailable Deployment shop/web',
    'NodeNotReady Node n2 > DeploymentUnavailable Deployment shop/web',
  ]);
});

test('a cycle is one deadlock whose root is where it can be broken', () => {
  const hook = aFinding('WebhookUnavailable', 'Webhook policy', {
    breaks: ['admit'],
    unlocks: true,
    causes: [needs('route', 'Service hook/policy')],
  });
  const service = aFinding('ServiceNoReadyEndpoints', 'Service hook/policy', {
    breaks: ['route'],
    causes: [needs('ready', 'Deployment hook/policy')],
  });
  const workload = aFinding('PodBlockedByWebhook', 'Deployment hook/policy', {
    breaks: ['ready'],
    causes: [needs('admit', 'Webhook policy')],
  });
  const victim = aFinding('PodBlockedByWebhook', 'Deployment shop/web', {
    breaks: ['ready'],
    causes: [needs('admit', 'Webhook policy')],
  });
  const [incident, ...rest] = correlate(empty, [service, victim, workload, hook]);
  expect(rest).toEqual([]);
  expect(incident!.deadlock).toBe(true);
  expect(incident!.root.code).toBe('WebhookUnavailable');
  expect(incident!.symptoms).toHaveLength(3);
});

test('a cycle below its root is told as well, though each of it is said by a longer way too', () => {
  const [incident] = correlate(snapshotOf([]), [
    aFinding('A', 'Pod shop/root', { breaks: ['run'] }),
    aFinding('B', 'Pod shop/one', {
      breaks: ['run'],
      causes: [needs('run', 'Pod shop/root'), needs('run', 'Pod shop/two')],
    }),
    aFinding('C', 'Pod shop/two', {
      breaks: ['run'],
      causes: [needs('run', 'Pod shop/root'), needs('run', 'Pod shop/one')],
    }),
  ]);
  expect(incident!.chain.map(({ from, to }) => `${from.object.name} > ${to.object.name}`)).toEqual([
    'root > one',
    'one > two',
    'two > one',
  ]);
});

test('a likely cause that began after its effect is no cause, a sure one is', () => {
  const dns = aFinding('DeploymentUnavailable', 'Deployment kube-system/coredns', {
    breaks: ['resolve'],
    since: '2026-03-01T11:50:00Z',
  });
  const web = (certainty: 'sure' | 'likely', since: string) =>
    aFinding('PodProbeFailing', 'Pod shop/web', {
      since,
      causes: [needs('resolve', 'Deployment kube-system/coredns', certainty)],
    });
  expect(told([dns, web('likely', '2026-03-01T11:40:00Z')])).toHaveLength(2);
  expect(told([dns, web('likely', '2026-03-01T11:49:00Z')])).toHaveLength(1);
  expect(told([dns, web('sure', '2026-03-01T11:40:00Z')])).toHaveLength(1);
});

test('what a controller owns explains the controller, but no hygiene note on it', () => {
  const web = deployment('shop/web');
  const rs = replicaSet(web);
  const one = pod('shop/web-1', ownedBy(rs));
  const snapshot = snapshotOf([web, rs, one]);
  const crash = aFinding('PodCrashLoop', 'Pod shop/web-1', { breaks: ['ready'] });
  const unavailable = aFinding('DeploymentUnavailable', 'Deployment shop/web');
  const paused = aFinding('DeploymentPaused', 'Deployment shop/web', { severity: 'info' });
  expect(told([crash, unavailable, paused], snapshot)).toEqual([
    'PodCrashLoop Pod shop/web-1 > DeploymentUnavailable Deployment shop/web',
    'DeploymentPaused Deployment shop/web',
  ]);
});

test('the order is worst first, then what users feel, and the same for every order of input', () => {
  const findings = [
    aFinding('A', 'Pod shop/a', { severity: 'warning' }),
    aFinding('B', 'Pod shop/b'),
    aFinding('C', 'Service shop/c', { breaks: ['route'] }),
    aFinding('D', 'Ingress shop/d', { causes: [needs('route', 'Service shop/c')] }),
    aFinding('E', 'Pod shop/e', { since: '2026-01-01T00:00:00Z' }),
  ];
  const expected = ['C Service shop/c > D Ingress shop/d', 'E Pod shop/e', 'B Pod shop/b', 'A Pod shop/a'];
  expect(told(findings)).toEqual(expected);
  expect(told([...findings].reverse())).toEqual(expected);
});
