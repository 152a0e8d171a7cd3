import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { resolveConfig } from '../../../src/cluster/live.ts';
import { folder, kubeconfig, userError } from '../../support/api-server.ts';

const own = folder();
afterAll(() => own.remove());
afterEach(() => vi.useRealTimers());

const { signal } = new AbortController();
let serial = 0;
const resolve = (user: Record<string, unknown>, server = 'https://api.test', flags: object = {}) => {
  serial += 1;
  return resolveConfig({
    env: {},
    kubeconfig: own.file(`config-${serial}`, kubeconfig({ server }, user)),
    ...flags,
  });
};
const credential = async (user: Record<string, unknown>, server?: string) =>
  (await resolve(user, server)).credentials.current(signal);

test.each([
  ['a token', { token: 'abc' }, 'Bearer abc'],
  ['a token with a line end', { token: 'abc\n' }, 'Bearer abc'],
  ['a token of digits without quotes', { token: 123 }, 'Bearer 123'],
  [
    'a name and a password',
    { username: 'jane', password: 'p:w' },
    `Basic ${Buffer.from('jane:p:w').toString('base64')}`,
  ],
  ['nothing', {}, undefined],
])('%s', async (_, user, expected) => {
  expect((await credential(user)).authorization).toBe(expected);
});

test('kubectl sends no credentials over plain http', async () => {
  expect(await credential({ token: 'abc' }, 'http://127.0.0.1:8001')).toEqual({});
});

test('kubectl reads the tokenFile and trims it, relative to the kubeconfig', async () => {
  own.file('token', '  from-file \n');
  expect((await credential({ tokenFile: 'token' })).authorization).toBe('Bearer from-file');
});

test('the token file wins over the token as long as it can be read', async () => {
  own.file('token-2', 'file-token');
  expect((await credential({ tokenFile: 'token-2', token: 'fixed' })).authorization).toBe('Bearer file-token');
  expect((await credential({ tokenFile: 'no-such-file', token: 'fixed' })).authorization).toBe('Bearer fixed');
});

test('the token file is read again after a minute, and at once when the token is refused', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const file = own.file('rotating', 'one');
  const { credentials } = await resolve({ tokenFile: file });
  const first = await credentials.current(signal);
  own.file('rotating', 'two');
  expect(await credentials.current(signal)).toBe(first);
  vi.setSystemTime(Date.now() + 61_000);
  const second = await credentials.current(signal);
  expect(second.authorization).toBe('Bearer two');
  own.file('rotating', 'three');
  credentials.refused(second);
  expect((await credentials.current(signal)).authorization).toBe('Bearer three');
});

test('a refused token whose file has not changed is the same credential: there is no use in trying again', async () => {
  const { credentials } = await resolve({ tokenFile: own.file('stale', 'stale') });
  const first = await credentials.current(signal);
  credentials.refused(first);
  expect(await credentials.current(signal)).toBe(first);
});

test.each([
  [{ tokenFile: 'nowhere' }, 'bad-credentials', 'cannot read the token file'],
  [{ tokenFile: 'hollow' }, 'bad-credentials', 'is empty'],
])('token file %j', async (user, code, part) => {
  own.file('hollow', '\n');
  const error = await userError(credential(user));
  expect(error.code).toBe(code);
  expect(error.message).toContain(part);
});

test.each([
  [{ token: 'a', username: 'b', password: 'c' }, 'a token and a password'],
  [{ 'client-certificate-data': Buffer.from('-----BEGIN X').toString('base64') }, 'without its key'],
  [{ 'client-certificate-data': 'bm8gcGVt', 'client-key-data': 'bm8gcGVt' }, 'not PEM text in base64'],
  [{ 'client-certificate': 'gone.crt', 'client-key': 'gone.key' }, 'there is no such file'],
  [{ 'auth-provider': { name: 'gcp' } }, 'auth-provider "gcp"'],
  [
    { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'x' }, 'auth-provider': { name: 'oidc' } },
    'exec plugin and',
  ],
])('%j is an error', async (user, part) => {
  const error = await userError(resolve(user));
  expect(error.code).toBe('bad-kubeconfig');
  expect(error.message).toContain(part);
});

test('the removed gcp provider comes with what replaces it', async () => {
  expect((await userError(resolve({ 'auth-provider': { name: 'gcp' } }))).hint).toContain('gke-gcloud-auth-plugin');
});

test('data wins over a file, and files are relative to the kubeconfig', async () => {
  own.file('a.crt', '-----BEGIN FILE');
  own.file('a.key', '-----BEGIN KEY');
  expect(await credential({ 'client-certificate': 'a.crt', 'client-key': 'a.key' })).toEqual({
    certificate: '-----BEGIN FILE',
    key: '-----BEGIN KEY',
  });
  const data = Buffer.from('-----BEGIN DATA').toString('base64');
  expect(
    await credential({ 'client-certificate': 'a.crt', 'client-certificate-data': data, 'client-key': 'a.key' }),
  ).toMatchObject({ certificate: '-----BEGIN DATA' });
});

test.each([
  ['a user', { as: 'ann' }, {}, { 'impersonate-user': 'ann' }],
  ['flags', {}, { as: 'ann', asGroup: ['a', 'b'] }, { 'impersonate-user': 'ann', 'impersonate-group': ['a', 'b'] }],
  [
    'all that kubectl sends',
    { as: 'ann', 'as-uid': '42', 'as-groups': ['dev', 'ops'], 'as-user-extra': { Scopes: ['view', 'edit'] } },
    {},
    {
      'impersonate-user': 'ann',
      'impersonate-uid': '42',
      'impersonate-group': ['dev', 'ops'],
      'impersonate-extra-scopes': ['view', 'edit'],
    },
  ],
  [
    '--as over the kubeconfig',
    { as: 'ann', 'as-groups': ['dev'] },
    { as: 'bob' },
    { 'impersonate-user': 'bob', 'impersonate-group': ['dev'] },
  ],
  [
    'a key with letters that no header has',
    { as: 'ann', 'as-user-extra': { 'acme.com/ü': ['x'] } },
    {},
    { 'impersonate-user': 'ann', 'impersonate-extra-acme.com%2F%C3%BC': ['x'] },
  ],
  ['nobody', {}, {}, {}],
])('impersonation of %s', async (_, user, flags, expected) => {
  expect((await resolve(user, 'https://api.test', flags)).impersonation).toEqual(expected);
});

test('a name with a line end is refused: it would be a header of its own', async () => {
  const error = await userError(resolve({}, 'https://api.test', { as: 'ann\r\nimpersonate-group: system:masters' }));
  expect(error.code).toBe('bad-impersonation');
});

test.each([
  [{ 'as-groups': ['dev'] }, {}],
  [{ 'as-uid': '1' }, {}],
  [{ 'as-user-extra': { a: ['b'] } }, {}],
  [{}, { asGroup: ['dev'] }],
])('kubectl refuses groups, uid and extra without a user: %j %j', async (user, flags) => {
  expect((await userError(resolve(user, 'https://api.test', flags))).code).toBe('bad-impersonation');
});

test('inside a pod the service account is used, its token trimmed and read again', async () => {
  const pod = folder({ token: 'pod-token\n', 'ca.crt': '-----BEGIN CERTIFICATE', namespace: 'shop\n' });
  const env = { HOME: pod.path, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const connection = await resolveConfig({ env, serviceAccountFolder: pod.path, as: 'ann' });
  expect(connection).toMatchObject({
    name: 'in-cluster',
    server: 'https://[fd00::1]:443',
    namespace: 'shop',
    ca: '-----BEGIN CERTIFICATE',
    impersonation: { 'impersonate-user': 'ann' },
  });
  expect((await connection.credentials.current(signal)).authorization).toBe('Bearer pod-token');
  pod.remove();
});

test('a kubeconfig that names nothing gives way to the service account', async () => {
  const pod = folder({ token: 'pod-token', config: 'apiVersion: v1\nkind: Config\nclusters: []\n' });
  const env = { KUBECONFIG: pod.file('config') };
  const inPod = { ...env, KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  expect(await resolveConfig({ env: inPod, serviceAccountFolder: pod.path })).toMatchObject({ name: 'in-cluster' });
  expect((await userError(resolveConfig({ env }))).message).toContain('names no cluster');
  pod.remove();
});

test('kubectl prefers a kubeconfig to the service account, also inside a pod', async () => {
  const pod = folder({ token: 'pod-token', config: kubeconfig({ server: 'https://chosen.test' }) });
  const env = {
    KUBECONFIG: pod.file('config'),
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    KUBERNETES_SERVICE_PORT: '443',
  };
  expect(await resolveConfig({ env, serviceAccountFolder: pod.path })).toMatchObject({ server: 'https://chosen.test' });
  pod.remove();
});
