import { intake } from '../../src/cluster/redact/intake.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { Resource } from '../../src/model/resources.ts';
import { merge, object, type Patch } from './objects.ts';
import { base64, type Made } from './x509.ts';

/** An object as it comes into a snapshot: what may be secret is gone. */
export function taken(resource: Resource, name: string, patch: Patch): KubeObject {
  const result = intake(resource, object(resource, name, patch));
  if ('problem' in result) throw new Error(result.problem);
  return result.object;
}

/** A TLS Secret with a chain and the key of its first certificate, or another. */
export function tlsSecret(
  name: string,
  chain: readonly Made[],
  { key = chain[0]!, ca, ...patch }: { key?: Made; ca?: Made } & Patch = {},
): KubeObject {
  const data = {
    'tls.crt': base64(...chain.map(({ pem }) => pem)),
    'tls.key': base64(key.key),
    ...(ca === undefined ? {} : { 'ca.crt': base64(ca.pem) }),
  };
  return taken('secrets', name, merge({ type: 'kubernetes.io/tls', data }, patch) as Patch);
}

/** A ConfigMap with a bundle. */
export function bundleMap(name: string, made: readonly Made[], key = 'ca.crt'): KubeObject {
  return taken('configmaps', name, { data: { [key]: made.map(({ pem }) => pem).join('') } });
}

/** An Ingress that serves hosts with a Secret. */
export function tlsIngress(name: string, secretName: string, hosts: readonly string[]): KubeObject {
  return object('ingresses.networking.k8s.io', name, {
    spec: {
      ingressClassName: 'nginx',
      tls: [{ secretName, hosts }],
      rules: hosts.map((host) => ({
        host,
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
        },
      })),
    },
  });
}

/** A validating webhook that asks about pods, behind Service hook/policy. */
export function webhook(authorities: readonly Made[], patch: Patch = {}, hook: Patch = {}): KubeObject {
  return taken(
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
    'policy',
    merge(
      {
        webhooks: [
          {
            name: 'policy.example',
            failurePolicy: 'Fail',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: {
              service: { namespace: 'hook', name: 'policy', path: '/' },
              ...(authorities.length === 0 ? {} : { caBundle: base64(...authorities.map(({ pem }) => pem)) }),
            },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
            ...hook,
          },
        ],
      },
      patch,
    ) as Patch,
  );
}

/** A cert-manager Certificate that is ready and far from its renewal. */
export function managed(name: string, patch: Patch = {}): KubeObject {
  const healthy = {
    metadata: { generation: 1 },
    spec: { secretName: `${name.split('/').at(-1)}-tls`, dnsNames: ['shop.example'], issuerRef: { name: 'local' } },
    status: {
      conditions: [{ type: 'Ready', status: 'True', reason: 'Ready', message: 'Certificate is up to date' }],
      revision: 1,
    },
  };
  return taken('certificates.cert-manager.io', name, merge(healthy, patch) as Patch);
}

/** A cert-manager Issuer that is ready. */
export function issuer(name: string, patch: Patch = {}): KubeObject {
  const healthy = {
    spec: { selfSigned: {} },
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'IsReady' }] },
  };
  return taken('issuers.cert-manager.io', name, merge(healthy, patch) as Patch);
}
