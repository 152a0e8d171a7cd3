import { describe, expect, test } from 'vitest';
import certificates from '../../analyzers/certificates/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { bundleMap, issuer, managed, taken, tlsIngress, tlsSecret, webhook } from '../support/certificate-objects.ts';
import { ago, pod } from '../support/objects.ts';
import { drafts, found, snapshotOf } from '../support/snapshot.ts';
import { base64, make } from '../support/x509.ts';

const names = ['shop.example'];
const ca = make({ subject: 'shop ca', authority: true, from: 400, days: 3_000 });
const served = (secret: KubeObject) => [secret, tlsIngress('shop/web', secret.metadata.name, names)];
const mounted = (name: string, kind: 'secret' | 'configMap') =>
  pod(`user-of-${name}`, {
    spec: {
      volumes: [{ name: 'v', ...(kind === 'secret' ? { secret: { secretName: name } } : { configMap: { name } }) }],
    },
  });

describe('dates', () => {
  test.each<[string, readonly KubeObject[], readonly string[]]>([
    ['a year, half of it left', served(tlsSecret('shop/web-tls', [make({ names, issuer: ca, days: 180 })])), []],
    [
      'expired yesterday',
      served(tlsSecret('shop/web-tls', [make({ names, issuer: ca, days: -1 })])),
      [
        'critical CertificateExpired Secret shop/web-tls [tls.crt]',
        'critical IngressCertificateUnusable Ingress shop/web [web-tls]',
      ],
    ],
    [
      'a year, 20 days left',
      served(tlsSecret('shop/web-tls', [make({ names, issuer: ca, from: 345, days: 20 })])),
      ['warning CertificateExpiring Secret shop/web-tls [tls.crt]'],
    ],
    [
      'a year, 3 days left',
      served(tlsSecret('shop/web-tls', [make({ names, issuer: ca, from: 362, days: 3 })])),
      ['critical CertificateExpiring Secret shop/web-tls [tls.crt]'],
    ],
    [
      'not valid before tomorrow',
      served(tlsSecret('shop/web-tls', [make({ names, issuer: ca, from: -1 })])),
      [
        'critical CertificateNotYetValid Secret shop/web-tls [tls.crt]',
        'critical IngressCertificateUnusable Ingress shop/web [web-tls]',
      ],
    ],
    [
      'a leftover that nobody uses',
      [tlsSecret('shop/old', [make({ names, issuer: ca, days: -100 })])],
      ['info CertificateExpired Secret shop/old [tls.crt]'],
    ],
    [
      'copies of one certificate are one finding',
      [
        ...served(tlsSecret('shop/web-tls', [make({ names, issuer: ca, days: 300 })])),
        ...(() => {
          const one = make({ names, issuer: ca, days: -1 });
          return [tlsSecret('a/web', [one]), tlsSecret('b/web', [one]), tlsIngress('b/web', 'web', names)];
        })(),
      ],
      ['critical CertificateExpired Secret b/web [tls.crt]', 'critical IngressCertificateUnusable Ingress b/web [web]'],
    ],
    [
      'a leaf of a service mesh that lives for a day',
      [tlsSecret('shop/mesh', [make({ names, issuer: ca, from: 0.6, days: 0.4 })]), mounted('mesh', 'secret')],
      [],
    ],
    [
      'what Strimzi renews, with a week and a half left',
      [
        tlsSecret('shop/kafka', [make({ names, issuer: ca, from: 350, days: 12 })], {
          metadata: { labels: { 'strimzi.io/cluster': 'kafka' } },
        }),
        mounted('kafka', 'secret'),
      ],
      [],
    ],
    [
      'what Strimzi should have renewed',
      [
        tlsSecret('shop/kafka', [make({ names, issuer: ca, from: 363, days: 2 })], {
          metadata: { labels: { 'strimzi.io/cluster': 'kafka' } },
        }),
        mounted('kafka', 'secret'),
      ],
      ['warning CertificateExpiring Secret shop/kafka [tls.crt]'],
    ],
    [
      'made by openssl req -x509, an authority that signed nothing: as good as anybody’s own',
      served(tlsSecret('shop/web-tls', [make({ subject: 'nas', names, authority: true, days: 300 })])),
      ['info CertificateSelfSigned Secret shop/web-tls [tls.crt]'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(certificates, objects)).toEqual(expected);
  });

  test('whether somebody uses it could not be seen', () => {
    const secret = tlsSecret('shop/old', [make({ names, issuer: ca, days: -100 })]);
    expect(found(certificates, [secret], { missing: { 'ingresses.networking.k8s.io': 'forbidden' } })).toEqual([
      'warning CertificateExpired Secret shop/old [tls.crt]',
    ]);
  });

  test('thresholds can be set', () => {
    const objects = served(tlsSecret('shop/web-tls', [make({ names, issuer: ca, from: 300, days: 65 })]));
    expect(found(certificates, objects)).toEqual([]);
    expect(found(certificates, objects, { settings: { warning: 70 * 86_400 } })).toEqual([
      'warning CertificateExpiring Secret shop/web-tls [tls.crt]',
    ]);
  });
});

describe('authorities', () => {
  const old = make({ subject: 'old', authority: true, from: 3_000, days: -3 });
  const soon = make({ subject: 'local ca', authority: true, from: 355, days: 10 });
  test.each<[string, readonly KubeObject[], readonly string[]]>([
    [
      'of the cluster, far from its end, in every namespace',
      ['a', 'b', 'kube-system'].map((one) => bundleMap(`${one}/kube-root-ca.crt`, [ca])),
      [],
    ],
    [
      'of the cluster, 20 days left: one finding',
      ['a', 'b', 'kube-system'].map((one) => bundleMap(`${one}/kube-root-ca.crt`, [make2()])),
      ['critical CertificateAuthorityExpiring ConfigMap kube-system/kube-root-ca.crt [CN=kubernetes]'],
    ],
    [
      'of the front proxy, expired',
      [bundleMap('kube-system/extension-apiserver-authentication', [old], 'requestheader-client-ca-file')],
      ['critical CertificateAuthorityExpired ConfigMap kube-system/extension-apiserver-authentication [CN=old]'],
    ],
    ['an old one beside a new one', [bundleMap('shop/trust', [old, ca]), mounted('trust', 'configMap')], []],
    [
      'only an old one, and somebody trusts it',
      [bundleMap('shop/trust', [old]), mounted('trust', 'configMap')],
      ['warning CertificateAuthorityExpired ConfigMap shop/trust [CN=old]'],
    ],
    [
      'only an old one, and nobody trusts it',
      [bundleMap('shop/trust', [old])],
      ['info CertificateAuthorityExpired ConfigMap shop/trust [CN=old]'],
    ],
    [
      'a local one with ten days left that signed what an Ingress serves',
      [
        tlsSecret('cert-manager/local-ca', [soon]),
        ...served(tlsSecret('shop/web-tls', [make({ names, issuer: soon, days: 300 })], { ca: soon })),
      ],
      [
        'critical CertificateAuthorityExpiring Secret cert-manager/local-ca [CN=local ca]',
        'info CertificateOutlivesAuthority Secret shop/web-tls [tls.crt]',
      ],
    ],
    [
      'a local one with ten days left, in the chain of what cert-manager renews',
      [
        tlsSecret('cert-manager/local-ca', [soon]),
        ...served(tlsSecret('shop/web-tls', [make({ names, issuer: soon, days: 300 }), soon], { ca: soon })),
        managed('shop/web', { status: { renewalTime: '2026-06-01T00:00:00Z' } }),
        issuer('shop/local'),
      ],
      ['critical CertificateAuthorityExpiring Secret cert-manager/local-ca [CN=local ca]'],
    ],
    [
      'one that an issuer uses',
      [tlsSecret('shop/local-ca', [soon]), issuer('shop/local', { spec: { ca: { secretName: 'local-ca' } } })],
      ['critical CertificateAuthorityExpiring Secret shop/local-ca [CN=local ca]'],
    ],
    [
      'one that a ClusterIssuer uses: its Secret is in the namespace of cert-manager',
      [
        tlsSecret('cert-manager/local-ca', [soon]),
        tlsSecret('other/local-ca', [make({ subject: 'namesake', authority: true, from: 355, days: 9 })]),
        taken('clusterissuers.cert-manager.io', 'local', {
          spec: { ca: { secretName: 'local-ca' } },
          status: { conditions: [{ type: 'Ready', status: 'True' }] },
        }),
      ],
      [
        'critical CertificateAuthorityExpiring Secret cert-manager/local-ca [CN=local ca]',
        'info CertificateExpiring Secret other/local-ca [tls.crt]',
      ],
    ],
    [
      'one that cert-manager renews in time',
      [
        tlsSecret('shop/local-ca', [soon]),
        issuer('shop/local', { spec: { ca: { secretName: 'local-ca' } } }),
        managed('shop/local', { spec: { secretName: 'local-ca' }, status: { renewalTime: '2026-03-05T12:00:00Z' } }),
      ],
      [],
    ],
    [
      'an expired root at the end of a chain that leads to another',
      served(tlsSecret('shop/web-tls', [make({ names, issuer: ca }), ca, old])),
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(certificates, objects)).toEqual(expected);
  });
  function make2() {
    return (kubernetes ??= make({ subject: 'kubernetes', authority: true, from: 3_630, days: 20 }));
  }
});
let kubernetes: ReturnType<typeof make> | undefined;

describe('form', () => {
  const leaf = make({ subject: 'web', names, issuer: ca, key: 'rsa' });
  const middle = make({ subject: 'middle', authority: true, issuer: ca, days: 2_000 });
  const below = make({ subject: 'web', names, issuer: middle });
  test.each<[string, KubeObject, readonly string[]]>([
    ['a good pair', tlsSecret('shop/web-tls', [leaf]), []],
    ['Ed25519', tlsSecret('shop/web-tls', [make({ names, key: 'ed25519', issuer: ca })]), []],
    ['a whole chain with its root', tlsSecret('shop/web-tls', [below, middle, ca]), []],
    ['a chain without its root', tlsSecret('shop/web-tls', [below, middle]), []],
    ['no intermediate, a private authority', tlsSecret('shop/web-tls', [below]), []],
    [
      'no intermediate, a public authority',
      tlsSecret('shop/web-tls', [make({ names, issuer: middle, issuerPlace: true })]),
      ['warning CertificateChainBroken Secret shop/web-tls [tls.crt]'],
    ],
    [
      'the order is wrong behind the first',
      tlsSecret('shop/web-tls', [below, ca, middle]),
      ['warning CertificateChainBroken Secret shop/web-tls [tls.crt]'],
    ],
    [
      'the order is turned round',
      tlsSecret('shop/web-tls', [middle, below], { key: below }),
      ['critical CertificateKeyMismatch Secret shop/web-tls [tls.crt]'],
    ],
    [
      'another key',
      tlsSecret('shop/web-tls', [leaf], { key: make({ key: 'rsa' }) }),
      ['critical CertificateKeyMismatch Secret shop/web-tls [tls.crt]'],
    ],
    [
      'a short key',
      tlsSecret('shop/web-tls', [make({ names, issuer: ca, key: 'rsa1024' })]),
      ['warning CertificateWeak Secret shop/web-tls [tls.crt]'],
    ],
    [
      'SHA-1',
      tlsSecret('shop/web-tls', [make({ names, issuer: ca, digest: 'sha1' })]),
      ['warning CertificateWeak Secret shop/web-tls [tls.crt]'],
    ],
    [
      'made for clients',
      tlsSecret('shop/web-tls', [make({ names, issuer: ca, usages: ['client'] })]),
      ['critical CertificateUsageWrong Secret shop/web-tls [tls.crt]'],
    ],
    [
      'an authority that another has signed',
      tlsSecret('shop/web-tls', [make({ names, issuer: ca, authority: true })]),
      ['warning CertificateUsageWrong Secret shop/web-tls [tls.crt]'],
    ],
    ['made for both', tlsSecret('shop/web-tls', [make({ names, issuer: ca, usages: ['client', 'server'] })]), []],
    [
      'cut',
      tlsSecret('shop/web-tls', [leaf], { data: { 'tls.crt': base64(leaf.pem.slice(0, 300)) } }),
      [
        'critical CertificateUnreadable Secret shop/web-tls [tls.crt]',
        'critical IngressCertificateUnusable Ingress shop/web [web-tls]',
      ],
    ],
    [
      'empty',
      tlsSecret('shop/web-tls', [leaf], { data: { 'tls.crt': '' } }),
      [
        'critical CertificateUnreadable Secret shop/web-tls [tls.crt]',
        'critical IngressCertificateUnusable Ingress shop/web [web-tls]',
      ],
    ],
    ['masked by who recorded it', tlsSecret('shop/web-tls', [leaf], { data: { 'tls.crt': base64('REDACTED') } }), []],
    [
      'for another host',
      tlsSecret('shop/web-tls', [make({ names: ['other.example'], issuer: ca })]),
      ['warning IngressCertificateMismatch Ingress shop/web [web-tls]'],
    ],
    ['for all hosts of the domain', tlsSecret('shop/web-tls', [make({ names: ['*.example'], issuer: ca })]), []],
    [
      'a common name, which counts no more',
      tlsSecret('shop/web-tls', [make({ subject: 'shop.example', issuer: ca })]),
      ['warning IngressCertificateMismatch Ingress shop/web [web-tls]'],
    ],
  ])('%s', (_, secret, expected) => {
    expect(found(certificates, served(secret))).toEqual(expected);
  });

  test('nothing of what nobody uses is judged but its dates', () => {
    expect(found(certificates, [tlsSecret('shop/x', [make({ key: 'rsa1024', issuer: ca })])])).toEqual([]);
  });
});

describe('authorities that the API server checks with', () => {
  const own = make({ subject: 'webhook ca', authority: true, days: 335 });
  const over = make({ subject: 'webhook ca', authority: true, from: 366, days: -1 });
  const config = 'ValidatingWebhookConfiguration policy [hook/policy]';
  test.each<[string, KubeObject, readonly string[]]>([
    ['far from its end', webhook([own]), []],
    ['30 days left of a year: who made it renews it', webhook([make({ authority: true, from: 335, days: 30 })]), []],
    ['3 days left', webhook([make({ authority: true, from: 362, days: 3 })]), [`warning CABundleExpiring ${config}`]],
    ['expired', webhook([over]), [`critical CABundleExpired ${config}`]],
    [
      'expired, but nobody has to ask it',
      webhook([over], {}, { failurePolicy: 'Ignore' }),
      [`warning CABundleExpired ${config}`],
    ],
    ['an old one beside a new one', webhook([over, own]), []],
    ['none', webhook([]), [`info CABundleNotSet ${config}`]],
    ['none yet', webhook([], { metadata: { creationTimestamp: ago('1m') } }), []],
    [
      'none, though cert-manager was asked for it',
      webhook([], { metadata: { annotations: { 'cert-manager.io/inject-ca-from': 'hook/policy' } } }),
      [`critical CABundleMissing ${config}`],
    ],
    [
      'none, and OpenShift writes it',
      webhook([], { metadata: { annotations: { 'service.beta.openshift.io/inject-cabundle': 'true' } } }),
      [],
    ],
    ['none needed for a URL', webhook([], {}, { clientConfig: { url: 'https://hook.example/' } }), []],
    [
      'of an aggregated API, expired',
      taken('apiservices.apiregistration.k8s.io', 'v1.metrics', {
        spec: {
          group: 'metrics',
          version: 'v1',
          caBundle: base64(over.pem),
          service: { namespace: 'hook', name: 'm' },
        },
      }),
      ['critical CABundleExpired APIService v1.metrics'],
    ],
    [
      'of a conversion webhook, expired',
      taken('customresourcedefinitions.apiextensions.k8s.io', 'things.example', {
        spec: {
          group: 'example',
          versions: ['v1', 'v2'].map((name) => ({ name, served: true, schema: { huge: true } })),
          conversion: {
            strategy: 'Webhook',
            webhook: { clientConfig: { caBundle: base64(over.pem), service: { namespace: 'hook', name: 'c' } } },
          },
        },
      }),
      ['critical CABundleExpired CustomResourceDefinition things.example'],
    ],
  ])('%s', (_, one, expected) => {
    expect(found(certificates, [one])).toEqual(expected);
  });
});

describe('signing requests', () => {
  const csr = (name: string, signer: string, created: string, status: object = {}, username = 'system:node:n1') =>
    taken('certificatesigningrequests.certificates.k8s.io', name, {
      metadata: { creationTimestamp: ago(created) },
      spec: { signerName: signer, username, request: 'LS0t', usages: ['client auth'] },
      status,
    });
  const client = 'kubernetes.io/kube-apiserver-client-kubelet';
  const serving = 'kubernetes.io/kubelet-serving';
  const approved = { conditions: [{ type: 'Approved', status: 'True', lastUpdateTime: ago('20m') }] };
  const denied = { conditions: [{ type: 'Denied', status: 'True', reason: 'SANNotAllowed', message: '' }] };
  const issued = { ...approved, certificate: base64(make({ issuer: ca }).pem) };
  test.each<[string, readonly KubeObject[], readonly string[]]>([
    ['just made', [csr('a', client, '5m')], []],
    ['issued', [csr('a', client, '30m', issued)], []],
    [
      'the short certificates of kubelets come and go',
      [csr('a', client, '30m', { ...approved, certificate: base64(make({ issuer: ca, from: 1, days: -0.01 }).pem) })],
      [],
    ],
    [
      'denied on purpose: somebody has said no',
      [csr('a', 'kubernetes.io/kube-apiserver-client', '30m', denied, 'jane')],
      ['info CertificateSigningRequestFailed CertificateSigningRequest a [kubernetes.io/kube-apiserver-client]'],
    ],
    [
      'denied, and a node needs it',
      [csr('a', serving, '30m', denied)],
      [`warning CertificateSigningRequestFailed CertificateSigningRequest a [${serving}]`],
    ],
    [
      'denied, and a later request was granted',
      [csr('a', serving, '30m', denied), csr('b', serving, '15m', issued)],
      [],
    ],
    [
      'a kubelet waits for its access',
      [csr('a', client, '30m'), csr('b', client, '15m')],
      [`critical CertificateSigningRequestPending CertificateSigningRequest a [${client}]`],
    ],
    [
      'serving certificates of several nodes',
      [csr('a', serving, '30m'), csr('b', serving, '15m', {}, 'system:node:n2')],
      [`warning CertificateSigningRequestPending CertificateSigningRequest a [${serving}]`],
    ],
    ['a later request was granted', [csr('a', client, '30m'), csr('b', client, '15m', issued)], []],
    [
      'approved and not signed',
      [csr('a', 'example.com/signer', '30m', approved)],
      ['warning CertificateSigningRequestFailed CertificateSigningRequest a [example.com/signer]'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(certificates, objects)).toEqual(expected);
  });
});

test('no finding shows a private half', () => {
  const one = make({ names, issuer: ca, days: -1, key: 'rsa' });
  const all = JSON.stringify(drafts(certificates, snapshotOf(served(tlsSecret('shop/web-tls', [one])))));
  expect(all).not.toContain('PRIVATE');
  for (const line of one.key.split('\n').slice(1, 3)) expect(all).not.toContain(line);
});
