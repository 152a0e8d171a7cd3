import { expect, test } from 'vitest';
import { denialOf, denialText } from '../../src/graph/denials.ts';

test.each<[string, unknown]>([
  [
    '(combined from similar events): Error creating: pods "web-85d5f5b4f8-lnkd6" is forbidden: exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2',
    { kind: 'quota', quota: 'team', needsRequests: false },
  ],
  [
    'pods "nolimits-95f9778f9-8hrfw" is forbidden: failed quota: team: must specify limits.memory for: app; requests.cpu for: app',
    { kind: 'quota', quota: 'team', needsRequests: true },
  ],
  [
    'pods "a" is forbidden: status unknown for quota: team, resources: pods',
    { kind: 'quota', quota: 'team', needsRequests: false },
  ],
  ['pods "a" is forbidden: insufficient quota to consume: limits.cpu', { kind: 'quota', needsRequests: false }],
  [
    'Error creating: pods "big-1" is forbidden: [minimum cpu usage per Container is 50m, but request is 10m, maximum memory usage per Container is 256Mi, but limit is 512Mi]',
    {
      kind: 'limitRange',
      bounds: [
        { bound: 'min', resource: 'cpu', type: 'Container', value: '50m' },
        { bound: 'max', resource: 'memory', type: 'Container', value: '256Mi' },
      ],
    },
  ],
  [
    'pods "a" is forbidden: maximum memory usage per Pod is 1Gi.  No limit is specified',
    { kind: 'limitRange', bounds: [{ bound: 'max', resource: 'memory', type: 'Pod', value: '1Gi' }] },
  ],
  [
    'pods "a" is forbidden: [cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000]',
    { kind: 'limitRange', bounds: [{ bound: 'maxLimitRequestRatio', resource: 'cpu', type: 'Container', value: '2' }] },
  ],
  [
    'pods "plain-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)',
    {
      kind: 'podSecurity',
      level: 'restricted:latest',
      violations: 'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)',
    },
  ],
  [
    'Error creating: Internal error occurred: failed calling webhook "validate.policy.example.com": failed to call webhook: Post "https://policy-webhook.hook.svc:443/validate?timeout=5s": no endpoints available for service "policy-webhook"',
    { kind: 'webhookFailure', webhook: 'validate.policy.example.com' },
  ],
  [
    'admission webhook "validate.kyverno.svc-fail" denied the request: exceeded quota: not a quota of Kubernetes',
    { kind: 'webhook', webhook: 'validate.kyverno.svc-fail' },
  ],
  [
    `pods "web-1" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'all' denied request: image tag latest is not allowed`,
    { kind: 'policy', policy: 'no-latest', binding: 'all' },
  ],
  [
    'Error creating: pods "nosa-6cd58994f9-" is forbidden: error looking up service account sa/payments: serviceaccount "payments" not found',
    { kind: 'missing', resource: 'serviceaccounts', name: 'payments' },
  ],
  [
    'pods "prio-6fd8db9858-" is forbidden: no PriorityClass with name nosuch was found',
    { kind: 'missing', resource: 'priorityclasses.scheduling.k8s.io', name: 'nosuch' },
  ],
  [
    'pods "gpu-1" is forbidden: pod rejected: RuntimeClass "nvidia" not found',
    { kind: 'missing', resource: 'runtimeclasses.node.k8s.io', name: 'nvidia' },
  ],
  ['pods "db-0" already exists', { kind: 'passing' }],
  [
    'pods "a" is forbidden: unable to create new content in namespace x because it is being terminated',
    { kind: 'passing' },
  ],
  ['pods "a" is forbidden: unable to validate against any security context constraint: []', { kind: 'other' }],
  ['', { kind: 'other' }],
])('%s', (message, expected) => {
  expect(denialOf(message)).toEqual(expected);
});

test.each([
  ['(combined from similar events): Error creating: pods "web-1" is forbidden: exceeded quota: q', 'exceeded quota: q'],
  ['create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: exceeded quota: q', 'exceeded quota: q'],
  [
    'create Claim d-db-0 for Pod db-0 in StatefulSet db failed error: persistentvolumeclaims "d-db-0" is forbidden: exceeded quota: q',
    'exceeded quota: q',
  ],
  ['Error creating: Internal error occurred: failed calling webhook "w": x', 'failed calling webhook "w": x'],
  [
    'admission webhook "w" denied the request: \n\npolicy x:\n  no.\n',
    'admission webhook "w" denied the request: policy x: no',
  ],
])('%s is %s', (message, expected) => {
  expect(denialText(message)).toBe(expected);
});

test('a hostile message is read in no time', () => {
  const start = performance.now();
  for (const text of ['a'.repeat(200_000), '.'.repeat(200_000), 'create Pod '.repeat(20_000), '/v1'.repeat(60_000)]) {
    denialOf(text);
    denialText(text);
  }
  expect(performance.now() - start).toBeLessThan(500);
});
