import nock from 'nock';
import { afterAll, afterEach, expect, test } from 'vitest';
import { connectionProblem } from '../../../src/cluster/http/problem.ts';
import { ProxyError } from '../../../src/cluster/http/proxy-io.ts';
import type { Connection } from '../../../src/cluster/kubeconfig/connection.ts';
import { fixed } from '../../../src/cluster/kubeconfig/credentials.ts';
import { folder, kubeconfig, load, userError } from '../../support/api-server.ts';

const own = folder();
afterAll(() => {
  own.remove();
  nock.restore();
});
afterEach(() => nock.cleanAll());

let serial = 0;
function config(server: string, user?: Record<string, unknown>) {
  serial += 1;
  return own.file(`config-${serial}`, kubeconfig({ server }, user));
}

test('a server that is not there', async () => {
  const error = await userError(load(config('http://127.0.0.1:1')));
  expect(error).toMatchObject({
    code: 'unreachable',
    message: 'cannot reach http://127.0.0.1:1: the connection is refused',
    hint: 'Is the cluster running? Check the server of cluster "test-cluster".',
  });
});

const jwt = (exp: number) => `h.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.s`;

test.each([
  ['a token', { token: 'abc' }, 'does not accept the credentials of user "jane" (401)'],
  ['an expired token', { token: jwt(1_700_000_000) }, 'the credentials of user "jane" expired at 2023-11-14T22:13:20Z'],
  ['no user', undefined, 'there are no credentials to send'],
])('401 with %s', async (_, user, part) => {
  nock('https://api.test').get('/version').reply(401, { kind: 'Status', message: 'Unauthorized' });
  const error = await userError(load(config('https://api.test', user)));
  expect(error.code).toBe('unauthorized');
  expect(error.message).toContain(part);
  expect(nock.isDone()).toBe(true);
});

test('401 in the middle of a run is an error, too', async () => {
  nock('https://api.test').get('/version').reply(200, { gitVersion: 'v1.36.3' });
  nock('https://api.test').get('/api/v1/pods').query(true).reply(401, '');
  nock('https://api.test').get('/api/v1/namespaces').query(true).optionally().reply(200, { items: [] });
  expect((await userError(load(config('https://api.test', { token: 'abc' })))).code).toBe('unauthorized');
});

test('a rotated token file is read again after a 401', async () => {
  const token = own.file('token', 'old');
  nock('https://api.test', { reqheaders: { authorization: 'Bearer old' } })
    .get('/version')
    .reply(401, () => {
      own.file('token', 'new');
      return '';
    });
  const rotated = nock('https://api.test', { reqheaders: { authorization: 'Bearer new' } });
  rotated.get('/version').reply(200, { gitVersion: 'v1.36.3' });
  rotated.get('/api/v1/pods').query(true).reply(200, { items: [] });
  rotated.get('/api/v1/namespaces').query(true).reply(200, { items: [] });
  expect((await load(config('https://api.test', { tokenFile: token }))).gaps).toEqual([]);
  expect(nock.isDone()).toBe(true);
});

test.each([
  ['a login page', 200, '<html>Bearer secret</html>', 'not-kubernetes', 'something else than a version'],
  ['a redirect', 302, 'Bearer secret', 'not-kubernetes', 'a redirect (302)'],
  ['JSON of something else', 200, { hello: 'world' }, 'not-kubernetes', 'something else than a version'],
  ['http to an https server', 400, 'Client sent an HTTP request to an HTTPS server.\n', 'not-kubernetes', 'speaks TLS'],
  ['a sick server', 503, 'Bearer secret', 'unreachable', 'answers /version with 503'],
])('%s', async (_, status, body, code, part) => {
  nock('https://api.test').get('/version').times(4).reply(status, body);
  const error = await userError(load(config('https://api.test')));
  expect(error.code).toBe(code);
  expect(error.message).toContain(part);
  expect(error.message).not.toContain('secret');
});

test('something that knows no path is no Kubernetes', async () => {
  nock('https://api.test').get(/.*/).times(9).reply(404, 'not found');
  const error = await userError(load(config('https://api.test')));
  expect(error).toMatchObject({ code: 'nothing-readable' });
  expect(error.message).toContain('404');
});

test('a gateway that hides /version hides the version only', async () => {
  nock('https://api.test').get('/version').reply(403, '');
  nock('https://api.test').get('/api/v1/pods').query(true).reply(200, { items: [] });
  nock('https://api.test').get('/api/v1/namespaces').query(true).reply(200, { items: [] });
  const { cluster } = await load(config('https://api.test'));
  expect(cluster).toEqual({ name: 'test-cluster', server: 'https://api.test', context: 'test', namespace: 'default' });
});

test('a token that no header can hold is said to be one', async () => {
  const error = await userError(load(config('https://api.test', { token: 'two\nlines' })));
  expect(error).toMatchObject({ code: 'bad-credentials', message: 'the token holds characters that cannot be sent' });
});

const connection: Connection = {
  name: 'c',
  server: 'https://api.test:6443',
  user: 'jane',
  namespace: 'default',
  insecure: false,
  compress: true,
  impersonation: {},
  credentials: fixed({}),
};
const coded = (code: string) =>
  Object.assign(new Error('secret'), code === 'HTTPParserError' ? { name: code } : { code });

test.each([
  ['ENOTFOUND', 'unreachable', 'its name is not known'],
  ['ETIMEDOUT', 'unreachable', 'it does not answer'],
  ['ECONNRESET', 'unreachable', 'the connection broke'],
  ['UND_ERR_INFO', 'unreachable', 'the connection broke'],
  ['HPE_INVALID_CONSTANT', 'unreachable', 'it does not speak HTTP'],
  ['HTTPParserError', 'unreachable', 'it does not speak HTTP'],
  ['EWHATEVER', 'unreachable', 'EWHATEVER'],
  ['CERT_NOT_YET_VALID', 'tls-untrusted', 'is not valid yet'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-untrusted', 'does not speak TLS'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'unauthorized', 'refuses the client certificate of user "jane"'],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'unauthorized', 'refuses the client certificate'],
])('%s in words', (code, expected, part) => {
  const wrapped = new TypeError('fetch failed', { cause: coded(code) });
  for (const error of [coded(code), wrapped]) {
    const problem = connectionProblem(error, connection, 0);
    expect(problem.code).toBe(expected);
    expect(problem.message).toContain(part);
    expect(problem.message).not.toContain('secret');
    expect(problem.hint).toBeDefined();
  }
});

test('what goes wrong behind a proxy names the proxy', () => {
  const proxy = new URL('http://jane:hush@proxy.test:3128');
  const behind = connectionProblem(coded('ECONNRESET'), { ...connection, proxy }, 0);
  expect(behind.message).toBe(
    'cannot reach https://api.test:6443 through the proxy http://proxy.test:3128: the connection broke',
  );
  const at = connectionProblem(new ProxyError('it does not answer'), { ...connection, proxy }, 0);
  expect(at.message).toBe('the proxy http://proxy.test:3128 gives no way to https://api.test:6443: it does not answer');
});
