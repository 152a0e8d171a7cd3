/** Certificates: chains that end early, Gateways, what an injector has not written, renewals that fail, keys that cannot be read. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import certificates from '../../analyzers/certificates/index.ts';
import ingresses from '../../analyzers/ingresses/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { bundleMap, issuer, managed, taken, tlsIngress, tlsSecret, webhook } from '../support/certificate-objects.ts';
import type { AccessFacts } from '../../src/model/snapshot.ts';
import { ago, now, type Patch } from '../support/objects.ts';
import { diagnose, drafts, found, snapshotOf, story } from '../support/snapshot.ts';
import { base64, make, type Made } from '../support/x509.ts';

const names = ['shop.example'];
const host = tlsIngress('shop/web', 'web-tls', names);

describe('an authority that ends before what it signed', () => {
  const soon = make({ subject: 'ca', authority: true, from: 3_640, days: 10 });
  const over = make({ subject: 'ca', authority: true, from: 3_652, days: -2 });
  const long = make({ subject: 'ca', authority: true, from: 100, days: 3_000 });
  const middle = (of: Made, days: number) => make({ subject: 'middle', authority: true, issuer: of, from: 300, days });
  const web = (of: Made, more = {}) => make({ names, issuer: of, from: 100, days: 265, ...more });
  const secret = (chain: readonly Made[], patch: Patch = {}) => tlsSecret('shop/web-tls', chain, patch);
  const warned = 'warning CertificateOutlivesAuthority Secret shop/web-tls [tls.crt]';
  test.each<[string, readonly KubeObject[], readonly string[]]>([
    ['it lasts longer', [secret([web(long), long])], []],
    ['in ten days, in the chain', [secret([web(soon), soon])], [warned]],
    ['in ten days, seen elsewhere only', [secret([web(soon)]), bundleMap('shop/trust', [soon])], [warned]],
    ['it was not seen', [secret([web(soon)])], []],
    ['in ten days, one above', [secret([web(middle(soon, 300)), middle(soon, 300)]), bundleMap('shop/t', [soon])], []],
    [
      'the one in the middle ends first',
      (() => {
        const one = middle(long, 10);
        return [secret([web(one), one])];
      })(),
      [warned],
    ],
    [
      'expired, though the certificate is not',
      [secret([web(over), over])],
      [
        'critical CertificateOutlivesAuthority Secret shop/web-tls [tls.crt]',
        'critical IngressCertificateUnusable Ingress shop/web [web-tls]',
      ],
    ],
    [
      'half a year is left',
      (() => {
        const half = make({ subject: 'ca', authority: true, from: 3_470, days: 185 });
        return [secret([web(half), half])];
      })(),
      [],
    ],
    [
      'cert-manager issues it anew before that',
      [
        secret([web(soon, { from: 60, days: 30 }), soon]),
        managed('shop/web', { status: { renewalTime: '2026-03-05T12:00:00Z' } }),
        issuer('shop/local'),
      ],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    const own = found(certificates, [...objects, host]).filter((line) => !line.includes('Authority Exp'));
    expect(own.filter((line) => !line.includes('CertificateAuthorityExpir'))).toEqual(expected);
  });

  test('a successor with the same key signs what the old one signed', () => {
    const old = make({ subject: 'ca', authority: true, from: 3_652, days: -2 });
    const next = make({ subject: 'ca', authority: true, from: 30, days: 3_000, key: old.privateKey });
    const objects = [secret([web(old), old]), bundleMap('shop/trust', [old, next]), host];
    expect(found(certificates, objects).filter((line) => line.includes('Outlives'))).toEqual([]);
  });

  test('one that another authority has signed as well needs that no more', () => {
    const gone = make({ subject: 'gone', authority: true, from: 7_000, days: -500 });
    const crossed = make({ subject: 'root', authority: true, from: 3_000, days: -400, issuer: gone });
    const one = make({ subject: 'middle', authority: true, issuer: crossed, from: 300, days: 1_500 });
    const objects = [secret([web(one), one, crossed]), host];
    expect(found(certificates, objects).filter((line) => line.includes('Outlives'))).toEqual([]);
  });

  test('it is the root of all that it signed', () => {
    const objects = ['a', 'b', 'c'].flatMap((name) => [
      tlsSecret(`shop/${name}-tls`, [make({ names: [`${name}.example`], issuer: soon, from: 100, days: 265 }), soon]),
      tlsIngress(`shop/${name}`, `${name}-tls`, [`${name}.example`]),
    ]);
    const lines = story(diagnose([certificates], [tlsSecret('cert-manager/ca', [soon]), ...objects]));
    expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
      'critical CertificateAuthorityExpiring Secret cert-manager/ca [CN=ca]',
    ]);
    expect(lines.filter((line) => line.includes('CertificateOutlivesAuthority'))).toHaveLength(3);
  });
});

test('an authority that lies in every Secret is linked once, and told where its key lies', () => {
  const ca = make({ subject: 'ca', authority: true, from: 3_640, days: 10 });
  const objects = Array.from({ length: 20 }, (_, index) => [
    tlsSecret(`a/s${index}`, [make({ names: [`h${index}.example`], issuer: ca, from: 100, days: 265 }), ca]),
    tlsIngress(`a/i${index}`, `s${index}`, [`h${index}.example`]),
  ]).flat();
  const all = drafts(certificates, snapshotOf([...objects, tlsSecret('z/ca', [ca])]));
  const early = all.filter(({ code }) => code === 'CertificateOutlivesAuthority');
  expect(early).toHaveLength(20);
  expect(new Set(early.map(({ causes = [] }) => causes.map(({ object }) => object.name).join()))).toEqual(
    new Set(['ca']),
  );
});

describe('Gateways', () => {
  const ca = make({ subject: 'ca', authority: true, from: 400, days: 3_000 });
  const gateway = (hostname: string | undefined, refs: readonly object[], tls: Patch = {}) =>
    taken('gateways.gateway.networking.k8s.io', 'shop/front', {
      metadata: { generation: 1 },
      spec: {
        listeners: [
          { name: 'https', ...(hostname === undefined ? {} : { hostname }), tls: { certificateRefs: refs, ...tls } },
        ],
      },
    });
  const secret = (name: string, hosts: readonly string[], days = 265) =>
    tlsSecret(name, [make({ names: hosts, issuer: ca, from: 100, days })]);
  const mismatch = 'warning GatewayCertificateMismatch Gateway shop/front [https]';
  test.each<[string, readonly KubeObject[], readonly string[]]>([
    ['its own host', [gateway('a.example', [{ name: 'a' }]), secret('shop/a', ['a.example'])], []],
    ['another host', [gateway('a.example', [{ name: 'a' }]), secret('shop/a', ['b.example'])], [mismatch]],
    ['a wildcard', [gateway('a.example', [{ name: 'a' }]), secret('shop/a', ['*.example'])], []],
    ['a listener for all', [gateway('*.example', [{ name: 'a' }]), secret('shop/a', ['*.example'])], []],
    [
      'a listener for all, one name',
      [gateway('*.example', [{ name: 'a' }]), secret('shop/a', ['a.example'])],
      [mismatch],
    ],
    ['no host', [gateway(undefined, [{ name: 'a' }]), secret('shop/a', ['b.example'])], []],
    [
      'passed through',
      [gateway('a.example', [{ name: 'a' }], { mode: 'Passthrough' }), secret('shop/a', ['b.example'])],
      [],
    ],
    [
      'two, of which one is for it',
      [
        gateway('a.example', [{ name: 'b' }, { name: 'a' }]),
        secret('shop/a', ['a.example']),
        secret('shop/b', ['b.example']),
      ],
      [],
    ],
    [
      'two, of which one is not there',
      [gateway('a.example', [{ name: 'b' }, { name: 'a' }]), secret('shop/b', ['b.example'])],
      [],
    ],
    ['of another kind', [gateway('a.example', [{ kind: 'Vault', name: 'a' }])], []],
    [
      'in another namespace',
      [gateway('a.example', [{ name: 'a', namespace: 'tls' }]), secret('tls/a', ['b.example'])],
      [mismatch],
    ],
    [
      'expired',
      [gateway('a.example', [{ name: 'a' }]), secret('shop/a', ['a.example'], -1)],
      [
        'critical CertificateExpired Secret shop/a [tls.crt]',
        'critical GatewayCertificateUnavailable Gateway shop/front [https a]',
      ],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(certificates, objects)).toEqual(expected);
  });

  test('one that has expired is one incident', () => {
    const objects = [gateway('a.example', [{ name: 'a' }]), secret('shop/a', ['a.example'], -1)];
    expect(story(diagnose([certificates], objects))).toEqual([
      'critical CertificateExpired Secret shop/a [tls.crt]',
      '  critical GatewayCertificateUnavailable Gateway shop/front [https a]',
    ]);
  });
});

describe('what cert-manager is to write into a webhook', () => {
  const old = make({ subject: 'old ca', authority: true, days: 3_000 });
  const current = make({ subject: 'new ca', authority: true, days: 3_000 });
  const leaf = make({ names: ['policy.hook.svc'], issuer: current });
  const annotated = (authorities: readonly Made[], hook: Patch = {}) =>
    webhook(authorities, { metadata: { annotations: { 'cert-manager.io/inject-ca-from': 'hook/policy' } } }, hook);
  const one = (issued: string) =>
    managed('hook/policy', {
      status: { notBefore: issued, notAfter: '2026-06-01T12:00:00Z', renewalTime: '2026-05-01T12:00:00Z' },
    });
  const secret = tlsSecret('hook/policy-tls', [leaf], { ca: current });
  const missed = 'CABundleMissing ValidatingWebhookConfiguration policy [hook/policy]';
  test.each<[string, readonly KubeObject[], readonly string[]]>([
    ['it has', [annotated([current]), one(ago('2d')), secret], []],
    ['beside the one before', [annotated([old, current]), one(ago('2d')), secret], []],
    ['it has not', [annotated([old]), one(ago('2d')), secret], [`critical ${missed}`]],
    [
      'it has not, and nobody waits',
      [annotated([old], { failurePolicy: 'Ignore' }), one(ago('2d')), secret],
      [`warning ${missed}`],
    ],
    ['it has just been issued', [annotated([old]), one(ago('1m')), secret], []],
    ['the Secret does not say', [annotated([old]), one(ago('2d')), tlsSecret('hook/policy-tls', [leaf])], []],
    ['nobody was asked to', [webhook([old]), one(ago('2d')), secret], []],
  ])('%s', (_, objects, expected) => {
    expect(found(certificates, [...objects, issuer('hook/local')])).toEqual(expected);
  });

  test('Secrets that could not be read prove nothing', () => {
    const missing = { secrets: 'forbidden' };
    expect(found(certificates, [annotated([old]), one(ago('2d')), issuer('hook/local')], { missing })).toEqual([]);
  });
});

describe('a renewal that fails while the certificate is still good', () => {
  const dates = { notBefore: '2025-12-31T12:00:00Z', notAfter: '2026-03-31T12:00:00Z' };
  const failed = { type: 'Issuing', status: 'False', reason: 'Failed', message: 'The certificate request has failed' };
  const ready = { type: 'Ready', status: 'True', reason: 'Ready' };
  const web = (status: Patch) =>
    managed('shop/web', { status: { ...dates, renewalTime: ago('20m'), conditions: [ready], ...status } });
  const overdue = 'CertificateRenewalOverdue Certificate shop/web';
  test.each<[string, KubeObject, readonly string[]]>([
    ['never tried', web({}), []],
    ['failed once', web({ failedIssuanceAttempts: 1, conditions: [ready, failed] }), [`warning ${overdue}`]],
    [
      'failed, and near the end',
      web({ failedIssuanceAttempts: 4, notAfter: '2026-03-05T12:00:00Z', conditions: [ready, failed] }),
      [`critical ${overdue}`],
    ],
    [
      'failed, and is tried again now',
      web({
        failedIssuanceAttempts: 1,
        conditions: [ready, { ...failed, status: 'True', lastTransitionTime: ago('1m') }],
      }),
      [],
    ],
  ])('%s', (_, one, expected) => {
    expect(found(certificates, [one, issuer('shop/local')])).toEqual(expected);
  });

  test('its failed request is no worse than that', () => {
    const one = web({ failedIssuanceAttempts: 1, conditions: [ready, failed] });
    const request = taken('certificaterequests.cert-manager.io', 'shop/web-2', {
      metadata: {
        ownerReferences: [
          { apiVersion: one.apiVersion, kind: one.kind, name: 'web', uid: one.metadata.uid, controller: true },
        ],
      },
      spec: { issuerRef: { name: 'local' }, request: 'LS0t' },
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'Failed', message: 'vault is sealed' }] },
    });
    expect(story(diagnose([certificates], [one, request, issuer('shop/local')]))).toEqual([
      'warning CertificateRequestFailed CertificateRequest shop/web-2',
      '  warning CertificateRenewalOverdue Certificate shop/web',
    ]);
  });
});

describe('what an issuer signs with', () => {
  const root = make({ subject: 'root', authority: true, days: 3_000 });
  const local = issuer('shop/local', { spec: { ca: { secretName: 'ca' } } });
  test('has to be an authority', () => {
    const leaf = make({ subject: 'leaf', issuer: root });
    expect(found(certificates, [local, tlsSecret('shop/ca', [leaf, root])])).toEqual([
      'critical CertificateUsageWrong Secret shop/ca [tls.crt]',
    ]);
    expect(found(certificates, [local, tlsSecret('shop/ca', [root])])).toEqual([]);
  });

  test.each([
    ['certificates', []],
    ['data', ['critical CertificateUsageWrong Secret shop/ca [tls.crt]']],
  ] as const)('has to be allowed to sign by its key usage: %s', (keyUsage, expected) => {
    const one = make({ subject: 'root', authority: true, keyUsage, days: 3_000 });
    expect(found(certificates, [local, tlsSecret('shop/ca', [one])])).toEqual(expected);
  });
});

describe('the key in a TLS Secret', () => {
  const own = make({ names, issuer: make({ subject: 'ca', authority: true }) });
  const encrypted = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
    }).privateKey;
  const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
  test.each<[string, string, readonly string[]]>([
    ['is there', own.key, []],
    ['stands behind the parameters of its curve', parameters + own.key, []],
    ['is encrypted', encrypted(), ['critical CertificateUnreadable Secret shop/web-tls [tls.crt]']],
    ['is cut', own.key.slice(0, 120), ['critical CertificateUnreadable Secret shop/web-tls [tls.crt]']],
    ['was masked', '-----BEGIN PRIVATE KEY-----\n***REDACTED***\n-----END PRIVATE KEY-----\n', []],
    ['was taken out', '', []],
  ])('%s', (_, key, expected) => {
    const data = { 'tls.crt': base64(own.pem), 'tls.key': base64(key) };
    const secret = taken('secrets', 'shop/web-tls', { type: 'kubernetes.io/tls', data });
    const lines = found(certificates, [secret, host]);
    expect(lines.filter((line) => line.includes('Secret'))).toEqual(expected);
    expect(JSON.stringify(secret)).not.toContain('PRIVATE KEY');
  });
});

test('an Ingress whose TLS entry names no host is for the hosts of its rules', () => {
  const secret = (hosts: readonly string[]) =>
    tlsSecret('shop/web-tls', [make({ names: hosts, days: 300, issuer: make({ authority: true, subject: 'ca' }) })]);
  const open = taken('ingresses.networking.k8s.io', 'shop/web', {
    spec: { tls: [{ secretName: 'web-tls' }], rules: [{ host: 'shop.example' }, {}] },
  });
  const about = (hosts: readonly string[]) => found(certificates, [secret(hosts), open]);
  expect(about(['shop.example'])).toEqual([]);
  expect(about(['other.example'])).toEqual(['warning IngressCertificateMismatch Ingress shop/web [web-tls]']);
  expect(
    diagnose([certificates, ingresses], [secret(['shop.example']), open]).flatMap(({ root }) => root.code),
  ).not.toContain('IngressCertificateMismatch');
});

describe('the way to the API server', () => {
  const cluster = make({ subject: 'kubernetes', authority: true, from: 365, days: 3_285 });
  const shown = (days: number) => make({ subject: 'kube-apiserver', issuer: cluster, from: 365 - days, days }).pem;
  const dates = (from: number, days: number) => ({ notBefore: moment(-from), notAfter: moment(days) });
  const moment = (days: number) => new Date(Date.parse(now) + days * 86_400_000).toISOString();
  const server = 'APIServerCertificateExpiring APIServer home';
  const config = 'KubeconfigCertificateExpiring Config home';
  test.each<[string, Partial<AccessFacts>, readonly string[]]>([
    ['nothing is known of it', {}, []],
    ['all is well', { served: shown(200), trusted: cluster.pem, client: dates(165, 200) }, []],
    ['20 days left of the year that kubeadm gives', { served: shown(20) }, [`warning ${server}`]],
    ['3 days left', { served: shown(3) }, [`critical ${server}`]],
    [
      'a month left of a quarter, as those who renew by themselves have it',
      { served: make({ from: 58, days: 32 }).pem },
      [],
    ],
    ['20 days left of the own certificate', { client: dates(345, 20) }, [`warning ${config}`]],
    ['3 days left of the own certificate', { client: dates(362, 3) }, [`critical ${config}`]],
    ['a login of twelve hours, of which one is left', { client: dates(11 / 24, 1 / 24) }, []],
    ['a login of twelve hours that is over', { client: dates(13 / 24, -1 / 24) }, []],
    [
      'an authority that only the kubeconfig knows ends soon',
      { trusted: make({ subject: 'gate', authority: true, from: 3_630, days: 20 }).pem },
      ['critical CertificateAuthorityExpiring Config home [CN=gate]'],
    ],
    [
      'one that has ended stands beside its successor',
      { trusted: make({ subject: 'gate', authority: true, from: 3_630, days: -20 }).pem + cluster.pem },
      [],
    ],
  ])('%s', (_, access, expected) => {
    expect(found(certificates, [], { access: { name: 'home', ...access } })).toEqual(expected);
  });

  test("the cluster's own authority is told where the cluster keeps it", () => {
    const old = make({ subject: 'kubernetes', authority: true, from: 3_630, days: 20 });
    const access = { name: 'home', trusted: old.pem };
    expect(found(certificates, [bundleMap('kube-system/kube-root-ca.crt', [old])], { access })).toEqual([
      'critical CertificateAuthorityExpiring ConfigMap kube-system/kube-root-ca.crt [CN=kubernetes]',
    ]);
  });
});

describe('operators that tell of certificates in their status', () => {
  const kafka = (one: Made) =>
    taken('kafkas.kafka.strimzi.io', 'shop/events', {
      spec: { kafka: { authorization: { password: 'hunter2' } } },
      status: { listeners: [{ name: 'plain' }, { name: 'tls', certificates: [one.pem] }] },
    });
  const authority = (from: number, days: number) => make({ subject: 'cluster-ca v0', authority: true, from, days });
  const blind = { missing: { secrets: 'forbidden' } };
  test.each<[string, Made, readonly string[]]>([
    ['half of its year is left', authority(180, 185), []],
    ['25 days left: Strimzi renews it at 30', authority(340, 25), []],
    ['5 days left', authority(360, 5), ['warning CertificateAuthorityExpiring Kafka shop/events [CN=cluster-ca v0]']],
    ['over', authority(366, -1), ['critical CertificateAuthorityExpired Kafka shop/events [CN=cluster-ca v0]']],
  ])('Strimzi: %s', (_, one, expected) => {
    expect(found(certificates, [kafka(one)], blind)).toEqual(expected);
  });

  test('where Secrets can be read, they tell of it', () => {
    expect(found(certificates, [kafka(authority(366, -1))])).toEqual([]);
  });

  test('nothing else of a Kafka is kept', () => {
    expect(JSON.stringify(kafka(authority(1, 1)))).not.toContain('hunter2');
  });

  const postgres = (expirations: object, given: object = {}) =>
    taken('clusters.postgresql.cnpg.io', 'shop/db', {
      spec: { instances: 3, superuserSecret: { name: 'x' }, certificates: given },
      status: { certificates: { expirations } },
    });
  const end = (days: number) =>
    new Date(Date.parse(now) + days * 86_400_000)
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z/, ' +0000 UTC');
  const tls = { serverTLSSecret: 'db-tls' };
  test.each<[string, KubeObject, readonly string[]]>([
    ['far from its end', postgres({ 'db-server': end(60) }), []],
    ['6 days left: it is renewed at 7', postgres({ 'db-server': end(6) }), []],
    ['2 days left', postgres({ 'db-server': end(2) }), ['warning CertificateExpiring Cluster shop/db [db-server]']],
    ['over', postgres({ 'db-server': end(-2) }), ['critical CertificateExpired Cluster shop/db [db-server]']],
    [
      '20 days left, and a person keeps it',
      postgres({ 'db-tls': end(20) }, tls),
      ['warning CertificateExpiring Cluster shop/db [db-tls]'],
    ],
    [
      '40 days left, and a person keeps it',
      postgres({ 'db-tls': end(40) }, tls),
      ['info CertificateExpiring Cluster shop/db [db-tls]'],
    ],
    ['no time at all', postgres({ 'db-tls': 'soon', 'db-ca': 7 }, tls), []],
    ['nothing is told', postgres({}), []],
  ])('CloudNativePG: %s', (_, one, expected) => {
    expect(found(certificates, [one], blind)).toEqual(expected);
  });

  test('cert-manager tells of what it keeps itself', () => {
    const kept = managed('shop/db', { spec: { secretName: 'db-tls' } });
    expect(found(certificates, [postgres({ 'db-tls': end(2) }, tls), kept, issuer('shop/local')], blind)).toEqual([]);
  });

  test('a Secret that was seen tells of itself', () => {
    const secret = tlsSecret('shop/db-tls', [make({ names, days: 300 })]);
    expect(found(certificates, [postgres({ 'db-tls': end(2) }, tls), secret])).toEqual([]);
  });
});

describe('lives of a day and of ten years', () => {
  const ca = make({ subject: 'ca', authority: true, from: 400, days: 3_700 });
  const web = (from: number, days: number, key: 'rsa' | 'ec' | 'ed25519') =>
    tlsSecret('shop/web-tls', [make({ names, issuer: ca, from, days, key }), ca]);
  const expiring = 'CertificateExpiring Secret shop/web-tls [tls.crt]';
  test.each<[string, KubeObject, readonly string[]]>([
    ['a day, 12 hours left', web(0.5, 0.5, 'ed25519'), []],
    ['a day, 7 hours left', web(17 / 24, 7 / 24, 'ec'), [`info ${expiring}`]],
    ['a day, 5 hours left', web(19 / 24, 5 / 24, 'ec'), [`warning ${expiring}`]],
    ['a day, 2 hours left', web(22 / 24, 2 / 24, 'rsa'), [`critical ${expiring}`]],
    ['ten years, two left', web(2_920, 730, 'rsa'), []],
    ['ten years, 27 days left', web(3_623, 27, 'ed25519'), [`warning ${expiring}`]],
    ['ten years, 6 days left', web(3_644, 6, 'ec'), [`critical ${expiring}`]],
  ])('%s', (_, secret, expected) => {
    expect(found(certificates, [secret, host])).toEqual(expected);
  });
});
