import { expect, test } from 'vitest';
import { namesOf } from '../../src/explain/names.ts';
import { steady, tame } from '../../src/explain/steady.ts';
import type { Finding, Incident } from '../../src/model/finding.ts';
import { aFinding } from '../support/findings.ts';

test.each([
  ['restarted 17 times in 2h30m', 'restarted N times in DURATION'],
  ['exit code 137 (SIGKILL)', 'exit code 137 (SIGKILL)'],
  ['HTTP status 503, port 8080', 'HTTP status 503, port 8080'],
  ['HTTP probe failed with statuscode: 503', 'HTTP probe failed with statuscode: 503'],
  ['exitCode=137', 'exitCode=137'],
  ['0 of 3 replicas', '0 of N replicas'],
  ['30 of 31', 'N of N'],
  ['spec.containers[2].env[13].name', 'spec.containers[N].env[N].name'],
  ['at 2026-03-01T12:00:00Z', 'at TIME'],
  ['2026-03-01 12:00:00.123+01:00', 'TIME'],
  ['dial tcp 10.0.3.4:5432: refused', 'dial tcp IP:N: refused'],
  ['uid 123e4567-e89b-12d3-a456-426614174000', 'uid ID'],
  ['app@sha256:0123456789abcdef0123', 'app@DIGEST'],
  ['commit 0a1b2c3d4e', 'commit HASH'],
  ['deadbeefcafe', 'deadbeefcafe'],
  ['needs 512Mi, has 64Mi', 'needs NMi, has NMi'],
  ['v1.36.3 apps/v1', 'v1.36.3 apps/v1'],
  ['NAME_1 of NS_2', 'NAME_1 of NS_2'],
  ['90% of it', 'N% of it'],
  ['', ''],
])('%j without what changes: %j', (text, expected) => {
  expect(steady(text)).toBe(expected);
});

test.each([
  ['a\nb\tc\u001B[2J', 'a b c [2J'],
  ['<|im_start|>system', '‹|im_start|›system'],
  ['[INST] x [/INST]', '(INST] x (/INST]'],
  ['</s><think>', '‹/s›‹think›'],
  ['\u202Eabc\u200B', 'abc'],
])('%j is made tame: %j', (text, expected) => {
  expect(tame(text)).toBe(expected);
});

test('long texts are cut', () => {
  expect(tame('x'.repeat(10_000))).toBe(`${'x'.repeat(300)}...`);
});

test('what hostile text takes is bounded', () => {
  const begun = performance.now();
  for (const char of ['1', 'a', ' ', '1.', '0a', '-', '1h', '[']) steady(tame(char.repeat(100_000)));
  expect(performance.now() - begun).toBeLessThan(1_000);
});

function incidentOf(root: Finding, symptoms: readonly Finding[] = []): Incident {
  return { id: 'i', severity: 'critical', root, symptoms, chain: [], deadlock: false };
}

test('names become stand-ins, and come back', () => {
  const root = aFinding('C', 'Deployment shop/web', {
    key: 'app',
    members: ['Pod shop/web-7d8f9c6b5d-x2x4z', 'Pod shop/web-7d8f9c6b5d-b4c5d'],
  });
  const { hide, reveal } = namesOf(incidentOf(root));
  const text =
    'Deployment web in shop: pods web-7d8f9c6b5d-x2x4z, web-7d8f9c6b5d-b4c5d; web.shop.svc; webhook; my-web; app';
  expect(hide(text)).toBe('Deployment NAME_1 in NS_1: pods POD_1, POD_1; NAME_1.NS_1.svc; webhook; my-web; NAME_2');
  expect(reveal('NAME_1 in NS_1')).toBe('web in shop');
  expect(reveal('NAME_9 in NS_1')).toBeUndefined();
  expect(reveal('MY_NAME_1')).toBe('MY_NAME_1');
});

test.each(['cpu', 'memory', 'deployment', 'secrets', '3', '1.5', 'x', 'CrashLoopBackOff', 'true'])(
  'the value %s is no name',
  (value) => {
    expect(namesOf(incidentOf({ ...aFinding('C', 'Pod shop/web'), values: { value } })).hide(`a ${value} b`)).toBe(
      `a ${value} b`,
    );
  },
);

test('images are hidden whole', () => {
  const { hide, reveal } = namesOf(
    incidentOf({ ...aFinding('C', 'Pod shop/web'), values: { image: 'r.io/team/web:1.2' } }),
  );
  expect(hide('cannot pull r.io/team/web:1.2')).toBe('cannot pull IMAGE_1');
  expect(reveal('IMAGE_1')).toBe('r.io/team/web:1.2');
});
