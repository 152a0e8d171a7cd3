import { expect, test } from 'vitest';
import { certificatesOf, certificatesOfBase64 } from '../../src/graph/x509.ts';
import { now } from '../support/objects.ts';
import { base64, make } from '../support/x509.ts';

const of = (...made: readonly { readonly pem: string }[]) => certificatesOf(made.map(({ pem }) => pem).join(''));

test.each([
  ['rsa', 'RSA 2048', []],
  ['rsa1024', 'RSA 1024', ['RSA key of 1024 bits']],
  ['ec', 'EC P-256', []],
  ['ed25519', 'Ed25519', []],
] as const)('tells the key %s as %s', (key, text, weaknesses) => {
  const [one] = of(make({ key, subject: 'web', names: ['web.example', '10.0.0.1'] }));
  expect(one).toMatchObject({
    subject: 'CN=web',
    issuer: 'CN=web',
    names: ['web.example', '10.0.0.1'],
    key: text,
    weaknesses,
    selfSigned: true,
    isAuthority: false,
  });
});

test.each([
  [0, 1],
  [100, 3_550],
])('tells the dates of a life from %s days ago to %s days ahead', (from, days) => {
  const [one] = of(make({ from, days }));
  const day = 86_400_000;
  expect(one).toMatchObject({ notBefore: Date.parse(now) - from * day, notAfter: Date.parse(now) + days * day });
});

test.each([
  ['rsa', 'rsa'],
  ['ec', 'ec'],
  ['ed25519', 'ed25519'],
  ['rsa', 'ec'],
] as const)('a %s authority has signed what it signed, and nothing else', (authorityKey, key) => {
  const issuer = make({ subject: 'ca', authority: true, key: authorityKey });
  const namesake = make({ subject: 'ca', authority: true, key: authorityKey });
  const [leaf, ca, other] = of(make({ subject: 'web', key, issuer }), issuer, namesake);
  expect([leaf!.issuedBy(ca!), leaf!.issuedBy(other!), ca!.issuedBy(leaf!), ca!.selfSigned, leaf!.selfSigned]).toEqual([
    true,
    false,
    false,
    true,
    false,
  ]);
});

test('a SHA-1 signature is weak, but not on a root, which nobody checks by it', () => {
  const issuer = make({ subject: 'ca', authority: true, key: 'rsa', digest: 'sha1' });
  const [leaf, root] = of(make({ key: 'rsa', digest: 'sha1', issuer }), issuer);
  expect(leaf!.weaknesses).toEqual(['SHA-1 signature']);
  expect(root!.weaknesses).toEqual([]);
});

test.each([
  ['web.example', ['web.example'], true],
  ['WEB.example', ['web.EXAMPLE'], true],
  ['a.example', ['*.example.org', '*.a.example'], false],
  ['a.b.example', ['*.b.example'], true],
  ['x.a.b.example', ['*.b.example'], false],
  ['*.b.example', ['*.b.example'], true],
  ['*.b.example', ['a.b.example'], false],
  ['10.0.0.1', ['10.0.0.1'], true],
  ['10.0.0.2', ['10.0.0.1'], false],
  // The common name counts for nobody any more.
  ['test', [], false],
  ['', ['web.example'], false],
])('host %j is covered by names %j: %s', (host, names, covered) => {
  const [one] = of(make({ names }));
  expect(one!.covers(host)).toBe(covered);
});

test('reads usages, and the place of the issuer', () => {
  const [plain, client, placed] = of(make(), make({ usages: ['client'] }), make({ issuerPlace: true }));
  expect([plain!.usages, client!.usages]).toEqual([undefined, ['1.3.6.1.5.5.7.3.2']]);
  expect([plain!.namesIssuerPlace, placed!.namesIssuerPlace]).toEqual([false, true]);
});

test('leaves out what does not parse; the same text gives the same object', () => {
  const made = make();
  const broken = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  expect(certificatesOf(`${broken}${made.pem}garbage`)).toHaveLength(1);
  expect(certificatesOf('')).toEqual([]);
  expect(certificatesOfBase64(base64(made.pem))[0]).toBe(certificatesOf(made.pem)[0]);
});
