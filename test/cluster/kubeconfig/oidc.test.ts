import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { resolveConfig } from '../../../src/cluster/live.ts';
import { folder, kubeconfig, userError } from '../../support/api-server.ts';

const own = folder();
afterAll(() => own.remove());

const jwt = (expiresInSeconds: number, name: string) =>
  ['h', JSON.stringify({ exp: Math.floor(Date.now() / 1000) + expiresInSeconds, name }), 's']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

const { signal } = new AbortController();
const text = (config: Record<string, string>) =>
  kubeconfig(
    { server: 'https://api.test' },
    {
      'auth-provider': {
        name: 'oidc',
        config: { 'client-id': 'kube', 'idp-issuer-url': 'https://127.0.0.1:1/realm', ...config },
      },
    },
  );

async function authorization(config: Record<string, string>): Promise<string | undefined> {
  const connection = await resolveConfig({ env: {}, kubeconfig: own.file('config', text(config)) });
  return (await connection.credentials.current(signal)).authorization;
}

test.each([
  ['that holds', jwt(600, 'valid')],
  ['that does not say when it expires', 'opaque-token'],
])('a token %s is sent as it is', async (_, token) => {
  expect(await authorization({ 'id-token': token, 'refresh-token': 'refresh-me' })).toBe(`Bearer ${token}`);
});

test.each([
  ['expired', jwt(-60, 'old')],
  ['about to expire', jwt(5, 'old')],
  ['missing', ''],
])('where the token is %s, kubectl is to renew it: the file is never written, and no login lost', async (_, token) => {
  const config = { 'id-token': token, 'refresh-token': 'refresh-me' };
  const error = await userError(authorization(config));
  expect(error).toMatchObject({
    code: 'bad-credentials',
    message: 'the OIDC token of user "jane" has expired',
    hint: expect.stringContaining('Run "kubectl get namespaces" once') as unknown,
  });
  expect(readFileSync(own.file('config'), 'utf8')).toBe(text(config));
});

test('an expired token without a refresh token asks for a login', async () => {
  expect((await userError(authorization({ 'id-token': jwt(-60, 'old') }))).hint).toBe('Log in again.');
});
