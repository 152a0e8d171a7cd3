import { execFileSync } from 'node:child_process';
import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { fillCommand, fillProse, fillText } from '../../src/explain/template.ts';

test.each([
  ['kubectl get pod {{name}}', { name: 'web-1' }, 'kubectl get pod web-1'],
  ['kubectl get {{resource}}/{{ name }}', { resource: 'pod', name: 'a' }, 'kubectl get pod/a'],
  ['docker pull {{image}}', { image: 'r.io:5000/a/b@sha256:0f' }, 'docker pull r.io:5000/a/b@sha256:0f'],
  ['echo {{x}}', { x: 'a; rm -rf /' }, "echo 'a; rm -rf /'"],
  ['echo {{x}}', { x: "it's" }, String.raw`echo 'it'\''s'`],
  ["grep 'a={{x}}' f", { x: "it's $HOME" }, String.raw`grep 'a=it'\''s $HOME' f`],
  ['grep "a={{x}}" f', { x: 'a"$(id)`' }, 'grep "a=a\\"\\$(id)\\`" f'],
  ['kubectl logs -l app={{x}}', { x: '-v' }, "kubectl logs -l app='-v'"],
  ["kubectl get -o jsonpath='{.data.{{x}}}'", { x: 'tls\\.crt' }, "kubectl get -o jsonpath='{.data.tls\\.crt}'"],
  ["kubectl get -o go-template='{{.metadata.name}}'", {}, "kubectl get -o go-template='{{.metadata.name}}'"],
])('fills %j with %j', (template, values, command) => {
  expect(fillCommand(template, values)).toBe(command);
});

test.each([
  ['kubectl get {{name}}', {}],
  ['kubectl get {{name}}', { name: '' }],
  ['kubectl get {{constructor}}', {}],
  ['kubectl get {{name}}', { name: '--kubeconfig=/tmp/evil' }],
  ['{{name}}', { name: '-x' }],
  ['kubectl get {{name}}', { name: 'a\nb' }],
  ['kubectl get {{name}}', { name: 'a\u001B[2J' }],
  ['kubectl get {{name}}', { name: 'a\u202Eb' }],
])('leaves out %j with %j', (template, values) => {
  expect(fillCommand(template, values)).toBeUndefined();
});

test('a shell reads every value as the one word that it is', () => {
  const values = string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }).filter(
    (text) => !text.startsWith('-'),
  );
  assert(
    property(values, values, (one, other) => {
      const command = fillCommand(`printf '%s\\n' {{one}} 'x{{other}}' "y{{one}}"`, { one, other });
      const printed = execFileSync('/bin/sh', ['-c', command ?? ''], { encoding: 'utf8' });
      expect(printed).toBe(`${one}\nx${other}\ny${one}\n`);
    }),
    { numRuns: 40 },
  );
});

test('text is filled as it is, or not at all', () => {
  expect(fillText('Container {{container}} of {{name}}', { container: 'a b', name: 'x' })).toBe('Container a b of x');
  expect(fillText('Container {{container}}', {})).toBeUndefined();
});

test('prose loses the sentences that cannot be filled', () => {
  const prose = 'It is on {{node}}. Container {{container}} ends, e.g. at once. {{key}} is wrong! What now?';
  expect(fillProse(prose, { node: 'n1' })).toBe('It is on n1. What now?');
  expect(fillProse(prose, { node: 'n1', container: 'app', key: 'K' })).toBe(
    'It is on n1. Container app ends, e.g. at once. K is wrong! What now?',
  );
});

test('a value that is no text is none', () => {
  const values = { node: 7 as unknown as string };
  expect(fillCommand('kubectl describe node {{node}}', values)).toBeUndefined();
});
