import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { resolveConfig } from '../../../src/cluster/live.ts';
import { folder, kubeconfig, userError } from '../../support/api-server.ts';

const made: { remove(): void }[] = [];
afterEach(() => made.splice(0).forEach((one) => one.remove()));
function files(contents: Record<string, string>) {
  const one = folder(contents);
  made.push(one);
  return one;
}

const config = (entries: Record<string, unknown>) => JSON.stringify({ kind: 'Config', ...entries });
const clusterOf = (name: string, server: string) => ({ name, cluster: { server } });
const contextOf = (name: string, cluster: string) => ({ name, context: { cluster } });

test('kubectl reads ~/.kube/config where nothing else is named', async () => {
  const home = files({});
  const { mkdirSync, writeFileSync } = await import('node:fs');
  mkdirSync(join(home.path, '.kube'));
  writeFileSync(join(home.path, '.kube', 'config'), kubeconfig({ server: 'https://home.test:6443/' }));
  expect(await resolveConfig({ env: { HOME: home.path } })).toMatchObject({
    server: 'https://home.test:6443',
    context: 'test',
    name: 'test-cluster',
    namespace: 'default',
  });
});

test('kubectl says that there is no configuration, it does not try localhost:8080', async () => {
  const home = files({});
  const error = await userError(resolveConfig({ env: { HOME: home.path } }));
  expect(error.code).toBe('no-kubeconfig');
  expect(error.message).toContain(join(home.path, '.kube', 'config'));
});

test('kubectl skips missing files of KUBECONFIG, and the first file wins for names and the current context', async () => {
  const own = files({
    a: config({
      'current-context': 'one',
      clusters: [clusterOf('c', 'https://first.test')],
      contexts: [contextOf('one', 'c')],
    }),
    b: config({
      'current-context': 'two',
      clusters: [clusterOf('c', 'https://second.test'), clusterOf('d', 'https://other.test')],
      contexts: [contextOf('two', 'd'), contextOf('one', 'd')],
    }),
  });
  const env = { KUBECONFIG: [own.file('missing'), own.file('a'), '', own.file('b')].join(':') };
  expect(await resolveConfig({ env })).toMatchObject({ context: 'one', server: 'https://first.test' });
  expect(await resolveConfig({ env, context: 'two' })).toMatchObject({ server: 'https://other.test' });
});

test('the current context comes from the first file that has one', async () => {
  const own = files({
    a: config({ clusters: [clusterOf('c', 'https://first.test')], contexts: [contextOf('one', 'c')] }),
    b: config({ 'current-context': 'one' }),
  });
  expect(await resolveConfig({ env: { KUBECONFIG: `${own.file('a')}:${own.file('b')}` } })).toMatchObject({
    server: 'https://first.test',
  });
});

test('--kubeconfig wins over KUBECONFIG and must exist', async () => {
  const own = files({ a: kubeconfig({ server: 'https://a.test' }), b: kubeconfig({ server: 'https://b.test' }) });
  const env = { KUBECONFIG: own.file('a') };
  expect(await resolveConfig({ env, kubeconfig: own.file('b') })).toMatchObject({ server: 'https://b.test' });
  const error = await userError(resolveConfig({ env, kubeconfig: own.file('c') }));
  expect(error).toMatchObject({ code: 'no-kubeconfig', message: `there is no file ${own.file('c')}` });
});

test.each([
  ['broken YAML', 'clusters: [', 'not valid YAML'],
  ['no mapping', '- a\n- b\n', 'the file is not a mapping'],
  ['a list that is none', 'clusters: 5\n', 'clusters is not a list'],
  [
    'a text that is none',
    'clusters: [{name: c, cluster: {server: [1]}}]\n',
    'clusters[0].cluster.server is not a text',
  ],
  ['a name twice', 'clusters: [{name: c}, {name: c}]\n', 'two clusters named "c"'],
])('a kubeconfig with %s is named in the error', async (_, text, part) => {
  const own = files({ bad: text });
  const error = await userError(resolveConfig({ env: { KUBECONFIG: own.file('bad') } }));
  expect(error.code).toBe('bad-kubeconfig');
  expect(error.message).toContain(own.file('bad'));
  expect(error.message).toContain(part);
});

test('the line where the YAML is broken is named', async () => {
  const own = files({ bad: 'kind: Config\nclusters:\n\t- name: c\n' });
  expect((await userError(resolveConfig({ env: { KUBECONFIG: own.file('bad') } }))).message).toContain('line 3');
});

test.each([
  ['nothing', ''],
  ['comments only', '# later\n\n  # more\n'],
  ['an empty document', '---\n'],
])('an empty file (%s) is no error in itself, but it is named when nothing else is there', async (_, text) => {
  const own = files({ empty: text, good: kubeconfig({ server: 'https://good.test' }) });
  const both = `${own.file('empty')}:${own.file('good')}`;
  expect(await resolveConfig({ env: { KUBECONFIG: both } })).toMatchObject({ server: 'https://good.test' });
  const error = await userError(resolveConfig({ env: { KUBECONFIG: own.file('empty') } }));
  expect(error).toMatchObject({ code: 'no-kubeconfig' });
  expect(error.message).toContain(`${own.file('empty')} is empty`);
});

test('a folder or a file that may not be read is named', async () => {
  const own = files({});
  const error = await userError(resolveConfig({ env: {}, kubeconfig: own.path }));
  expect(error).toMatchObject({ code: 'bad-kubeconfig', message: `cannot read ${own.path}: it is a folder` });
});

test('YAML anchors and merge keys are understood', async () => {
  const own = files({
    a: `
base: &base { insecure-skip-tls-verify: true }
clusters: [{ name: c, cluster: { <<: *base, server: https://merged.test } }]
contexts: [{ name: x, context: { cluster: c } }]
current-context: x
`,
  });
  expect(await resolveConfig({ env: { KUBECONFIG: own.file('a') } })).toMatchObject({
    insecure: true,
    server: 'https://merged.test',
  });
});

test.each([
  ['https://api.test:6443', 'https://api.test:6443'],
  ['https://rancher.test/k8s/clusters/c-1/', 'https://rancher.test/k8s/clusters/c-1'],
  ['http://127.0.0.1:8001', 'http://127.0.0.1:8001'],
  ['api.test:8080', 'http://api.test:8080'],
  ['https://[::1]:6443', 'https://[::1]:6443'],
])('server %s is %s', async (server, expected) => {
  const own = files({ a: kubeconfig({ server }) });
  expect((await resolveConfig({ env: {}, kubeconfig: own.file('a') })).server).toBe(expected);
});

test('a bare host is https where TLS is set up', async () => {
  const own = files({ a: kubeconfig({ server: 'api.test', 'insecure-skip-tls-verify': true }) });
  expect((await resolveConfig({ env: {}, kubeconfig: own.file('a') })).server).toBe('https://api.test');
});

test.each([
  ['', 'names no server'],
  ['https://:x', 'is no URL'],
])('server %j is an error', async (server, part) => {
  const own = files({ a: kubeconfig({ server }) });
  const error = await userError(resolveConfig({ env: {}, kubeconfig: own.file('a') }));
  expect(error.code).toBe('bad-kubeconfig');
  expect(error.message).toContain(part);
});
