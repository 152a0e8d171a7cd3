import { readFileSync, statSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { resolveConfig } from '../../../src/cluster/live.ts';
import {
  type Answer,
  base64,
  type FakeServer,
  folder,
  kubeconfig,
  type Seen,
  startServer,
  userError,
} from '../../support/api-server.ts';
import { authority, type Authority } from '../../support/certificates.ts';

const own = folder();
let ca: Authority;
let provider: FakeServer;
let tokenAnswer: (seen: Seen) => Answer;
let methods: string[] | undefined;

beforeAll(async () => {
  ca = authority();
  provider = await startServer(
    (seen) => {
      if (seen.path === '/realm/.well-known/openid-configuration') {
        return {
          body: { token_endpoint: `${provider.url}/token`, token_endpoint_auth_methods_supported: methods },
        };
      }
      return tokenAnswer(seen);
    },
    { tls: ca.issue('idp', ['IP:127.0.0.1']) },
  );
});
afterEach(() => {
  methods = undefined;
});
afterAll(async () => {
  await provider.close();
  own.remove();
});

const jwt = (expiresInSeconds: number, name: string) =>
  ['h', JSON.stringify({ exp: Math.floor(Date.now() / 1000) + expiresInSeconds, name }), 's']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

const { signal } = new AbortController();
let serial = 0;
async function connect(config: Record<string, string>) {
  serial += 1;
  const file = own.file(
    `config-${serial}`,
    `# mine\n${kubeconfig(
      { server: 'https://api.test' },
      {
        'auth-provider': {
          name: 'oidc',
          config: {
            'client-id': 'kube',
            'idp-issuer-url': `${provider.url}/realm/`,
            'idp-certificate-authority-data': base64(ca.cert),
            ...config,
          },
        },
      },
    )}`,
  );
  const connection = await resolveConfig({ env: {}, kubeconfig: file });
  return { file, current: () => connection.credentials.current(signal), refused: connection.credentials.refused };
}

test('a token that holds is sent as it is', async () => {
  tokenAnswer = () => ({ status: 500 });
  const token = jwt(600, 'valid');
  const { current } = await connect({ 'id-token': token, 'refresh-token': 'refresh-me' });
  expect((await current()).authorization).toBe(`Bearer ${token}`);
});

test('kubectl refreshes an expired token', async () => {
  const fresh = jwt(600, 'fresh');
  tokenAnswer = () => ({ body: { id_token: fresh } });
  const { current, file } = await connect({ 'id-token': jwt(-60, 'old'), 'refresh-token': 'refresh-me' });
  const before = readFileSync(file, 'utf8');
  expect((await current()).authorization).toBe(`Bearer ${fresh}`);
  const asked = provider.seen.findLast(({ path }) => path === '/token');
  expect(asked?.method).toBe('POST');
  // The refresh token still holds: the kubeconfig is left alone.
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('a refused token is refreshed', async () => {
  const fresh = jwt(600, 'after-401');
  tokenAnswer = () => ({ body: { id_token: fresh } });
  const { current, refused } = await connect({ 'id-token': jwt(600, 'revoked'), 'refresh-token': 'refresh-me' });
  refused(await current());
  expect((await current()).authorization).toBe(`Bearer ${fresh}`);
});

test('a refresh token that the provider rotates is kept, and nothing else in the file changes', async () => {
  const old = jwt(-60, 'old-rotating');
  const fresh = jwt(600, 'fresh-rotating');
  tokenAnswer = () => ({ body: { id_token: fresh, refresh_token: 'refresh-the-second' } });
  const { current, file } = await connect({ 'id-token': old, 'refresh-token': 'refresh-the-first' });
  const before = readFileSync(file, 'utf8');
  await current();
  const expected = before.replace('refresh-the-first', 'refresh-the-second').replace(old, fresh);
  expect(readFileSync(file, 'utf8')).toBe(expected);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each([
  ['basic where the provider does not say', undefined, `Basic ${base64('kube:s%20cret')}`],
  ['basic where it is offered', ['client_secret_post', 'client_secret_basic'], `Basic ${base64('kube:s%20cret')}`],
  ['post where only that is offered', ['client_secret_post'], undefined],
])('the client secret is sent as %s', async (_, offered, expected) => {
  methods = offered;
  tokenAnswer = () => ({ body: { id_token: jwt(600, 'x') } });
  const { current } = await connect({ 'refresh-token': 'refresh-me', 'client-secret': 's cret' });
  await current();
  expect(provider.seen.findLast(({ path }) => path === '/token')?.headers['authorization']).toBe(expected);
});

test.each([
  [
    'a refusal',
    () => ({ status: 400, body: { error: 'invalid_grant', error_description: 'secret words' } }),
    'invalid_grant',
  ],
  ['an error page', () => ({ status: 502, body: 'secret words' }), 'HTTP 502'],
  ['no ID token', () => ({ body: { access_token: 'secret words' } }), 'HTTP 200'],
])('%s says to log in again and repeats no answer', async (_, reply, part) => {
  tokenAnswer = reply;
  const { current } = await connect({ 'id-token': jwt(-60, 'old'), 'refresh-token': 'refresh-me' });
  const error = await userError(current());
  expect(error).toMatchObject({ code: 'bad-credentials', hint: 'Log in again.' });
  expect(error.message).toContain(part);
  expect(error.message).not.toContain('secret words');
});

test('an expired token without a refresh token is said at once', async () => {
  const error = await userError(connect({ 'id-token': jwt(-60, 'old') }));
  expect(error.message).toContain('has expired and there is no refresh token');
});

test('an unreachable provider is named', async () => {
  const { current } = await connect({ 'refresh-token': 'x', 'idp-issuer-url': 'https://127.0.0.1:1/realm' });
  expect((await userError(current())).message).toContain('https://127.0.0.1:1/realm cannot be reached');
});
