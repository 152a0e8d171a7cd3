import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { intake } from '../../../src/cluster/redact/intake.ts';
import { matchesGlob } from '../../../src/graph/glob.ts';
import { momentOf } from '../../../src/graph/moment.ts';
import { readAnnotations } from '../../../src/report/ignore/annotations.ts';

const ignore = 'mekhanikube.io/ignore';

test.each([
  ['A', { codes: ['A'] }],
  [' PodCrashLoop , Node*,', { codes: ['PodCrashLoop', 'Node*'] }],
  ['*', { codes: ['*'] }],
  ['*Missing,Pod*Pull*', { codes: ['*Missing', 'Pod*Pull*'] }],
  ['', { faults: [`${ignore} names no code`] }],
  [' , ', { faults: [`${ignore} names no code`] }],
  // What the loader puts in place of what may be secret must not read as "everything".
  ['***', { faults: [`${ignore}: "***" is no code`] }],
  ['**', { faults: [`${ignore}: "**" is no code`] }],
  ['A B', { faults: [`${ignore}: "A B" is no code`] }],
  ['A,B C', { codes: ['A'], faults: [`${ignore}: "B C" is no code`] }],
  ['["A"]', { faults: [`${ignore}: "[\\"A\\"]" is no code`] }],
  ['A?', { faults: [`${ignore}: "A?" is no code`] }],
  ['x'.repeat(300), { codes: ['x'.repeat(300)] }],
  ['-'.repeat(300), { faults: [`${ignore}: "${'-'.repeat(200)}..." is no code`] }],
])('ignore %j', (value, wanted) => {
  expect(readAnnotations({ [ignore]: value })).toEqual({ codes: [], faults: [], ...wanted });
});

test.each([
  [undefined, { codes: [], faults: [] }],
  [{}, { codes: [], faults: [] }],
  [{ 'app.kubernetes.io/ignore': 'A' }, { codes: [], faults: [] }],
  [
    { [ignore]: 'A', [`${ignore}-reason`]: ' known ', [`${ignore}-until`]: '2026-12-31' },
    { codes: ['A'], reason: 'known', until: '2026-12-31T00:00:00Z', faults: [] },
  ],
  [
    { [ignore]: 'A', [`${ignore}-reason`]: ' ' },
    { codes: ['A'], faults: [] },
  ],
  [
    { [ignore]: 'A', [`${ignore}-until`]: 'soon' },
    { codes: [], faults: [`${ignore}-until: "soon" is no date such as 2026-12-31, so that nothing is ignored`] },
  ],
  [
    { [`${ignore}-until`]: '2026-12-31' },
    { codes: [], until: '2026-12-31T00:00:00Z', faults: [`${ignore}-until has no effect without ${ignore}`] },
  ],
  [
    { 'mekhanikube.io/ignored': 'A' },
    { codes: [], faults: [`there is no annotation mekhanikube.io/ignored: did you mean ${ignore}?`] },
  ],
  [{ 'mekhanikube.io/zzz': 'A' }, { codes: [], faults: ['there is no annotation mekhanikube.io/zzz'] }],
])('annotations %j', (annotations, wanted) => {
  expect(readAnnotations(annotations)).toEqual(wanted);
});

test('whatever annotations hold, they are read, and what is said of them is short', () => {
  const name = fc.oneof(
    fc.constantFrom(ignore, `${ignore}-until`, `${ignore}-reason`),
    fc.string().map((rest) => `mekhanikube.io/${rest}`),
    fc.string(),
  );
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 300, maxLength: 2_000 }));
  fc.assert(
    fc.property(fc.dictionary(name, value), (annotations) => {
      const { codes, reason = '', faults } = readAnnotations(annotations);
      for (const text of [reason, ...faults]) expect(text.length).toBeLessThan(2_000);
      for (const code of codes) expect(code).toMatch(/^[A-Za-z0-9*]+$/);
      for (const code of codes) expect(code).not.toContain('**');
    }),
  );
});

test('the loader keeps what we read, of every kind of object, and masks what looks secret in a reason', () => {
  const annotations = {
    [ignore]: 'SecretMissing,PodCrashLoop,*Token*',
    [`${ignore}-reason`]: 'see https://wiki.example/x?id=1, password=hunter2',
    [`${ignore}-until`]: '2026-12-31T12:00:00+01:00',
  };
  for (const [resource, kind] of [
    ['pods', 'Pod'],
    ['secrets', 'Secret'],
    ['configmaps', 'ConfigMap'],
    ['customresourcedefinitions.apiextensions.k8s.io', 'CustomResourceDefinition'],
  ] as const) {
    const taken = intake(resource, {
      kind,
      metadata: { name: 'a', namespace: 'shop', annotations },
      spec: { containers: [], group: 'a', names: {}, versions: [] },
    });
    expect('object' in taken ? taken.object.metadata.annotations : taken).toEqual({
      ...annotations,
      [`${ignore}-reason`]: 'see https://wiki.example/x?id=1, password=***',
    });
  }
});

test.each([
  ['2026-12-31', '2026-12-31T00:00:00Z'],
  ['2028-02-29', '2028-02-29T00:00:00Z'],
  ['2026-12-31T12:00:00Z', '2026-12-31T12:00:00Z'],
  ['2026-12-31t12:00:00.5z', '2026-12-31T12:00:00Z'],
  ['2026-12-31 12:00+01:00', '2026-12-31T11:00:00Z'],
  ['2026-02-30', undefined],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-13-01', undefined],
  ['2026-12-31T25:00:00Z', undefined],
  ['2026-12-31T12:00:00', undefined],
  ['31.12.2026', undefined],
  ['2026', undefined],
  ['', undefined],
])('the moment of %j is %s', (text, moment) => {
  expect(momentOf(text)).toBe(moment);
});

test.each([
  ['PodCrashLoop', 'PodCrashLoop', true],
  ['PodCrashLoop', 'Pod*', true],
  ['PodCrashLoop', '*Loop', true],
  ['PodCrashLoop', '*', true],
  ['', '*', true],
  ['PodCrashLoop', 'P*Crash*p', true],
  ['PodCrashLoop', 'Pod', false],
  ['PodCrashLoop', 'pod*', false],
  ['PodCrashLoop', '*Crash', false],
  ['ab', 'ab*b', false],
  ['abb', 'ab*b', true],
  ['aXbXc', 'a*X*X*c', true],
  ['aXc', 'a*X*X*c', false],
  ['a.c', 'a.c', true],
  ['abc', 'a.c', false],
  [`${'a'.repeat(5_000)}b`, `${'*a'.repeat(2_000)}*c`, false],
])('%s is of %s: %s', (text, pattern, matches) => {
  expect(matchesGlob(text, pattern)).toBe(matches);
});
