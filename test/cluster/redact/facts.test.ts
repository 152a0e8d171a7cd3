import { expect, test } from 'vitest';
import { intake } from '../../../src/cluster/redact/intake.ts';
import type { Resource } from '../../../src/model/resources.ts';
import { selfSigned } from './certificate.ts';

const one = selfSigned();
const other = selfSigned();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const encoded = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));

function facts(resource: Resource, raw: object): Record<string, unknown> {
  const result = intake(resource, { metadata: { name: 'x', namespace: 'shop' }, ...raw });
  if ('problem' in result) throw new Error(result.problem);
  const {
    apiVersion: _version,
    kind: _kind,
    metadata: _metadata,
    ...rest
  } = result.object as unknown as Record<string, unknown>;
  return rest;
}

const secret = (data: Record<string, string>, type = 'Opaque') => facts('secrets', { type, data: encoded(data) });

test('of a Secret the type and the names of its keys are kept', () => {
  expect(secret({ password: 'hunter2', user: 'me' })).toEqual({ type: 'Opaque', keys: ['password', 'user'] });
  expect(facts('secrets', { type: 'Opaque', stringData: { a: 'b' } })).toEqual({ type: 'Opaque', keys: ['a'] });
  expect(facts('secrets', { type: 'Opaque', data: null })).toEqual({ type: 'Opaque', keys: [] });
});

test.each<[string, Record<string, string>, boolean | undefined]>([
  ['the key of the certificate', { 'tls.crt': one.certificate, 'tls.key': one.key }, true],
  ['another key', { 'tls.crt': one.certificate, 'tls.key': other.key }, false],
  ['the first certificate counts', { 'tls.crt': one.certificate + other.certificate, 'tls.key': other.key }, false],
  ['no key', { 'tls.crt': one.certificate }, undefined],
  ['a key that was taken out', { 'tls.crt': one.certificate, 'tls.key': '' }, undefined],
  ['a certificate that is none', { 'tls.crt': 'x', 'tls.key': one.key }, undefined],
])('keyMatchesCertificate: %s', (_name, data, expected) => {
  expect(secret(data, 'kubernetes.io/tls')['keyMatchesCertificate']).toBe(expected);
});

test.each<[string, Record<string, string>, Record<string, string> | undefined]>([
  ['tls.crt', { 'tls.crt': one.certificate }, { 'tls.crt': one.certificate }],
  [
    'ca.crt and a bundle',
    { 'ca.crt': one.certificate, 'ca-bundle': other.certificate },
    { 'ca-bundle': other.certificate, 'ca.crt': one.certificate },
  ],
  [
    'other names with the usual endings',
    { 'a.pem': one.certificate, 'b.cer': other.certificate },
    { 'a.pem': one.certificate, 'b.cer': other.certificate },
  ],
  [
    'text around certificates goes',
    { 'ca.crt': `# password: hunter2\n${one.certificate}hunter2\n${other.certificate}` },
    { 'ca.crt': one.certificate + other.certificate },
  ],
  ['Windows line ends', { 'ca.crt': one.certificate.replaceAll('\n', '\r\n') }, { 'ca.crt': one.certificate }],
  ['a text with a private key gives nothing', { 'both.pem': one.certificate + one.key }, undefined],
  ['keys of another name give nothing', { chain: one.certificate }, undefined],
  [
    'a block that is no certificate gives nothing',
    { 'tls.crt': `-----BEGIN CERTIFICATE-----\n${base64('hunter2'.repeat(20))}\n-----END CERTIFICATE-----\n` },
    undefined,
  ],
  ['a key under the name of a certificate gives nothing', { 'tls.crt': one.key }, undefined],
])('certificates of a Secret: %s', (_name, data, expected) => {
  expect(secret(data)['certificates']).toEqual(expected);
});

const auth = { auth: base64('user:hunter2'), username: 'user', password: 'hunter2' };

test.each<[string, string, readonly string[] | undefined]>([
  [
    '.dockerconfigjson',
    JSON.stringify({
      auths: { 'https://index.docker.io/v1/': auth, 'registry.example.com:5000': auth, 'ghcr.io/team': auth },
    }),
    ['ghcr.io', 'index.docker.io', 'registry.example.com:5000'],
  ],
  ['.dockercfg', JSON.stringify({ 'quay.io': auth }), ['quay.io']],
  [
    '.dockerconfigjson',
    JSON.stringify({ auths: { 'https://user:hunter2@host.example.com': auth, '*.example.com': auth } }),
    ['*.example.com', 'host.example.com'],
  ],
  ['.dockerconfigjson', '{"auths":{}}', []],
  ['.dockerconfigjson', 'not json', undefined],
  ['password', '{"auths":{"x":{}}}', undefined],
])('registries of %s %s', (key, text, expected) => {
  expect(secret({ [key]: text })).toEqual({
    type: 'Opaque',
    keys: [key],
    ...(expected === undefined ? {} : { registries: expected }),
  });
});

test('of a ConfigMap the names of its keys and its certificates are kept', () => {
  const raw = { data: { 'app.yaml': 'password: hunter2', 'any-name': one.certificate }, binaryData: { blob: 'AAAA' } };
  expect(facts('configmaps', raw)).toEqual({
    keys: ['any-name', 'app.yaml', 'blob'],
    certificates: { 'any-name': one.certificate },
  });
});

test('the Corefile of CoreDNS is kept, of the same name elsewhere it is not', () => {
  const metadata = { name: 'coredns', namespace: 'kube-system' };
  const Corefile = '.:53 {\n  forward . /etc/resolv.conf\n}\n';
  const data = { Corefile, other: 'hunter2' };
  expect(facts('configmaps', { metadata, data })).toEqual({ keys: ['Corefile', 'other'], documents: { Corefile } });
  expect(facts('configmaps', { metadata: { ...metadata, namespace: 'shop' }, data })).toEqual({
    keys: ['Corefile', 'other'],
  });
});

test('facts that pass again stay what they are', () => {
  const rounds: readonly [Resource, object][] = [
    [
      'secrets',
      {
        metadata: { name: 'x', namespace: 'shop', resourceVersion: '7' },
        type: 'kubernetes.io/tls',
        data: encoded({
          'tls.crt': one.certificate,
          'tls.key': one.key,
          '.dockerconfigjson': '{"auths":{"quay.io":{}}}',
        }),
      },
    ],
    [
      'configmaps',
      { metadata: { name: 'coredns', namespace: 'kube-system' }, data: { Corefile: 'x', 'ca.crt': one.certificate } },
    ],
  ];
  for (const [resource, raw] of rounds) {
    const once = intake(resource, raw);
    expect('object' in once && intake(resource, JSON.parse(JSON.stringify(once.object)))).toEqual(once);
  }
});

test('facts from a recording are not believed where they hold more than facts', () => {
  const raw = {
    type: 'Opaque',
    keys: ['a', 7],
    certificates: { a: 'hunter2', b: one.certificate + one.key, c: one.certificate },
    registries: ['https://u:hunter2@q.io'],
    keyMatchesCertificate: 'hunter2',
    data: { a: 'hunter2' },
  };
  expect(facts('secrets', raw)).toEqual({
    type: 'Opaque',
    keys: ['a'],
    certificates: { c: one.certificate },
    registries: ['q.io'],
  });
  expect(facts('configmaps', { keys: ['a'], documents: { a: 'hunter2' }, certificates: { a: 'hunter2' } })).toEqual({
    keys: ['a'],
  });
});
