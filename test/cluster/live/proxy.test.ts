import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { serverVersion } from '../../../src/cluster/live.ts';
import { base64, type FakeServer, folder, kubeconfig, startServer, userError } from '../../support/api-server.ts';
import { authority } from '../../support/certificates.ts';
import { httpProxy, socksProxy } from '../../support/proxy.ts';

const own = folder();
let server: FakeServer;
let trust: Record<string, unknown>;
beforeAll(async () => {
  const ca = authority();
  trust = { 'certificate-authority-data': base64(ca.cert) };
  server = await startServer(() => undefined, { tls: ca.issue('api', ['DNS:api.test', 'IP:127.0.0.1']) });
});
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await server.close();
  own.remove();
});
async function kept<T extends { close(): Promise<void> }>(proxy: Promise<T>): Promise<T> {
  open.push(await proxy);
  return proxy;
}

let serial = 0;
function version(cluster: Record<string, unknown>, env: Record<string, string> = {}) {
  serial += 1;
  return serverVersion({
    kubeconfig: own.file(`config-${serial}`, kubeconfig({ ...trust, ...cluster })),
    env,
    signal: new AbortController().signal,
  });
}
// Nobody knows this name: only a proxy leads there.
const hidden = () => `https://api.test:${server.port}`;

test('kubectl honours HTTPS_PROXY, with name and password', async () => {
  const proxy = await kept(httpProxy());
  const found = await version({ server: hidden() }, { HTTPS_PROXY: `http://jane:p%40ss@127.0.0.1:${proxy.port}` });
  expect(found.version).toBe('v1.36.3');
  expect(proxy.asked).toEqual([`CONNECT api.test:${server.port} HTTP/1.1 jane:p@ss`]);
  expect(server.seen.at(-1)?.version).toBe('2.0');
});

test('kubectl honours NO_PROXY, and never sends loopback through a proxy', async () => {
  const proxy = await kept(httpProxy());
  const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: '.test' };
  expect((await userError(version({ server: hidden() }, env))).code).toBe('unreachable');
  expect((await version({ server: server.url }, env)).version).toBe('v1.36.3');
  expect(proxy.asked).toEqual([]);
});

test('proxy-url of the cluster wins, also for loopback', async () => {
  const proxy = await kept(httpProxy());
  const cluster = { server: server.url, 'proxy-url': `http://127.0.0.1:${proxy.port}` };
  expect((await version(cluster, { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' })).version).toBe('v1.36.3');
  expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${server.port} HTTP/1.1`]);
});

test.each([undefined, 'jane:secret'])('a SOCKS5 proxy (account %s) looks the name up itself', async (account) => {
  const proxy = await kept(socksProxy(account));
  const at = account === undefined ? '' : `${account}@`;
  const found = await version({ server: hidden(), 'proxy-url': `socks5://${at}127.0.0.1:${proxy.port}` });
  expect(found.version).toBe('v1.36.3');
  expect(proxy.asked).toEqual([`api.test:${server.port}`]);
});

test('a plain http server behind a proxy gets the whole URL', async () => {
  const proxy = await kept(httpProxy());
  const found = await version(
    { server: 'http://api.test:8001', 'certificate-authority-data': undefined },
    { HTTP_PROXY: `http://a:b@127.0.0.1:${proxy.port}` },
  );
  expect(found.version).toBe('v1.0.0-forwarded');
  expect(proxy.asked).toEqual(['GET http://api.test:8001/version HTTP/1.1 a:b']);
});

test.each([
  ['407 Proxy Authentication Required', 'it asks for a name and a password (407)'],
  ['403 Forbidden', 'it answered 403'],
])('a proxy that answers %s is named, without its password', async (refusal, part) => {
  const proxy = await kept(httpProxy(refusal));
  const error = await userError(version({ server: hidden(), 'proxy-url': `http://x:hush@127.0.0.1:${proxy.port}` }));
  expect(error.code).toBe('proxy-failed');
  expect(error.message).toContain(part);
  expect(error.message).not.toContain('hush');
});

test.each([
  ['http', 'ECONNREFUSED'],
  ['socks5', 'ECONNREFUSED'],
])('a %s proxy that is not there is named', async (scheme, part) => {
  const error = await userError(version({ server: hidden(), 'proxy-url': `${scheme}://127.0.0.1:1` }));
  expect(error.code).toBe('proxy-failed');
  expect(error.message).toContain(part);
});

test('a SOCKS5 proxy that refuses the password, or wants one, is named', async () => {
  const proxy = await kept(socksProxy('jane:right'));
  const wrong = await userError(
    version({ server: hidden(), 'proxy-url': `socks5://jane:wrong@127.0.0.1:${proxy.port}` }),
  );
  expect(wrong.message).toContain('refuses the name and password');
  const none = await userError(version({ server: hidden(), 'proxy-url': `socks5://127.0.0.1:${proxy.port}` }));
  expect(none.message).toContain('asks for a name and a password');
});
