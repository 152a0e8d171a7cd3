import { describe, expect, test } from 'vitest';
import admission from '../../analyzers/admission/index.ts';
import controlPlane from '../../analyzers/control-plane/index.ts';
import certificates from '../../analyzers/certificates/index.ts';
import ingresses from '../../analyzers/ingresses/index.ts';
import nodes from '../../analyzers/nodes/index.ts';
import references from '../../analyzers/references/index.ts';
import workloads from '../../analyzers/deployments/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { bundleMap, issuer, managed, taken, tlsIngress, tlsSecret, webhook } from '../support/certificate-objects.ts';
import { ago, deployment, merge, object, type Patch, pod, replicaSet } from '../support/objects.ts';
import { diagnose, drafts, found, snapshotOf, story } from '../support/snapshot.ts';
import { base64, make } from '../support/x509.ts';

const owner = (one: KubeObject) => ({
  metadata: {
    ownerReferences: [
      { apiVersion: one.apiVersion, kind: one.kind, name: one.metadata.name, uid: one.metadata.uid, controller: true },
    ],
  },
});
const notReady = (reason: string, since = '1h', more: Patch = {}): Patch => ({
  status: {
    conditions: [
      { type: 'Ready', status: 'False', reason, message: 'Issuing certificate', lastTransitionTime: ago(since) },
    ],
    ...more,
  },
});
const request = (name: string, of: KubeObject, conditions: readonly object[], patch: Patch = {}) =>
  taken('certificaterequests.cert-manager.io', name, {
    ...owner(of),
    spec: { issuerRef: { name: 'local' }, request: 'LS0t' },
    status: { conditions },
    ...patch,
  });
const approved = { type: 'Approved', status: 'True' };
const local = issuer('shop/local');
const dates = { notBefore: '2025-12-31T12:00:00Z', notAfter: '2026-03-31T12:00:00Z' };

describe('cert-manager', () => {
  const web = managed('shop/web', notReady('DoesNotExist'));
  test.each<[string, readonly KubeObject[], readonly string[]]>([
    ['all is well', [managed('shop/web', { status: { ...dates, renewalTime: '2026-03-01T13:00:00Z' } }), local], []],
    [
      'in its renewal window since 20 minutes',
      [managed('shop/web', { status: { ...dates, renewalTime: ago('20m') } }), local],
      [],
    ],
    [
      'renewed at this moment',
      [
        managed('shop/web', {
          status: {
            ...dates,
            renewalTime: ago('3d'),
            conditions: [
              { type: 'Ready', status: 'True' },
              { type: 'Issuing', status: 'True', lastTransitionTime: ago('5m') },
            ],
          },
        }),
        local,
      ],
      [],
    ],
    [
      'overdue for three days',
      [managed('shop/web', { status: { ...dates, renewalTime: ago('3d') } }), local],
      ['warning CertificateRenewalOverdue Certificate shop/web'],
    ],
    [
      'a life of a day, overdue for two hours of the last three',
      [
        managed('shop/web', {
          status: { notBefore: ago('22h'), notAfter: '2026-03-01T14:00:00Z', renewalTime: ago('6h') },
        }),
        local,
      ],
      ['critical CertificateRenewalOverdue Certificate shop/web'],
    ],
    ['asked for two minutes ago', [managed('shop/web', notReady('DoesNotExist', '2m')), local], []],
    ['asked for an hour ago', [web, local], ['critical CertificateNotReady Certificate shop/web']],
    [
      'out of date, but a certificate is there',
      [managed('shop/web', notReady('IncorrectIssuer')), local],
      ['warning CertificateNotReady Certificate shop/web'],
    ],
    [
      'its issuer does not exist',
      [web],
      ['critical CertificateNotReady Certificate shop/web', 'critical IssuerMissing Issuer shop/local'],
    ],
    [
      'an external issuer is none of ours',
      [
        managed('shop/web', {
          spec: { issuerRef: { name: 'x', kind: 'AWSPCAClusterIssuer', group: 'awspca.cert-manager.io' } },
        }),
      ],
      [],
    ],
    [
      'its issuer is not ready',
      [
        web,
        issuer('shop/local', {
          spec: { ca: { secretName: 'nope' } },
          status: {
            conditions: [
              {
                type: 'Ready',
                status: 'False',
                reason: 'ErrGetKeyPair',
                message: 'secret "nope" not found',
                lastTransitionTime: ago('2h'),
              },
            ],
          },
        }),
      ],
      ['critical CertificateNotReady Certificate shop/web', 'critical IssuerNotReady Issuer shop/local'],
    ],
    [
      'an issuer that nobody uses',
      [
        issuer('shop/x', {
          status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('2h') }] },
        }),
      ],
      ['warning IssuerNotReady Issuer shop/x'],
    ],
    [
      'two write into one Secret',
      [managed('shop/a', { spec: { secretName: 'x' } }), managed('shop/b', { spec: { secretName: 'x' } }), local],
      ['critical CertificateSecretShared Certificate shop/a [x]'],
    ],
    [
      'a request was denied',
      [
        web,
        local,
        request('shop/web-1', web, [{ type: 'Denied', status: 'True', message: 'policy' }], {
          metadata: { ...owner(web).metadata, creationTimestamp: ago('3m') },
        }),
      ],
      [
        'critical CertificateNotReady Certificate shop/web',
        'critical CertificateRequestFailed CertificateRequest shop/web-1',
      ],
    ],
    [
      'an old request had failed, the newest has not',
      [
        managed('shop/web'),
        local,
        request('shop/web-1', web, [{ type: 'Ready', status: 'False', reason: 'Failed' }], {
          metadata: { ...owner(web).metadata, creationTimestamp: ago('9d') },
        }),
        request('shop/web-2', web, [approved, { type: 'Ready', status: 'True' }]),
      ],
      [],
    ],
    [
      'nobody approves',
      [managed('shop/web', notReady('DoesNotExist')), local, request('shop/web-1', web, [])],
      [
        'critical CertificateNotReady Certificate shop/web',
        'warning CertificateRequestFailed CertificateRequest shop/web-1',
      ],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(certificates, objects)).toEqual(expected);
  });

  test('a list of issuers that could not be read proves nothing', () => {
    expect(found(certificates, [managed('shop/web')], { missing: { 'issuers.cert-manager.io': '403' } })).toEqual([]);
  });
});

describe('stories', () => {
  test('an ACME challenge that fails: request, order, certificate and Ingress follow', () => {
    const web = managed('shop/web', notReady('DoesNotExist'));
    const one = request('shop/web-1', web, [approved, { type: 'Ready', status: 'False', reason: 'Pending' }]);
    const order = taken('orders.acme.cert-manager.io', 'shop/web-1-1', {
      ...owner(one),
      spec: { issuerRef: { name: 'local' } },
      status: { state: 'invalid', reason: 'challenge failed' },
    });
    const challenge = taken('challenges.acme.cert-manager.io', 'shop/web-1-1-1', {
      ...owner(order),
      spec: { type: 'HTTP-01', dnsName: 'shop.home', key: 'secret', token: 'secret' },
      status: { state: 'pending', presented: true, reason: "wrong status code '404', expected '200'" },
    });
    expect(story(diagnose([certificates], [web, local, one, order, challenge]))).toEqual([
      'critical ChallengePending Challenge shop/web-1-1-1',
      '  critical CertificateNotReady Certificate shop/web',
      '  warning OrderFailed Order shop/web-1-1',
      '  warning CertificateRequestFailed CertificateRequest shop/web-1',
    ]);
    expect(JSON.stringify([order, challenge])).not.toContain('secret"');
  });

  test('cert-manager stuck at the issuer: the Secret that the Ingress names is missing', () => {
    const web = managed('shop/web', notReady('DoesNotExist'));
    const broken = issuer('shop/local', {
      status: {
        conditions: [
          { type: 'Ready', status: 'False', reason: 'ErrGetKeyPair', message: 'no', lastTransitionTime: ago('2h') },
        ],
      },
    });
    const ingressClass = object('ingressclasses.networking.k8s.io', 'nginx', { spec: { controller: 'x' } });
    const ingress = merge(tlsIngress('shop/web', 'web-tls', ['shop.example']), { spec: { rules: [] } }) as KubeObject;
    const objects = [web, broken, ingressClass, ingress];
    const lines = story(diagnose([certificates, references, ingresses], objects));
    expect(lines.filter((line) => !line.startsWith(' '))).toEqual(['critical IssuerNotReady Issuer shop/local']);
    expect(lines).toContain('  critical CertificateNotReady Certificate shop/web');
    expect(lines).toContain('  critical IngressTLSUnavailable Ingress shop/web [web-tls]');
  });

  const refusedBy = (words: string) => {
    const web = deployment('shop/web', {
      status: {
        readyReplicas: 0,
        availableReplicas: 0,
        unavailableReplicas: 2,
        replicas: 0,
        updatedReplicas: 0,
        conditions: [
          { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', lastTransitionTime: ago('30m') },
        ],
      },
    });
    const message = `Internal error occurred: failed calling webhook "policy.example": failed to call webhook: Post "https://policy.hook.svc:443/?timeout=10s": ${words}`;
    const set = replicaSet(web, 'abc', {
      status: {
        replicas: 0,
        readyReplicas: 0,
        availableReplicas: 0,
        conditions: [
          { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: ago('30m') },
        ],
      },
    });
    const service = taken('services', 'hook/policy', { spec: { selector: { app: 'policy' }, ports: [{ port: 443 }] } });
    return [web, set, service];
  };

  test('a webhook whose authority has expired is the root of every Deployment that it blocks', () => {
    const over = make({ subject: 'webhook ca', authority: true, from: 366, days: -1 });
    const words =
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-03-01T12:00:00Z is after 2026-02-28T12:00:00Z';
    const lines = story(diagnose([admission, certificates, workloads], [webhook([over]), ...refusedBy(words)]));
    expect(lines[0]).toBe('critical CABundleExpired ValidatingWebhookConfiguration policy [hook/policy]');
    expect(lines.filter((line) => !line.startsWith(' '))).toHaveLength(1);
    expect(lines).toContain('  critical WebhookUnavailable ValidatingWebhookConfiguration policy [hook/policy]');
  });

  test('where the authority lies in a Secret, that is the root', () => {
    const over = make({ subject: 'webhook ca', authority: true, from: 366, days: -1 });
    const leaf = make({ issuer: over, names: ['policy.hook.svc'], days: 300 });
    const words = 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
    const lines = story(
      diagnose(
        [admission, certificates],
        [
          webhook([over]),
          tlsSecret('hook/policy-tls', [leaf], { ca: over }),
          deployment('hook/policy', {
            spec: { template: { spec: { volumes: [{ name: 'tls', secret: { secretName: 'policy-tls' } }] } } },
          }),
          ...refusedBy(words),
        ],
      ),
    );
    expect(lines[0]).toBe('critical CertificateAuthorityExpired Secret hook/policy-tls [CN=webhook ca]');
    expect(lines.filter((line) => !line.startsWith(' '))).toHaveLength(1);
  });

  test('a webhook whose own certificate has expired: the Secret that its pods mount is the root', () => {
    const ca = make({ subject: 'webhook ca', authority: true, days: 3_000 });
    const leaf = make({ issuer: ca, names: ['policy.hook.svc'], from: 366, days: -1 });
    const words = 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
    const mounting = { volumes: [{ name: 'tls', secret: { secretName: 'policy-tls' } }] };
    const lines = story(
      diagnose(
        [admission, certificates],
        [
          webhook([ca]),
          tlsSecret('hook/policy-tls', [leaf]),
          pod('hook/policy-1', { metadata: { labels: { app: 'policy' } }, spec: mounting }),
          ...refusedBy(words),
        ],
      ),
    );
    expect(lines[0]).toBe('critical CertificateExpired Secret hook/policy-tls [tls.crt]');
    expect(lines.filter((line) => !line.startsWith(' '))).toHaveLength(1);
  });

  test.each([
    [
      'the key of another certificate',
      { key: make() },
      'critical CertificateKeyMismatch Secret shop/web-tls [tls.crt]',
    ],
    [
      'a certificate for other hosts',
      { names: ['other.example'] },
      'warning IngressCertificateMismatch Ingress shop/web [web-tls]',
    ],
  ])(
    'an Ingress with the wrong Secret: %s is one incident',
    (_, { key, names = ['shop.example'] }: { key?: ReturnType<typeof make>; names?: readonly string[] }, root) => {
      const own = make({ names, issuer: make({ subject: 'ca', authority: true }) });
      const secret = tlsSecret('shop/web-tls', [own], key === undefined ? {} : { key });
      const ingressClass = object('ingressclasses.networking.k8s.io', 'nginx', { spec: { controller: 'x' } });
      const ingress = merge(tlsIngress('shop/web', 'web-tls', ['shop.example']), { spec: { rules: [] } }) as KubeObject;
      const lines = story(diagnose([certificates, references, ingresses], [secret, ingressClass, ingress]));
      expect(lines.filter((line) => !line.startsWith(' '))).toEqual([root]);
    },
  );

  test('an unknown authority is told by the words of the API server', () => {
    const own = make({ subject: 'webhook ca', authority: true });
    const words = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    const lines = story(diagnose([admission, certificates], [webhook([own]), ...refusedBy(words)]));
    expect(lines[0]).toBe('critical WebhookCertificateRejected ValidatingWebhookConfiguration policy [hook/policy]');
    expect(lines.filter((line) => !line.startsWith(' '))).toHaveLength(1);
  });
});

describe('the control plane', () => {
  const over = make({ subject: 'kubernetes', authority: true, from: 3_652, days: -1 });
  const silent = object('nodes', 'n1', {
    spec: {},
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: ago('20h'),
        },
      ],
    },
  });
  const roots = (objects: readonly KubeObject[]) =>
    story(diagnose([certificates, nodes, controlPlane], objects)).filter((line) => !line.startsWith(' '));

  test('an expired authority of the cluster is the root of silent nodes', () => {
    expect(roots([silent, ...['a', 'kube-system'].map((one) => bundleMap(`${one}/kube-root-ca.crt`, [over]))])).toEqual(
      ['critical CertificateAuthorityExpired ConfigMap kube-system/kube-root-ca.crt [CN=kubernetes]'],
    );
  });

  test('one that only ends soon is not', () => {
    const soon = make({ subject: 'kubernetes', authority: true, from: 3_640, days: 12 });
    expect(roots([silent, bundleMap('kube-system/kube-root-ca.crt', [soon])])).toHaveLength(2);
  });

  test('a request that nobody approves is the root of its silent node, and of no other', () => {
    const csr = (user: string) =>
      taken('certificatesigningrequests.certificates.k8s.io', 'csr-a', {
        metadata: { creationTimestamp: ago('21h') },
        spec: { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', username: user, usages: ['client auth'] },
      });
    expect(roots([silent, csr('system:node:n1')])).toHaveLength(1);
    expect(roots([silent, csr('system:node:n2')])).toHaveLength(2);
  });

  test.each([
    ['x509: certificate signed by unknown authority', 1],
    ['connection refused', 2],
  ])('an aggregated API that fails with %s', (words, count) => {
    const api = taken('apiservices.apiregistration.k8s.io', 'v1.metrics', {
      spec: { group: 'metrics', version: 'v1', service: { namespace: 'hook', name: 'm' }, insecureSkipTLSVerify: true },
      status: {
        conditions: [
          {
            type: 'Available',
            status: 'False',
            reason: 'FailedDiscoveryCheck',
            message: words,
            lastTransitionTime: ago('20h'),
          },
        ],
      },
    });
    const proxy = bundleMap('kube-system/extension-apiserver-authentication', [over], 'requestheader-client-ca-file');
    expect(roots([api, proxy])).toHaveLength(count);
  });
});

test('without Secrets, what issuers say of their authority is believed', () => {
  const soon = make({ subject: 'local ca', authority: true, from: 355, days: 10 });
  const web = managed('shop/web', { status: { ...dates, renewalTime: '2026-03-20T12:00:00Z' } });
  const objects = (one: typeof soon) => [
    web,
    local,
    request('shop/web-1', web, [approved, { type: 'Ready', status: 'True' }], {
      status: {
        conditions: [approved, { type: 'Ready', status: 'True' }],
        certificate: base64(make({ names: ['shop.example'], issuer: one, days: 30 }).pem),
        ca: base64(one.pem),
      },
    }),
  ];
  const missing = { secrets: 'not asked for (--secrets never)' };
  expect(found(certificates, objects(soon), { missing })).toEqual([
    'critical CertificateAuthorityExpiring CertificateRequest shop/web-1 [CN=local ca]',
  ]);
  expect(
    found(certificates, objects(make({ subject: 'local ca', authority: true, days: 3_000 })), { missing }),
  ).toEqual([]);
});

test('a certificate that ended while its authority lives on has ended by itself', () => {
  const soon = make({ subject: 'local ca', authority: true, from: 355, days: 10 });
  const secret = (days: number) => [
    tlsSecret('cert-manager/local-ca', [soon]),
    tlsSecret('shop/web-tls', [make({ names: ['shop.example'], issuer: soon, from: 300, days })]),
    tlsIngress('shop/web', 'web-tls', ['shop.example']),
  ];
  expect(diagnose([certificates], secret(-1))).toHaveLength(2);
  expect(story(diagnose([certificates], secret(12)))).toEqual([
    'critical CertificateAuthorityExpiring Secret cert-manager/local-ca [CN=local ca]',
    '  warning CertificateOutlivesAuthority Secret shop/web-tls [tls.crt]',
  ]);
});

test.each<[string, string, readonly string[]]>([
  ['InvalidCertificateRef', 'False', ['critical GatewayCertificateUnavailable Gateway shop/web [https]']],
  ['RefNotPermitted', 'False', ['critical GatewayCertificateUnavailable Gateway shop/web [https]']],
  ['InvalidRouteKinds', 'False', []],
  ['ResolvedRefs', 'True', []],
])('a Gateway listener with ResolvedRefs %s %s', (reason, status, expected) => {
  const gateway = taken('gateways.gateway.networking.k8s.io', 'shop/web', {
    metadata: { generation: 2 },
    spec: { listeners: [{ name: 'https', tls: { certificateRefs: [{ name: 'web-tls' }] } }] },
    status: {
      listeners: [
        {
          name: 'https',
          conditions: [{ type: 'ResolvedRefs', status, reason, observedGeneration: 2, lastTransitionTime: ago('1h') }],
        },
      ],
    },
  });
  expect(found(certificates, [gateway])).toEqual(expected);
});

describe('who is to issue does not run', () => {
  const late = managed('shop/web', notReady('DoesNotExist', '2h'));
  const manager = (replicas: number) => deployment('cert-manager/cert-manager', { spec: { replicas } });
  const told = (...objects: readonly KubeObject[]) =>
    drafts(certificates, snapshotOf([late, local, ...objects]))
      .filter(({ code }) => code === 'CertificateNotReady')
      .map(({ message }) => message.split('; ').slice(1));

  test.each<[string, KubeObject[], string[]]>([
    ['it is scaled to zero', [manager(0)], ['Deployment cert-manager/cert-manager is scaled to zero']],
    ['it is not there', [], ['no Deployment of cert-manager was found in the cluster']],
    ['quiet: it runs', [manager(1)], []],
  ])('%s', (_, objects, expected) => {
    expect(told(...objects)).toEqual([expected]);
  });
});

describe('what was meant by an issuer that does not exist', () => {
  const asking = (issuerRef: Patch) =>
    managed('shop/web', merge(notReady('DoesNotExist'), { spec: { issuerRef } }) as Patch);
  const told = (...objects: readonly KubeObject[]) =>
    drafts(certificates, snapshotOf(objects))
      .filter(({ code }) => code === 'IssuerMissing')
      .map(({ message }) => /\(.*\)$/.exec(message)?.[0]);
  const cluster = object('clusterissuers.cert-manager.io', 'letsencrypt', { spec: { acme: {} } });

  test.each<[string, KubeObject[], (string | undefined)[]]>([
    [
      'a ClusterIssuer, by the kind that is the default',
      [asking({ name: 'letsencrypt' }), cluster],
      ['(there is a ClusterIssuer letsencrypt: spec.issuerRef.kind is to say so)'],
    ],
    [
      'an Issuer of one namespace',
      [asking({ name: 'local', kind: 'ClusterIssuer' }), local],
      ['(there is an Issuer local in namespace shop)'],
    ],
    [
      'a name that is alike',
      [asking({ name: 'letsencypt', kind: 'ClusterIssuer' }), cluster],
      ['(did you mean letsencrypt?)'],
    ],
    ['nothing is alike', [asking({ name: 'vault' }), cluster], [undefined]],
  ])('%s', (_, objects, expected) => {
    expect(told(...objects)).toEqual(expected);
  });
});

test('a renewal that fails is told by its failures, also when it is overdue', () => {
  const late = managed('shop/web', {
    status: {
      ...dates,
      renewalTime: ago('5d'),
      failedIssuanceAttempts: 3,
      lastFailureTime: ago('1h'),
      conditions: [
        { type: 'Ready', status: 'True', reason: 'Ready', lastTransitionTime: ago('60d') },
        { type: 'Issuing', status: 'False', reason: 'Failed', message: 'timeout.', lastTransitionTime: ago('1h') },
      ],
    },
  });
  const manager = deployment('cert-manager/cert-manager');
  const told = drafts(certificates, snapshotOf([late, local, manager])).filter(
    ({ object: { kind } }) => kind === 'Certificate',
  );
  expect(told.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'CertificateRenewalOverdue: its renewal has failed 3 times, the next one in 3h: timeout; it expires in 30d',
  ]);
});

test('what ends with the authority of the front proxy', () => {
  const over = make({ subject: 'webhook ca', authority: true, from: 366, days: -1 });
  const proxy = bundleMap('kube-system/extension-apiserver-authentication', [over], 'requestheader-client-ca-file');
  expect(drafts(certificates, snapshotOf([proxy]))[0]?.message).toContain(
    'aggregated APIs accept the calls of the API server by it',
  );
});
