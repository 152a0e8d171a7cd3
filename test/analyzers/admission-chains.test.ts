/** Chains that cross analyzers: what is missing or refuses is the root, what suffers from it is under it. */
import { expect, test } from 'vitest';
import admission from '../../analyzers/admission/index.ts';
import controlPlane from '../../analyzers/control-plane/index.ts';
import deployments from '../../analyzers/deployments/index.ts';
import pods from '../../analyzers/pods/index.ts';
import references from '../../analyzers/references/index.ts';
import services from '../../analyzers/services/index.ts';
import { ago, deployment, object, ownedBy, type Patch, pod, replicaSet } from '../support/objects.ts';
import { diagnose, story } from '../support/snapshot.ts';

const analyzers = [admission, controlPlane, deployments, pods, references, services];

const unavailable: Patch = {
  replicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
  conditions: [
    { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', lastTransitionTime: ago('30m') },
  ],
};

const refusedSet = (owner: ReturnType<typeof deployment>, message: string) =>
  replicaSet(owner, undefined, {
    status: {
      replicas: 0,
      readyReplicas: 0,
      availableReplicas: 0,
      conditions: [
        { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: ago('30m') },
      ],
    },
  });

test('a webhook that intercepts its own pods is a deadlock; the configuration is where it is broken', () => {
  const owner = deployment('hook/policy', { status: unavailable });
  const text =
    'Internal error occurred: failed calling webhook "validate.example.com": failed to call webhook: Post "https://policy.hook.svc:443/validate?timeout=5s": no endpoints available for service "policy"';
  const incidents = diagnose(analyzers, [
    owner,
    refusedSet(owner, text),
    object('services', 'hook/policy', { spec: { selector: { app: 'policy' }, ports: [{ port: 443 }] } }),
    object('endpointslices.discovery.k8s.io', 'hook/policy-abc', {
      metadata: { labels: { 'kubernetes.io/service-name': 'policy' } },
      ports: [{ port: 8443 }],
      endpoints: [],
    }),
    object('validatingwebhookconfigurations.admissionregistration.k8s.io', 'policy', {
      webhooks: [
        {
          name: 'validate.example.com',
          clientConfig: { service: { namespace: 'hook', name: 'policy' } },
          rules: [{ apiGroups: [''], operations: ['CREATE'], resources: ['pods'] }],
        },
      ],
    }),
  ]);
  expect(incidents).toHaveLength(1);
  expect(incidents[0]?.deadlock).toBe(true);
  expect(incidents[0]?.root).toMatchObject({ code: 'WebhookUnavailable', severity: 'critical' });
  const symptoms = incidents[0]?.symptoms.map(({ object: { kind } }) => kind);
  expect(symptoms).toEqual(expect.arrayContaining(['Deployment', 'Service']));
});

test('a missing Secret explains the pods, the Deployment, the Service and the Ingress', () => {
  const spec = {
    containers: [
      { name: 'app', image: 'x', env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] },
    ],
  };
  const owner = deployment('shop/web', { spec: { replicas: 1, template: { spec } }, status: unavailable });
  const set = replicaSet(owner, undefined, { spec: { replicas: 1 }, status: { replicas: 1, readyReplicas: 0 } });
  const one = pod('shop/web-6d5f7c9b8-x2x4z', {
    ...ownedBy(set),
    spec,
    status: {
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'True', lastTransitionTime: ago('30m') },
        { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: ago('30m') },
      ],
      containerStatuses: [
        {
          name: 'app',
          image: 'x',
          ready: false,
          restartCount: 0,
          state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "db" not found' } },
        },
      ],
    },
  });
  const incidents = diagnose(analyzers, [
    owner,
    set,
    one,
    object('nodes', 'n1', { spec: {}, status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
    object('services', 'shop/web', { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] } }),
    object('endpointslices.discovery.k8s.io', 'shop/web-abc', {
      metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
      ports: [{ port: 8080 }],
      endpoints: [
        {
          addresses: ['10.0.0.9'],
          conditions: { ready: false },
          targetRef: { kind: 'Pod', name: one.metadata.name, namespace: 'shop' },
        },
      ],
    }),
    object('secrets', 'shop/db-credentials', { type: 'Opaque', keys: ['password'] }),
  ]);
  expect(story(incidents)[0]).toBe('critical SecretMissing Secret shop/db');
  const symptoms = incidents[0]?.symptoms.map(({ object: { kind } }) => kind);
  expect(symptoms).toEqual(expect.arrayContaining(['Deployment', 'Service']));
  expect(incidents.filter(({ severity }) => severity !== 'info')).toHaveLength(1);
});

test('a missing ServiceAccount explains why there are no pods', () => {
  const owner = deployment('shop/web', {
    spec: { template: { spec: { serviceAccountName: 'payments' } } },
    status: unavailable,
  });
  const text =
    'pods "web-6d5f7c9b8-" is forbidden: error looking up service account shop/payments: serviceaccount "payments" not found';
  const incidents = diagnose(analyzers, [owner, refusedSet(owner, text)]);
  expect(incidents).toHaveLength(1);
  expect(story(incidents).slice(0, 2)).toEqual([
    'critical ServiceAccountMissing ServiceAccount shop/payments',
    expect.stringMatching(/^ {2}critical \w+ Deployment shop\/web/),
  ]);
});

test('a missing Service explains webhook and aggregated API at once', () => {
  const incidents = diagnose(analyzers, [
    object('mutatingwebhookconfigurations.admissionregistration.k8s.io', 'inject', {
      webhooks: [
        {
          name: 'inject.example.com',
          clientConfig: { service: { namespace: 'hook', name: 'injector' } },
          rules: [{ apiGroups: [''], operations: ['CREATE'], resources: ['pods'] }],
        },
      ],
    }),
    object('apiservices.apiregistration.k8s.io', 'v1.hook.example.com', {
      spec: { group: 'hook.example.com', version: 'v1', service: { namespace: 'hook', name: 'injector' } },
      status: {
        conditions: [{ type: 'Available', status: 'False', reason: 'ServiceNotFound', lastTransitionTime: ago('1h') }],
      },
    }),
  ]);
  expect(story(incidents)).toEqual([
    'critical ServiceMissing Service hook/injector',
    '  critical WebhookUnavailable MutatingWebhookConfiguration inject [hook/injector]',
    '  critical APIServiceUnavailable APIService v1.hook.example.com',
  ]);
});
