import { expect, test } from 'vitest';
import { intake } from '../../../src/cluster/redact/intake.ts';
import type { Resource } from '../../../src/model/resources.ts';
import { object, type Patch } from '../../support/objects.ts';
import { base64, make } from '../../support/x509.ts';

const made = make({ key: 'rsa', subject: 'web' });

/** What is kept, after it has passed twice: the second time must change nothing. */
function kept(resource: Resource, patch: Patch): Record<string, unknown> {
  const once = intake(resource, object(resource, 'shop/a', patch));
  if ('problem' in once) throw new Error(once.problem);
  const twice = intake(resource, once.object);
  expect(twice).toEqual(once);
  return once.object as unknown as Record<string, unknown>;
}

test('a definition loses its schemas, and keeps who converts it', () => {
  const one = kept('customresourcedefinitions.apiextensions.k8s.io', {
    spec: {
      group: 'example',
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things', categories: ['all'] },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      conversion: {
        strategy: 'Webhook',
        webhook: { clientConfig: { caBundle: base64(made.pem, made.key), service: { namespace: 'a', name: 'b' } } },
      },
    },
    status: { conditions: [{ type: 'Established', status: 'True' }], storedVersions: ['v1'] },
  });
  expect(one['spec']).toEqual({
    group: 'example',
    names: { kind: 'Thing', plural: 'things' },
    versions: [{ name: 'v1', served: true, storage: true }],
    conversion: { strategy: 'Webhook', webhook: { clientConfig: { service: { namespace: 'a', name: 'b' } } } },
  });
});

test.each<[Resource, Patch]>([
  ['certificates.cert-manager.io', { spec: { secretName: 'a', keystores: { jks: { password: 'hunter2' } } } }],
  [
    'certificaterequests.cert-manager.io',
    { spec: { request: base64('hunter2') }, status: { certificate: base64(made.key), ca: base64(made.key) } },
  ],
  [
    'certificatesigningrequests.certificates.k8s.io',
    { spec: { signerName: 'a/b', extra: { x: ['hunter2'] } }, status: { certificate: base64(made.key) } },
  ],
  [
    'challenges.acme.cert-manager.io',
    { spec: { key: 'hunter2', token: 'hunter2', solver: { http01: { x: 'hunter2' } } } },
  ],
  ['orders.acme.cert-manager.io', { spec: {}, status: { authorizations: [{ challenges: [{ token: 'hunter2' }] }] } }],
  [
    'issuers.cert-manager.io',
    {
      spec: {
        acme: { server: 'https://acme.example', email: 'jane@hunter2.example', solvers: [{ config: 'hunter2' }] },
      },
    },
  ],
])('%s: tokens, passwords and private halves go', (resource, patch) => {
  const text = JSON.stringify(kept(resource, patch));
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain(base64('hunter2'));
  expect(text).not.toContain(base64(made.key));
});

test('an issued certificate stays, and the settings of an authority', () => {
  const request = kept('certificaterequests.cert-manager.io', { spec: {}, status: { certificate: base64(made.pem) } });
  expect(request['status']).toEqual({ certificate: base64(made.pem) });
  expect(kept('issuers.cert-manager.io', { spec: { ca: { secretName: 'root' } } })['spec']).toEqual({
    ca: { secretName: 'root' },
  });
});

test.each<[string, string, string, boolean]>([
  ['good', made.pem, 'kubernetes.io/tls', false],
  ['cut', made.pem.slice(0, 200), 'kubernetes.io/tls', true],
  ['empty', '', 'kubernetes.io/tls', true],
  ['a certificate behind its key', made.key + made.pem, 'kubernetes.io/tls', false],
  ['no PEM at all: masked', 'xxx', 'kubernetes.io/tls', false],
  ['masked within PEM', '-----BEGIN CERTIFICATE-----\nREDACTED\n-----END CERTIFICATE-----', 'kubernetes.io/tls', false],
  ['cut, but nobody said that it is for TLS', made.pem.slice(0, 200), 'Opaque', false],
])('tls.crt that is %s', (_, pem, type, unreadable) => {
  const one = kept('secrets', { type, data: { 'tls.crt': base64(pem), 'tls.key': base64(made.key) } });
  expect(one['unreadable']).toEqual(unreadable ? ['tls.crt'] : undefined);
});

test('DER in place of PEM cannot be read', () => {
  const der = made.pem.replaceAll(/-----[A-Z ]+-----|\n/g, '');
  const one = kept('secrets', { type: 'kubernetes.io/tls', data: { 'tls.crt': der, 'tls.key': base64(made.key) } });
  expect(one['unreadable']).toEqual(['tls.crt']);
});
