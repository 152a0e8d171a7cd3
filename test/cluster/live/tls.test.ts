import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { serverVersion } from '../../../src/cluster/live.ts';
import {
  base64,
  type FakeServer,
  folder,
  kubeconfig,
  load,
  type ServerOptions,
  startServer,
  userError,
} from '../../support/api-server.ts';
import { authority, type Authority, withIssue } from '../../support/certificates.ts';

const own = folder();
let ca: Authority;
let other: Authority;
beforeAll(() => {
  ca = authority('cluster-ca');
  other = authority('other-ca');
});
const open: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(() => own.remove());

async function server(options: ServerOptions): Promise<FakeServer> {
  const one = await startServer(() => undefined, options);
  open.push(one);
  return one;
}

let serial = 0;
function version(cluster: Record<string, unknown>, user?: Record<string, unknown>, flags: object = {}) {
  serial += 1;
  return serverVersion({
    kubeconfig: own.file(`config-${serial}`, kubeconfig(cluster, user)),
    env: {},
    signal: new AbortController().signal,
    ...flags,
  });
}
const trusting = (one: Authority) => ({ 'certificate-authority-data': base64(one.cert) });

test("the cluster's certificate authority is trusted, also in a context without a user", async () => {
  const { url, seen } = await server({ tls: ca.issue('api', ['IP:127.0.0.1']) });
  expect((await version({ server: url, ...trusting(ca) })).version).toBe('v1.36.3');
  expect(seen[0]).toMatchObject({ version: '2.0', path: '/version' });
  expect(seen[0]?.headers['authorization']).toBeUndefined();
});

test('the certificate authority may be a file beside the kubeconfig', async () => {
  const { url } = await server({ tls: ca.issue('api', ['IP:127.0.0.1']) });
  own.file('ca.crt', ca.cert);
  expect((await version({ server: url, 'certificate-authority': 'ca.crt' })).version).toBe('v1.36.3');
});

test('insecure-skip-tls-verify is honoured, in the kubeconfig (without a user, too) and as a flag', async () => {
  const { url } = await server({ tls: other.issue('api', ['DNS:elsewhere.test']) });
  expect((await version({ server: url, 'insecure-skip-tls-verify': true })).version).toBe('v1.36.3');
  expect((await version({ server: url, ...trusting(ca) }, undefined, { insecureSkipTlsVerify: true })).version).toBe(
    'v1.36.3',
  );
});

test('kubectl trusts an authority in the middle of the chain', async () => {
  const middle = withIssue(ca.issue('middle', [], { authority: true }));
  const leaf = middle.issue('api', ['IP:127.0.0.1']);
  const { url } = await server({ tls: { key: leaf.key, cert: leaf.cert + middle.cert } });
  expect((await version({ server: url, ...trusting(middle) })).version).toBe('v1.36.3');
});

test('tls-server-name is the name that is verified', async () => {
  const { url } = await server({ tls: ca.issue('api', ['DNS:kubernetes.test']) });
  expect((await version({ server: url, ...trusting(ca), 'tls-server-name': 'kubernetes.test' })).version).toBe(
    'v1.36.3',
  );
  const { url: second } = await server({ tls: ca.issue('api', ['IP:10.9.8.7']) });
  expect((await version({ server: second, ...trusting(ca), 'tls-server-name': '10.9.8.7' })).version).toBe('v1.36.3');
});

test.each([
  [
    'another authority',
    () => other.issue('api', ['IP:127.0.0.1']),
    () => trusting(ca),
    'is not signed by the certificate-authority of cluster "test-cluster"',
  ],
  [
    'no authority given',
    () => ca.issue('api', ['IP:127.0.0.1']),
    () => ({}),
    'signed by no authority that this machine knows',
  ],
  [
    'another host',
    () => ca.issue('api', ['DNS:a.test', 'IP:10.0.0.1']),
    () => trusting(ca),
    'is not for 127.0.0.1, but for a.test, 10.0.0.1',
  ],
  [
    'another tls-server-name',
    () => ca.issue('api', ['IP:127.0.0.1']),
    () => ({ ...trusting(ca), 'tls-server-name': 'x.test' }),
    'is not for x.test, but for 127.0.0.1',
  ],
  ['an expired certificate', () => ca.issue('api', ['IP:127.0.0.1'], { days: -1 }), () => trusting(ca), 'has expired'],
])('%s is not trusted, and the message says what is wrong', async (_, certificate, cluster, part) => {
  const { url } = await server({ tls: certificate() });
  const error = await userError(version({ server: url, ...cluster() }));
  expect(error.code).toBe('tls-untrusted');
  expect(error.message).toContain(part);
});

test('a client certificate is presented', async () => {
  const { url, seen } = await server({ tls: { ...ca.issue('api', ['IP:127.0.0.1']), clientCa: ca.cert } });
  const client = ca.issue('jane');
  const user = { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) };
  await version({ server: url, ...trusting(ca) }, user);
  expect(seen[0]?.certificate).toBe('jane');
});

test('a key that does not fit its certificate is named', async () => {
  const { url } = await server({ tls: ca.issue('api', ['IP:127.0.0.1']) });
  const user = { 'client-certificate-data': base64(ca.issue('a').cert), 'client-key-data': base64(ca.issue('b').key) };
  const error = await userError(version({ server: url, ...trusting(ca) }, user));
  expect(error).toMatchObject({
    code: 'bad-kubeconfig',
    message: 'the client key does not fit the client certificate',
  });
});

test('https to a plain server, and http to a TLS server, are told apart', async () => {
  const plain = await server({});
  const https = await userError(version({ server: plain.url.replace('http', 'https'), ...trusting(ca) }));
  expect(https.message).toContain('does not speak TLS');
  const secure = await server({ tls: ca.issue('api', ['IP:127.0.0.1']) });
  expect((await userError(version({ server: secure.url.replace('https', 'http') }))).code).toBe('unreachable');
});

test('kubectl talks to plain http servers (kubectl proxy, kwok)', async () => {
  const { url, seen } = await server({});
  expect((await version({ server: url }, { token: 'not-sent' })).version).toBe('v1.36.3');
  expect(seen[0]?.headers['authorization']).toBeUndefined();
});

test('one connection for a whole run over HTTP/2', async () => {
  const one = await server({ tls: ca.issue('api', ['IP:127.0.0.1']) });
  const config = own.file('whole', kubeconfig({ server: one.url, ...trusting(ca) }));
  await load(config, { resources: ['pods', 'services', 'nodes', 'events', 'deployments.apps', 'namespaces'] });
  expect(one.connections()).toBe(1);
  expect(new Set(one.seen.map(({ version: spoken }) => spoken))).toEqual(new Set(['2.0']));
});

test('kubectl sends a header for each group, never one for all of them', async () => {
  const { url, seen } = await server({ tls: ca.issue('api', ['IP:127.0.0.1']) });
  const user = { as: 'jürgen', 'as-groups': ['dev', 'ops'], 'as-user-extra': { scopes: ['view', 'edit'] } };
  await version({ server: url, ...trusting(ca) }, user);
  const { raw = [] } = seen[0] ?? {};
  const sent = raw.flatMap((name, index) => (name.startsWith('impersonate-') ? [`${name}: ${raw[index + 1]}`] : []));
  expect(sent).toEqual([
    `impersonate-user: ${Buffer.from('jürgen').toString('latin1')}`,
    'impersonate-group: dev',
    'impersonate-group: ops',
    'impersonate-extra-scopes: view',
    'impersonate-extra-scopes: edit',
  ]);
});
