import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certsSchemaText } from '../../scripts/schema.ts';
import type { Loaders } from '../../src/cli/loaders.ts';
import { runCli } from '../../src/cli/run.ts';
import type { Resource } from '../../src/model/resources.ts';
import type { Report } from '../../src/model/report.ts';
import { certificateRowSchema, certsSchema, certsSchemaVersion } from '../../src/model/certs-schema.ts';
import type { AccessFacts } from '../../src/model/snapshot.ts';
import { bundleMap, managed, tlsIngress, tlsSecret, webhook } from '../support/certificate-objects.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { renderCertsText } from '../../src/render/certs.ts';
import { buildCertificateReport } from '../../src/report/certs.ts';
import { testIo } from '../support/io.ts';
import { loadedOf } from '../support/loaded.ts';
import { object as anObject } from '../support/objects.ts';
import { make } from '../support/x509.ts';

let folder: string;
let missing: Partial<Record<Resource, string>> = {};
let access: AccessFacts | undefined;
let extra: readonly KubeObject[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certs-'));
  missing = {};
  access = undefined;
  extra = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const cluster = make({ subject: 'kubernetes', authority: true, from: 300, days: 3_350 });
const local = make({ subject: 'local ca', authority: true, from: 355, days: 10 });
const web = make({ subject: 'web', names: ['shop.example', 'www.shop.example'], issuer: local, days: 250 });
const old = make({ subject: 'old', names: ['old.example'], issuer: local, days: -3 });
const publicRoots = Array.from({ length: 25 }, (_, index) => make({ subject: `root ${index}`, authority: true }));
const kept = make({ subject: 'kept', names: ['kept.example'], issuer: local, from: 60, days: 25 });

const objects = [
  tlsSecret('cert-manager/local-ca', [local]),
  tlsSecret('shop/web-tls', [web, local]),
  tlsSecret('attic/old-tls', [old]),
  tlsSecret('shop/kept-tls', [kept]),
  managed('shop/kept', { status: { renewalTime: '2026-03-02T00:00:00Z' } }),
  // Its Secret is not there yet.
  managed('shop/unseen', {
    spec: { dnsNames: ['unseen.example'] },
    status: {
      notBefore: '2026-02-01T12:00:00Z',
      notAfter: '2026-05-02T12:00:00Z',
      renewalTime: '2026-04-02T12:00:00Z',
    },
  }),
  ...['default', 'kube-system', 'shop'].map((namespace) => bundleMap(`${namespace}/kube-root-ca.crt`, [cluster])),
  bundleMap('shop/public', publicRoots),
  webhook([cluster]),
  tlsIngress('shop/web', 'web-tls', ['shop.example']),
];

/** Runs the program against that cluster. */
async function cli(line: string, columns?: number) {
  let wanted: readonly Resource[] = [];
  const { io, written } = testIo({ environment: { XDG_CONFIG_HOME: folder }, columns });
  const loaders: Loaders = {
    live: async (_config, _hooks, resources) => {
      wanted = resources;
      return loadedOf([...objects, ...extra], { missing, ...(access === undefined ? {} : { access }) });
    },
    recorded: async () => loadedOf(objects, { source: 'recorded' }),
    snapshot: async () => loadedOf(objects),
    serverVersion: async () => 'v1.36.3',
  };
  return { code: await runCli(line.split(' '), io, loaders), ...written, wanted };
}

test('one line each, worst first, each certificate once', async () => {
  const { out, code, wanted } = await cli('certs');
  expect(code).toBe(0);
  expect(wanted).toContain('secrets');
  const lines = out.trimEnd().split('\n');
  expect(lines.slice(0, 2)).toEqual([
    'Cluster test (context test-context, v1.36.3), at 2026-03-01 12:00:00 UTC',
    '6 certificates, 1 expired, 1 near the end',
  ]);
  expect(lines.slice(3, 10).map((line) => line.split(/ {2,}/).slice(0, 3).join(' | '))).toEqual([
    'LEFT | NAME | WHERE',
    '-3d | old.example | Secret attic/old-tls tls.crt',
    '10d | CN=local ca (CA) | Secret cert-manager/local-ca tls.crt +1',
    '25d | kept.example | Secret shop/kept-tls tls.crt',
    '62d | unseen.example | Certificate shop/unseen',
    '250d | shop.example +1 | Secret shop/web-tls tls.crt',
    '3350d | CN=kubernetes (CA) | ConfigMap kube-system/kube-root-ca.crt ca.crt +3',
  ]);
  expect(lines.find((line) => line.includes('kept.example'))).toContain('Certificate shop/kept, next 2026-03-02');
  expect(lines.find((line) => line.includes('shop.example'))).toContain('Ingress shop/web');
  expect(lines.find((line) => line.includes('kubernetes'))).toContain('ValidatingWebhookConfiguration policy');
  expect(lines.at(-1)).toBe('25 authorities in large bundles are not listed.');
});

test('the tree shows what each authority signed', async () => {
  const { out } = await cli('certs --tree');
  const lines = out.split('\n').slice(2);
  const at = lines.findIndex((line) => line.startsWith('CN=local ca'));
  expect(lines.slice(at + 1, at + 4).map((line) => line.split(/ {2,}/).slice(0, 2).join('>'))).toEqual([
    '>old.example',
    '>kept.example',
    '>shop.example +1',
  ]);
  expect(lines.some((line) => line.startsWith('CN=kubernetes (CA)'))).toBe(true);
});

test('as JSON, to a file, and no private half anywhere', async () => {
  const file = join(folder, 'certs.json');
  const { out } = await cli(`certs -o json=${file} -o text`);
  const json = await readFile(file, 'utf8');
  const report = certsSchema.parse(JSON.parse(json));
  const shop = report.certificates.find(({ names }) => names[0] === 'shop.example');
  expect(shop).toMatchObject({
    daysLeft: 250,
    state: 'ok',
    users: [{ kind: 'Ingress', name: 'web' }],
    authority: false,
  });
  const signer = report.certificates.find(({ fingerprint }) => fingerprint === shop?.issuedBy[0]);
  expect(signer).toMatchObject({ subject: 'CN=local ca', state: 'expiring', severity: 'critical' });
  for (const { key } of [local, web, old, kept]) {
    for (const line of key.split('\n').slice(1, 3)) expect(json + out).not.toContain(line);
  }
});

test('one namespace: what lies in it or is used there', async () => {
  const { out } = await cli('certs -n attic -o json');
  const report = certsSchema.parse(JSON.parse(out));
  expect(report.certificates.map(({ names }) => names[0])).toEqual(['old.example']);
});

test('a namespace that does not exist is refused', async () => {
  const { code, err } = await cli('certs -n shp --from x');
  expect(code).toBe(2);
  expect(err).toBe('error: there is no namespace "shp"\n');
});

test('--cert-warning changes what is a warning, here and in analyze; a bad one is refused', async () => {
  const long = make({ subject: 'long', names: ['long.example'], issuer: cluster, from: 3_000, days: 50 });
  extra = [tlsSecret('shop/long-tls', [long]), tlsIngress('shop/long', 'long-tls', ['long.example'])];
  const listed = async (line: string) => {
    const report = certsSchema.parse(JSON.parse((await cli(`certs -o json ${line}`.trim())).out));
    return report.certificates.find(({ names }) => names[0] === 'long.example')?.severity;
  };
  const told = async (line: string) => {
    const report: Report = JSON.parse((await cli(`analyze -o json --severity info ${line}`.trim())).out);
    return report.problems.find(({ object }) => object.name === 'long-tls')?.severity;
  };
  for (const state of [listed, told]) {
    expect(await state('')).toBe('info');
    expect(await state('--cert-warning 60d')).toBe('warning');
    expect(await state('--cert-warning 20d')).toBe('info');
  }
  const days = await cli('certs --cert-warning 30');
  expect(days).toMatchObject({ code: 2 });
  expect(days.err).toContain('Write 30d for days');
  const bad = await cli('certs --cert-warning soon');
  expect(bad).toMatchObject({ code: 2 });
  expect(bad.err).toContain('must be a length of time');
  expect((await cli('analyze --cert-warning 30d')).code).toBe(0);
});

test('names of the cluster cannot act on the terminal, and stay in their column', async () => {
  const { out } = await cli('certs', 100);
  // eslint-disable-next-line no-control-regex
  expect(out.replaceAll(/\u001B\[\d+m/g, '')).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
});

test('schema/certs.json is what the source says: run "node scripts/schema.ts"', async () => {
  expect(await readFile(new URL('../../schema/certs.json', import.meta.url), 'utf8')).toBe(certsSchemaText());
  expect(certsSchemaVersion).toBe('1');
});

test('a row that lacks what it promises is refused', async () => {
  const { certificates } = certsSchema.parse(JSON.parse((await cli('certs -o json')).out));
  const [first] = certificates;
  expect(certificateRowSchema.safeParse(first).success).toBe(true);
  expect(certificateRowSchema.safeParse({ ...first, daysLeft: undefined }).success).toBe(false);
  expect(certificateRowSchema.safeParse({ ...first, privateKey: 'x' }).success).toBe(false);
});

test('what could not be read is told, and nothing that has no certificates', async () => {
  missing = { secrets: 'forbidden', nodes: 'forbidden' };
  const { out } = await cli('certs -o json');
  const report = certsSchema.parse(JSON.parse(out));
  expect(report.complete).toBe(false);
  expect(report.gaps).toEqual([{ what: 'resource', name: 'secrets', reason: 'forbidden' }]);
  expect((await cli('certs')).out).toContain('Not seen: secrets (forbidden).');
});

test('what the API server showed and what the kubeconfig holds stand in the list, too', async () => {
  const shown = make({ subject: 'kube-apiserver', names: ['10.0.0.1'], issuer: cluster, from: 100, days: 265 });
  const client = { notBefore: '2025-03-20T12:00:00Z', notAfter: '2026-03-20T12:00:00Z' };
  access = { name: 'home', served: shown.pem, trusted: cluster.pem, client };
  const { certificates } = certsSchema.parse(JSON.parse((await cli('certs -o json')).out));
  expect(certificates.find(({ names }) => names[0] === '10.0.0.1')).toMatchObject({
    places: [{ object: { kind: 'APIServer', name: 'home' }, field: 'TLS handshake' }],
    issuedBy: [certificates.find(({ subject }) => subject === 'CN=kubernetes')?.fingerprint],
  });
  const own = certificates.find(({ subject }) => subject === 'client certificate');
  expect(own).toMatchObject({
    daysLeft: 19,
    severity: 'warning',
    places: [{ object: { kind: 'Config', name: 'home' } }],
  });
  const lines = (await cli('certs')).out.split('\n');
  expect(lines.find((line) => line.includes('10.0.0.1'))).toContain('APIServer home');
  expect(lines.find((line) => line.includes('client certificate'))).toContain('Config home');
});

/** A cluster of these objects alone, at a width; undefined: nobody looks at a screen. */
const shown = (all: readonly KubeObject[], columns: number | undefined, tree = false) =>
  renderCertsText(
    buildCertificateReport(loadedOf(all), {
      limits: { own: limits(28), authority: limits(180) },
      namespaces: [],
    }),
    { tree, ...(columns === undefined ? {} : { columns }) },
  ).split('\n');
const limits = (days: number) => ({ critical: 7 * 86_400, warning: days * 86_400, info: 2 * days * 86_400 });

test('the tree says of a certificate without a known issuer that the issuer was not seen', () => {
  const postgres = anObject('clusters.postgresql.cnpg.io', 'shop/db', {
    spec: { instances: 1 },
    status: { certificates: { expirations: { 'db-server': '2026-05-20 12:00:00 +0000 UTC' } } },
  });
  expect(shown([postgres], undefined, true).join('\n')).toMatch(/Cluster shop\/db.*, issuer not seen$/m);
});

test.each([40, 60, 80, 120, 200])('no line is wider than the screen of %i columns, and nothing is lost', (columns) => {
  const long = make({
    subject: 'x',
    names: [`${'very-'.repeat(12)}long.example`],
    issuer: local,
    days: 0.4,
    from: 0.6,
  });
  const all = [...objects, tlsSecret(`shop/${'long-'.repeat(9)}tls`, [long, local])];
  for (const tree of [false, true]) {
    const lines = shown(all, columns, tree);
    expect(Math.max(...lines.slice(1).map((line) => line.length))).toBeLessThanOrEqual(Math.max(columns, 66));
  }
  const text = shown(all, columns).join(' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain('Ingress shop/web');
  expect(text).toContain('Certificate shop/kept, next 2026-03-02');
  expect(text).toContain('9h');
});

test('where nobody looks, each certificate is one whole line', () => {
  const names = [`${'very-'.repeat(12)}long.example`];
  const secret = `shop/${'long-'.repeat(9)}tls`;
  const lines = shown([tlsSecret(secret, [make({ names, issuer: local })])], undefined);
  expect(lines.find((line) => line.includes(names[0] ?? ''))).toContain(`Secret ${secret} tls.crt`);
});

test('an authority that has ended and is kept beside its successor is no alarm', () => {
  const before = make({ subject: 'before', authority: true, from: 3_652, days: -2 });
  const last = make({ subject: 'last', authority: true, from: 3_642, days: 10 });
  expect(shown([bundleMap('shop/trust', [before, cluster])], 120)[1]).toContain(
    '2 certificates, 1 expired and replaced',
  );
  expect(shown([bundleMap('shop/trust', [before])], 120)[1]).toContain('1 certificate, 1 expired');
  expect(shown([bundleMap('shop/trust', [last])], 120)[1]).toContain('1 certificate, 1 near the end');
});

test('who uses the authority of the cluster is not counted pod by pod', () => {
  const lines = shown([bundleMap('kube-system/kube-root-ca.crt', [cluster])], 200);
  expect(lines.find((line) => line.includes('CN=kubernetes'))).toContain('the cluster');
});
