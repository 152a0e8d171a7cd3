import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import nock from 'nock';
import { openApiServer } from '../../../src/cluster/api-server.ts';
import { resolveConfig } from '../../../src/cluster/live.ts';
import { base64, folder, kubeconfig, userError } from '../../support/api-server.ts';

const own = folder();
afterAll(() => {
  own.remove();
  nock.restore();
});
afterEach(() => vi.useRealTimers());

const v1 = 'client.authentication.k8s.io/v1';
const { signal } = new AbortController();
let serial = 0;

/** A connection whose plugin is this shell script; runs are counted in a file. */
async function plugin(
  script: string,
  exec: Record<string, unknown> = {},
  options: { cluster?: Record<string, unknown>; timeoutMs?: number } = {},
) {
  serial += 1;
  const runs = own.file(`runs-${serial}`, '');
  const name = `plugin-${serial}`;
  own.file(name, `#!/bin/sh\necho run >> ${runs}\n${script}\n`, 0o700);
  const config = own.file(
    `config-${serial}`,
    kubeconfig(
      { server: 'https://api.test', ...options.cluster },
      { exec: { apiVersion: v1, command: `./${name}`, interactiveMode: 'IfAvailable', ...exec } },
    ),
  );
  const connection = await resolveConfig({
    env: { PATH: process.env['PATH'], FROM_ENVIRONMENT: 'yes' },
    kubeconfig: config,
    pluginTimeoutMs: options.timeoutMs ?? 20_000,
  });
  return {
    connection,
    current: () => connection.credentials.current(signal),
    refused: connection.credentials.refused,
    runs: () => readFileSync(runs, 'utf8').split('\n').length - 1,
  };
}

const answer = (status: Record<string, unknown>, apiVersion = v1) =>
  `cat <<'END'\n${JSON.stringify({ kind: 'ExecCredential', apiVersion, status })}\nEND`;

test('a relative command with a slash is resolved against the folder of the kubeconfig', async () => {
  const { current } = await plugin(answer({ token: 'abc' }));
  expect(await current()).toEqual({ authorization: 'Bearer abc' });
});

test('a bare command is looked up on the PATH', async () => {
  const script = answer({ token: 'from-path' });
  const { current } = await plugin('', { command: 'sh', args: ['-c', script] });
  expect((await current()).authorization).toBe('Bearer from-path');
});

test('the plugin gets KUBERNETES_EXEC_INFO, its own variables, and those of the environment', async () => {
  const out = own.file('info', '');
  const { current } = await plugin(
    `printf '%s|%s|%s' "$KUBERNETES_EXEC_INFO" "$FROM_ENTRY" "$FROM_ENVIRONMENT" > ${out}\n${answer({ token: 'a' })}`,
    { env: [{ name: 'FROM_ENTRY', value: 'it' }], provideClusterInfo: true },
    {
      cluster: {
        'tls-server-name': 'other.test',
        'certificate-authority-data': base64('-----BEGIN CERTIFICATE'),
        extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } }],
      },
    },
  );
  await current();
  const [info = '', entry, environment] = readFileSync(out, 'utf8').split('|');
  expect({ entry, environment }).toEqual({ entry: 'it', environment: 'yes' });
  expect(JSON.parse(info)).toEqual({
    kind: 'ExecCredential',
    apiVersion: v1,
    spec: {
      interactive: false,
      cluster: {
        server: 'https://api.test',
        'tls-server-name': 'other.test',
        'certificate-authority-data': base64('-----BEGIN CERTIFICATE'),
        config: { audience: 'x' },
      },
    },
  });
});

test('without provideClusterInfo the cluster is not told', async () => {
  const out = own.file('info-2', '');
  const { current } = await plugin(`printf '%s' "$KUBERNETES_EXEC_INFO" > ${out}\n${answer({ token: 'a' })}`);
  await current();
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({
    kind: 'ExecCredential',
    apiVersion: v1,
    spec: { interactive: false },
  });
});

test('a plugin that reads its standard input comes to its end at once', async () => {
  const { current } = await plugin(`cat > /dev/null\n${answer({ token: 'abc' })}`, {}, { timeoutMs: 10_000 });
  expect((await current()).authorization).toBe('Bearer abc');
});

test('a plugin that hangs is stopped, with its children', async () => {
  const pid = own.file('pid-of-child', '');
  const { current } = await plugin(`sleep 60 &\necho $! > ${pid}\nwait`, {}, { timeoutMs: 300 });
  const started = Date.now();
  const error = await userError(current());
  expect(error.message).toContain('did not answer within 0.3 s');
  expect(Date.now() - started).toBeLessThan(5_000);
  const child = readFileSync(pid, 'utf8').trim();
  await expect
    .poll(() => existsSync(`/proc/${child}/cmdline`) && readFileSync(`/proc/${child}/cmdline`, 'utf8'))
    .not.toContain('sleep');
});

test('one process for many first requests', async () => {
  const { current, runs } = await plugin(`sleep 0.1\n${answer({ token: 'abc' })}`);
  await Promise.all(Array.from({ length: 8 }, current));
  await current();
  expect(runs()).toBe(1);
});

test('it runs again when the server refuses what it gave, once for all who were refused', async () => {
  const { current, refused, runs } = await plugin(answer({ token: 'abc' }));
  const first = await current();
  refused(first);
  refused(first);
  const second = await current();
  refused(first);
  expect(await current()).toBe(second);
  expect(second).not.toBe(first);
  expect(runs()).toBe(2);
});

test('it runs again when what it gave has expired', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const expirationTimestamp = new Date(Date.now() + 3_600_000).toISOString();
  const { current, runs } = await plugin(answer({ token: 'abc', expirationTimestamp }));
  await current();
  vi.setSystemTime(Date.now() + 3_500_000);
  await current();
  expect(runs()).toBe(1);
  vi.setSystemTime(Date.now() + 200_000);
  await current();
  expect(runs()).toBe(2);
});

test('a request that is refused with 401 is sent again with what the plugin gives next', async () => {
  const api = nock('https://api.test');
  const given = own.file('given', 'first');
  const { connection } = await plugin(`token=$(cat ${given}); echo second > ${given}
echo '{"kind":"ExecCredential","apiVersion":"${v1}","status":{"token":"'$token'"}}'`);
  api.get('/version').matchHeader('authorization', 'Bearer first').reply(401, '');
  api.get('/version').matchHeader('authorization', 'Bearer second').reply(200, { gitVersion: 'v1.36.3' });
  const server = await openApiServer(connection, { timeoutMs: 5_000, signal });
  expect(await server.version()).toBe('v1.36.3');
  await server.close();
  expect(nock.isDone()).toBe(true);
});

test('a client certificate from a plugin', async () => {
  const { current } = await plugin(answer({ clientCertificateData: 'CERT', clientKeyData: 'KEY' }));
  expect(await current()).toEqual({ certificate: 'CERT', key: 'KEY' });
});

test('v1beta1 works', async () => {
  const beta = 'client.authentication.k8s.io/v1beta1';
  const { current } = await plugin(answer({ token: 'abc' }, beta), { apiVersion: beta });
  expect((await current()).authorization).toBe('Bearer abc');
});

test.each([
  [
    'other version',
    answer({ token: 'secret-token' }, 'client.authentication.k8s.io/v1beta1'),
    'answered with client.authentication.k8s.io/v1beta1',
  ],
  ['no JSON', 'echo secret-token', 'did not print an ExecCredential as JSON'],
  ['no credentials', answer({}), 'gave no credentials'],
  ['half a certificate', answer({ clientCertificateData: 'secret-token' }), 'without its key'],
  ['a failure', 'echo "\\033[31mnot logged in\\033[0m" >&2; exit 7', 'failed (7): not logged in'],
])('%s is an error that never repeats what was printed', async (_, script, part) => {
  const { current } = await plugin(script);
  const error = await userError(current());
  expect(error.code).toBe('bad-credentials');
  expect(error.message).toContain(part);
  expect(error.message).not.toContain('secret-token');
});

test('a missing plugin comes with its installHint', async () => {
  const { current } = await plugin('', {
    command: 'no-such-plugin-anywhere',
    installHint: 'Install it with:\n  brew install it',
  });
  const error = await userError(current());
  expect(error.message).toBe('the credential plugin no-such-plugin-anywhere is not installed');
  expect(error.hint).toBe('Install it with: brew install it');
});

test.each([
  [{ apiVersion: 'client.authentication.k8s.io/v1alpha1' }, 'not supported'],
  [{ command: '' }, 'without a command'],
])('exec entry %j is refused', async (exec, part) => {
  const error = await userError(plugin('', exec));
  expect(error.code).toBe('bad-kubeconfig');
  expect(error.message).toContain(part);
});

test('a plugin that must have a terminal says so instead of hanging', async () => {
  const { current, runs } = await plugin(answer({ token: 'abc' }), { interactiveMode: 'Always' });
  expect((await userError(current())).message).toContain('needs a terminal');
  expect(runs()).toBe(0);
});
