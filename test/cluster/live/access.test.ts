/** What is kept of the way to an API server: public halves and dates, in the snapshot and in a recording; whose they are is not. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loadRecorded } from '../../../src/cluster/recorded.ts';
import { writeSnapshot } from '../../../src/cluster/snapshot-file.ts';
import { base64, emptyCluster, folder, kubeconfig, load, startServer } from '../../support/api-server.ts';
import { authority, type Authority } from '../../support/certificates.ts';

const own = folder();
let ca: Authority;
beforeAll(() => {
  ca = authority('cluster-ca');
});
afterAll(() => own.remove());
let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

async function loaded(user: Record<string, unknown> | undefined, flags: object = {}) {
  const server = await startServer(emptyCluster, { tls: ca.issue('api', ['IP:127.0.0.1']) });
  close = () => server.close();
  const config = kubeconfig({ server: server.url, 'certificate-authority-data': base64(ca.cert) }, user);
  return load(own.file('config', config), flags);
}

const jane = () => {
  const { cert, key } = ca.issue('jane');
  return { cert, key, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } };
};

test('the certificate that the server showed, the authorities that are trusted, the dates of the own one', async () => {
  const { cert, user } = jane();
  const { access } = (await loaded(user)).snapshot;
  expect(new X509Certificate(access?.served ?? '').subject).toContain('CN=api');
  expect(new X509Certificate(access?.trusted ?? '').subject).toBe('CN=cluster-ca');
  const { validFromDate, validToDate } = new X509Certificate(cert);
  expect(Date.parse(access?.client?.notBefore ?? '')).toBe(validFromDate.getTime());
  expect(Date.parse(access?.client?.notAfter ?? '')).toBe(validToDate.getTime());
  expect(access?.name).toBe('test-cluster');
});

test('a token has no dates, and --token leaves the certificate of the kubeconfig alone', async () => {
  expect((await loaded({ token: 'abc' })).snapshot.access?.client).toBeUndefined();
  await close();
  expect((await loaded(jane().user, { token: 'abc' })).snapshot.access?.client).toBeUndefined();
});

test('a recording holds them, and neither a key nor a name of who recorded', async () => {
  const { key, user } = jane();
  const one = await loaded(user);
  const file = own.file('cluster.gz');
  await writeSnapshot(file, one, { tool: '0' });
  const text = gunzipSync(readFileSync(file)).toString();
  expect(text).not.toMatch(/PRIVATE|jane/);
  expect(text).not.toContain(key.split('\n')[1]);
  expect((await loadRecorded({ paths: [file] })).snapshot.access).toEqual(one.snapshot.access);
});

test('what somebody wrote into a recording is checked', async () => {
  const { key } = jane();
  const file = own.file('forged.gz');
  const one = await loaded({ token: 'abc' });
  await writeSnapshot(file, one, { tool: '0' });
  const [head = '', ...rest] = gunzipSync(readFileSync(file)).toString().split('\n');
  const forged = async (access: unknown) => {
    writeFileSync(file, gzipSync([JSON.stringify({ ...JSON.parse(head), access }), ...rest].join('\n')));
    return (await loadRecorded({ paths: [file] })).snapshot.access;
  };
  expect(await forged({ name: 'x', served: key, trusted: 5, client: { notBefore: 'soon', notAfter: 7 } })).toEqual({
    name: 'x',
  });
  expect(await forged('x')).toBeUndefined();
  expect(await forged(undefined)).toBeUndefined();
});
