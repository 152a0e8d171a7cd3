import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveConfig } from '../../../src/cluster/live.ts';
import { folder, userError } from '../../support/api-server.ts';

const own = folder();
let file: string;
beforeAll(() => {
  file = own.file(
    'config',
    JSON.stringify({
      'current-context': 'dev',
      contexts: [
        { name: 'dev', context: { cluster: 'dev-cluster', user: 'dev-user', namespace: 'shop' } },
        { name: 'production', context: { cluster: 'prod-cluster', user: 'prod-user' } },
        { name: 'lost', context: { cluster: 'gone', user: 'dev-user' } },
        { name: 'stranger', context: { cluster: 'dev-cluster', user: 'gone' } },
        { name: 'hollow', context: {} },
      ],
      clusters: [
        { name: 'dev-cluster', cluster: { server: 'https://dev.test' } },
        { name: 'prod-cluster', cluster: { server: 'https://prod.test' } },
      ],
      users: [
        { name: 'dev-user', user: { token: 'dev-token' } },
        { name: 'prod-user', user: { token: 'prod-token' } },
      ],
    }),
  );
});
afterAll(() => own.remove());

const resolve = (flags: object) => resolveConfig({ env: {}, kubeconfig: file, ...flags });
const token = async (flags: object) =>
  (await (await resolve(flags)).credentials.current(new AbortController().signal)).authorization;

test('the current context, and its namespace', async () => {
  expect(await resolve({})).toMatchObject({ context: 'dev', namespace: 'shop', user: 'dev-user' });
});

test('--context, --cluster and --user override, each for itself', async () => {
  expect(await resolve({ context: 'production' })).toMatchObject({ server: 'https://prod.test', namespace: 'default' });
  expect(await resolve({ cluster: 'prod-cluster' })).toMatchObject({ server: 'https://prod.test', user: 'dev-user' });
  expect(await token({ user: 'prod-user' })).toBe('Bearer prod-token');
});

test.each([
  [{ context: 'prodution' }, 'unknown-context', 'Did you mean "production"?'],
  [{ context: 'zzzzzzzzzzzz' }, 'unknown-context', 'Known contexts: dev, production'],
  [{ cluster: 'dev-clster' }, 'unknown-cluster', 'Did you mean "dev-cluster"?'],
  [{ user: 'prod_user' }, 'unknown-user', 'Did you mean "prod-user"?'],
  [{ context: 'lost' }, 'unknown-cluster', 'Known clusters: dev-cluster'],
  [{ context: 'stranger' }, 'unknown-user', 'Known users: dev-user'],
  [{ context: 'hollow' }, 'no-context', '--cluster'],
])('%j is %s', async (flags, code, hint) => {
  const error = await userError(resolve(flags));
  expect(error.code).toBe(code);
  expect(error.hint).toContain(hint);
});

test('no current context is an error that lists the contexts', async () => {
  const bare = own.file('bare', JSON.stringify({ contexts: [{ name: 'a', context: {} }] }));
  const error = await userError(resolve({ kubeconfig: bare }));
  expect(error).toMatchObject({ code: 'no-context', hint: 'Choose one with --context: a.' });
});

test('a current context that is not there is an error, but --cluster does without', async () => {
  const bare = own.file(
    'dangling',
    JSON.stringify({
      'current-context': 'gone',
      clusters: [{ name: 'c', cluster: { server: 'https://c.test' } }],
    }),
  );
  expect((await userError(resolve({ kubeconfig: bare }))).code).toBe('unknown-context');
  expect(await resolve({ kubeconfig: bare, cluster: 'c' })).toMatchObject({ server: 'https://c.test' });
});

test('--context without any kubeconfig is an unknown context', async () => {
  const empty = folder();
  const error = await userError(resolveConfig({ env: { HOME: empty.path }, context: 'dev' }));
  empty.remove();
  expect(error.code).toBe('unknown-context');
});
