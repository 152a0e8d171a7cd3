import { describe, expect, test } from 'vitest';
import admission from '../../analyzers/admission/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, event, object, ownedBy, type Patch, pod, replicaSet } from '../support/objects.ts';
import { diagnose, drafts, found, links, snapshotOf, story } from '../support/snapshot.ts';

const failure = (message: string, patch: Patch = {}) => ({
  type: 'ReplicaFailure',
  status: 'True',
  reason: 'FailedCreate',
  message,
  lastTransitionTime: ago('10m'),
  ...patch,
});

/** A Deployment whose ReplicaSet got one pod fewer than it wants, and says why. */
const refused = (message: string, patch: Patch = {}, status: Patch = {}): KubeObject[] => {
  const owner = deployment('shop/web');
  const conditions = message === '' ? [] : [failure(message, patch)];
  return [owner, replicaSet(owner, undefined, { status: { replicas: 1, conditions, ...status } })];
};

const texts = {
  exceeded:
    'pods "web-6d5f7c9b8-x2x4z" is forbidden: exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2',
  needs: 'pods "web-6d5f7c9b8-x2x4z" is forbidden: failed quota: team: must specify limits.memory for: app',
  range:
    'pods "web-6d5f7c9b8-x2x4z" is forbidden: [minimum cpu usage per Container is 50m, but request is 10m, maximum memory usage per Container is 256Mi, but limit is 512Mi]',
  security:
    'pods "web-6d5f7c9b8-x2x4z" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)',
  account:
    'pods "web-6d5f7c9b8-" is forbidden: error looking up service account shop/payments: serviceaccount "payments" not found',
  priority: 'pods "web-6d5f7c9b8-" is forbidden: no PriorityClass with name high was found',
  runtime: 'pods "web-6d5f7c9b8-" is forbidden: pod rejected: RuntimeClass "nvidia" not found',
  noEndpoints:
    'Internal error occurred: failed calling webhook "validate.example.com": failed to call webhook: Post "https://policy.hook.svc:443/validate?timeout=5s": no endpoints available for service "policy"',
  timeout:
    'Internal error occurred: failed calling webhook "validate.example.com": failed to call webhook: Post "https://policy.hook.svc:443/validate?timeout=5s": context deadline exceeded',
  denied: 'admission webhook "validate.example.com" denied the request: no latest tags',
  policy: `pods "web-6d5f7c9b8-x2x4z" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'all' denied request: no latest tags`,
  other: 'pods "web-6d5f7c9b8-x2x4z" is forbidden: unable to validate against any security context constraint: []',
  passing: 'pods "web-6d5f7c9b8-x2x4z" already exists',
};

const rs = 'ReplicaSet shop/web-6d5f7c9b8';

describe('what is refused', () => {
  test.each<[keyof typeof texts, string[]]>([
    ['exceeded', [`critical PodDeniedByQuota ${rs} [team]`]],
    ['needs', [`critical PodDeniedByQuota ${rs} [team]`]],
    ['range', [`critical PodDeniedByLimitRange ${rs}`]],
    ['security', [`critical PodDeniedByPodSecurity ${rs}`]],
    ['account', [`critical PodDeniedReferenceMissing ${rs} [ServiceAccount payments]`]],
    ['priority', [`critical PodDeniedReferenceMissing ${rs} [PriorityClass high]`]],
    ['runtime', [`critical PodDeniedReferenceMissing ${rs} [RuntimeClass nvidia]`]],
    ['noEndpoints', [`critical PodBlockedByWebhookFailure ${rs} [validate.example.com]`]],
    ['denied', [`critical PodDeniedByWebhook ${rs} [validate.example.com]`]],
    ['policy', [`critical PodDeniedByPolicy ${rs} [no-latest]`]],
    ['other', [`critical PodCreationFailed ${rs}`]],
    ['passing', []],
  ])('%s', (text, expected) => {
    expect(found(admission, refused(texts[text]))).toEqual(expected);
  });

  test.each<[string, KubeObject[]]>([
    ['has all its pods', refused(texts.exceeded, {}, { replicas: 2 })],
    ['has more pods than it wants', refused(texts.exceeded, {}, { replicas: 3 })],
    [
      'is scaled to zero',
      [
        replicaSet(deployment('shop/web'), 'a', {
          spec: { replicas: 0 },
          status: { replicas: 0, conditions: [failure(texts.exceeded)] },
        }),
      ],
    ],
    ['is refused for a quota only since seconds', refused(texts.exceeded, { lastTransitionTime: ago('10s') })],
    ['is refused by a webhook only since seconds', refused(texts.noEndpoints, { lastTransitionTime: ago('10s') })],
    ['was refused, says a condition that is False', refused(texts.exceeded, { status: 'False' })],
    ['fails to delete pods', refused('could not delete', { reason: 'FailedDelete' })],
    ['lacks a pod without a word why', refused('')],
    [
      'is being deleted',
      refused(texts.other).map((one) => ({ ...one, metadata: { ...one.metadata, deletionTimestamp: ago('1m') } })),
    ],
  ])('quiet: a ReplicaSet that %s', (_, objects) => {
    expect(found(admission, objects)).toEqual([]);
  });

  test('what no waiting helps is told at once', () => {
    expect(found(admission, refused(texts.security, { lastTransitionTime: ago('2s') }))).toHaveLength(1);
  });

  test('one that is missing no more is told with a warning', () => {
    const objects = [...refused(texts.account), object('serviceaccounts', 'shop/payments')];
    expect(found(admission, objects)).toEqual([`warning PodDeniedReferenceMissing ${rs} [ServiceAccount payments]`]);
  });

  test('a Deployment speaks for its ReplicaSets where they cannot be seen', () => {
    const owner = deployment('shop/web', {
      status: { replicas: 1, updatedReplicas: 1, conditions: [failure(texts.other)] },
    });
    expect(found(admission, [owner], { missing: { 'replicasets.apps': 'forbidden' } })).toEqual([
      'critical PodCreationFailed Deployment shop/web',
    ]);
  });

  test('the message holds no name of a pod', () => {
    const [draft] = drafts(admission, snapshotOf(refused(texts.exceeded)));
    expect(draft?.message).toBe(
      'its pods are not created: exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2',
    );
  });
});

describe('workloads that say it by events only', () => {
  const set = (status: Patch) =>
    object('statefulsets.apps', 'shop/db', { spec: { replicas: 2, template: { spec: { containers: [] } } }, status });
  const daemon = (status: Patch) =>
    object('daemonsets.apps', 'shop/agent', { spec: { template: { spec: { containers: [] } } }, status });
  const job = (spec: Patch, status: Patch) =>
    object('jobs.batch', 'shop/migrate', { spec: { template: { spec: { containers: [] } }, ...spec }, status });
  const said = (about: KubeObject, patch: Patch = {}) =>
    event(about, 'FailedCreate', `Error creating: ${texts.other}`, patch);
  const db = set({ replicas: 1 });
  const lacking = daemon({ desiredNumberScheduled: 3, currentNumberScheduled: 1 });
  const idle = job({}, {});

  test.each<[string, KubeObject[], string[]]>([
    [
      'a StatefulSet',
      [db, event(db, 'FailedCreate', `create Pod db-1 in StatefulSet db failed error: ${texts.security}`)],
      ['critical PodDeniedByPodSecurity StatefulSet shop/db'],
    ],
    ['a DaemonSet', [lacking, said(lacking)], ['critical PodCreationFailed DaemonSet shop/agent']],
    ['a Job', [idle, said(idle)], ['critical PodCreationFailed Job shop/migrate']],
    [
      'combined events',
      [idle, event(idle, 'FailedCreate', `(combined from similar events): Error creating: ${texts.exceeded}`)],
      ['critical PodDeniedByQuota Job shop/migrate [team]', 'critical QuotaExhausted ResourceQuota shop/team'],
    ],
    [
      'a success before the failure',
      [db, said(db), event(db, 'SuccessfulCreate', 'created', { lastTimestamp: ago('20m') })],
      ['critical PodCreationFailed StatefulSet shop/db'],
    ],
    [
      'quiet: a success after the failure',
      [db, said(db), event(db, 'SuccessfulCreate', 'created', { lastTimestamp: ago('10s') })],
      [],
    ],
    ['quiet: an old event', [db, said(db, { firstTimestamp: ago('50m'), lastTimestamp: ago('40m') })], []],
    ['quiet: a failure of seconds', [db, said(db, { firstTimestamp: ago('10s'), lastTimestamp: ago('5s') })], []],
    [
      'quiet: an event about an earlier object of the name',
      [db, said({ ...db, metadata: { ...db.metadata, uid: 'gone' } })],
      [],
    ],
    ['quiet: all pods are there', [set({ replicas: 2 }), said(db)], []],
    [
      'quiet: all nodes have a pod',
      [daemon({ desiredNumberScheduled: 3, currentNumberScheduled: 3 }), said(lacking)],
      [],
    ],
    ['quiet: the Job is complete', [job({}, { conditions: [{ type: 'Complete', status: 'True' }] }), said(idle)], []],
    ['quiet: the Job is suspended', [job({ suspend: true }, {}), said(idle)], []],
    ['quiet: the Job has its pod', [job({}, { active: 1 }), said(idle)], []],
    [
      'quiet: the last completions run',
      [job({ parallelism: 4, completions: 5 }, { active: 1, succeeded: 4 }), said(idle)],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    const quota = objects.some((one) => JSON.stringify(one).includes('exceeded quota'))
      ? [object('resourcequotas', 'shop/team', { spec: {} })]
      : [];
    expect(found(admission, [...objects, ...quota])).toEqual(expected);
  });
});

describe('ResourceQuota', () => {
  const quota = (hard: Patch, used: Patch) =>
    object('resourcequotas', 'shop/team', { spec: { hard }, status: { hard, used } });

  test.each<[string, Patch, Patch, string[]]>([
    ['all used', { pods: '2' }, { pods: '2' }, ['info QuotaExhausted ResourceQuota shop/team']],
    [
      'nearly used',
      { 'limits.memory': '10Gi' },
      { 'limits.memory': '9216Mi' },
      ['info QuotaExhausted ResourceQuota shop/team'],
    ],
    ['room left', { 'limits.memory': '10Gi' }, { 'limits.memory': '9215Mi' }, []],
    ['forbidden on purpose', { 'services.loadbalancers': '0' }, { 'services.loadbalancers': '0' }, []],
    ['not counted yet', { pods: '2' }, {}, []],
  ])('%s', (_, hard, used, expected) => {
    expect(found(admission, [quota(hard, used)])).toEqual(expected);
  });

  test('the quota that a refusal names is the root', () => {
    const objects = [...refused(texts.exceeded), quota({ pods: '2' }, { pods: '2' })];
    expect(story(diagnose([admission], objects))).toEqual([
      'critical QuotaExhausted ResourceQuota shop/team',
      '  critical PodDeniedByQuota Deployment shop/web [team]',
    ]);
  });

  test('one that wants requests is another matter, also where it is full', () => {
    const objects = [...refused(texts.needs), quota({ pods: '2' }, { pods: '2' })];
    expect(story(diagnose([admission], objects))).toEqual([
      'critical QuotaNeedsRequests ResourceQuota shop/team',
      '  critical PodDeniedByQuota Deployment shop/web [team]',
    ]);
  });

  test('two refusals of one quota for two reasons are two incidents', () => {
    const other = deployment('shop/api');
    const objects = [
      ...refused(texts.needs),
      other,
      replicaSet(other, 'b', { status: { replicas: 0, conditions: [failure(texts.exceeded)] } }),
      quota({ pods: '2' }, { pods: '2' }),
    ];
    expect(story(diagnose([admission], objects))).toEqual([
      'critical QuotaExhausted ResourceQuota shop/team',
      '  critical PodDeniedByQuota Deployment shop/api [team]',
      'critical QuotaNeedsRequests ResourceQuota shop/team',
      '  critical PodDeniedByQuota Deployment shop/web [team]',
    ]);
  });

  test('a quota that cannot be read is proven by the API server', () => {
    expect(found(admission, refused(texts.exceeded), { missing: { resourcequotas: 'forbidden' } })).toContain(
      'critical QuotaExhausted ResourceQuota shop/team',
    );
  });

  test('a refusal that names no quota stands alone', () => {
    const objects = [
      ...refused('pods "a" is forbidden: insufficient quota to consume: limits.cpu'),
      quota({ pods: '2' }, { pods: '1' }),
    ];
    expect(found(admission, objects)).toEqual([`critical PodDeniedByQuota ${rs}`]);
  });
});

describe('LimitRange and Pod Security', () => {
  const range = (name: string, limits: Patch) =>
    object('limitranges', `shop/${name}`, { spec: { limits: [{ type: 'Container', ...limits }] } });
  const namespace = object('namespaces', 'shop', {
    metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });

  test('the LimitRange that holds the bound is the root', () => {
    const objects = [
      ...refused(texts.range),
      range('tight', { min: { cpu: '50m' }, max: { memory: '0.25Gi' } }),
      range('wide', { max: { memory: '4Gi', cpu: '50m' } }),
    ];
    expect(story(diagnose([admission], objects))).toEqual([
      'critical LimitRangeDenies LimitRange shop/tight',
      '  critical PodDeniedByLimitRange Deployment shop/web',
    ]);
  });

  test('a LimitRange that refuses nobody is quiet', () => {
    expect(found(admission, [...refused(''), range('tight', { max: { memory: '256Mi' } })])).toEqual([]);
  });

  test('the Namespace is the root, with its label', () => {
    const objects = [...refused(texts.security), namespace];
    expect(story(diagnose([admission], objects))).toEqual([
      'critical NamespacePodSecurityDenies Namespace shop',
      '  critical PodDeniedByPodSecurity Deployment shop/web',
    ]);
    const draft = drafts(admission, snapshotOf(objects)).find((one) => one.code === 'NamespacePodSecurityDenies');
    expect(draft?.evidence[0]).toMatchObject({
      path: 'metadata.labels[pod-security.kubernetes.io/enforce]',
      value: 'restricted',
    });
    expect(draft?.message).toContain('runAsNonRoot != true');
  });

  test('a level without refusals is quiet', () => {
    expect(found(admission, [namespace])).toEqual([]);
  });
});

describe('webhooks', () => {
  const config = (hook: Patch = {}, patch: Patch = {}, kind: 'mutating' | 'validating' = 'validating') =>
    object(`${kind}webhookconfigurations.admissionregistration.k8s.io`, 'policy', {
      webhooks: [
        {
          name: 'validate.example.com',
          clientConfig: { service: { namespace: 'hook', name: 'policy', path: '/validate' } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          ...hook,
        },
      ],
      ...patch,
    });
  const service = (patch: Patch = {}) =>
    object('services', 'hook/policy', { spec: { selector: { app: 'policy' }, ports: [{ port: 443 }], ...patch } });
  const slice = (...ready: (boolean | undefined)[]) =>
    object('endpointslices.discovery.k8s.io', 'hook/policy-abc', {
      metadata: { labels: { 'kubernetes.io/service-name': 'policy' } },
      endpoints: ready.map((one) => ({ addresses: ['10.0.0.1'], conditions: one === undefined ? {} : { ready: one } })),
    });
  const key = '[hook/policy]';
  const loud = `critical WebhookUnavailable ValidatingWebhookConfiguration policy ${key}`;
  const young = pod('hook/policy-1', { metadata: { labels: { app: 'policy' }, creationTimestamp: ago('10s') } });

  test.each<[string, KubeObject[], string | undefined]>([
    ['ready, and no answer', [config(), service(), slice(true), ...refused(texts.timeout)], '443'],
    ['not ready', [config(), service(), slice(false), ...refused(texts.timeout)], undefined],
    [
      'another certificate',
      [
        config(),
        service(),
        slice(true),
        ...refused(texts.timeout.replace('context deadline exceeded', 'x509: unknown')),
      ],
      undefined,
    ],
  ])('the port that does not answer, for the runbook: %s', (_, objects, expected) => {
    const draft = drafts(admission, snapshotOf(objects)).find(({ code }) => code === 'WebhookUnavailable');
    expect(draft?.values?.['called_port']).toBe(expected);
  });

  test.each<[string, KubeObject[], string[]]>([
    ['no Service', [config()], [loud]],
    ['no ready endpoint', [config(), service(), slice(false)], [loud]],
    ['no EndpointSlice', [config(), service()], [loud]],
    [
      'a port that the Service lacks',
      [
        config({ clientConfig: { service: { namespace: 'hook', name: 'policy', port: 8443 } } }),
        service(),
        slice(true),
      ],
      [loud],
    ],
    ['Ignore is information', [config({ failurePolicy: 'Ignore' })], [loud.replace('critical', 'info')]],
    ['a mutating webhook', [config({}, {}, 'mutating')], [loud.replace('Validating', 'Mutating')]],
    [
      'calls time out though the Service looks well',
      [config(), service(), slice(true), ...refused(texts.timeout)],
      [`critical PodBlockedByWebhookFailure ${rs} [validate.example.com]`, loud],
    ],
    ['quiet: a ready endpoint', [config(), service(), slice(false, true)], []],
    ['quiet: an endpoint without conditions is ready', [config(), service(), slice(undefined)], []],
    ['quiet: a URL', [config({ clientConfig: { url: 'https://example.com' } })], []],
    ['quiet: no rules', [config({ rules: [] })], []],
    ['quiet: just created', [config({}, { metadata: { creationTimestamp: ago('10s') } })], []],
    ['quiet: its pod is starting', [config(), service(), young], []],
    ['quiet: an external name', [config(), service({ type: 'ExternalName' })], []],
    [
      'quiet: the refusal is of the past, the Service is well',
      [config(), service(), slice(true), ...refused(texts.noEndpoints)],
      [`critical PodBlockedByWebhookFailure ${rs} [validate.example.com]`],
    ],
    [
      'quiet: the policy itself where it denies',
      [config(), service(), slice(true), ...refused(texts.denied)],
      [`critical PodDeniedByWebhook ${rs} [validate.example.com]`],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(admission, objects)).toEqual(expected);
  });

  test.each(['services', 'endpointslices.discovery.k8s.io'] as const)('quiet where %s cannot be read', (resource) => {
    const objects = resource === 'services' ? [config()] : [config(), service()];
    expect(found(admission, objects, { missing: { [resource]: 'forbidden' } })).toEqual([]);
  });

  test('webhooks that share a Service fail together', () => {
    const hook = config().webhooks?.[0];
    const two = config({}, { webhooks: [hook, { ...hook, name: 'second.example.com' }] });
    const [draft, ...more] = drafts(admission, snapshotOf([two]));
    expect(more).toEqual([]);
    expect(draft?.message).toContain('validate.example.com, second.example.com');
  });

  test('the refused workload links to configuration and Service, the configuration to the Service', () => {
    expect(links(admission, [config(), ...refused(texts.noEndpoints)])).toEqual([
      'PodBlockedByWebhookFailure -> admit ValidatingWebhookConfiguration policy (status.conditions[type=ReplicaFailure].message)',
      'PodBlockedByWebhookFailure -> route Service hook/policy (status.conditions[type=ReplicaFailure].message)',
      'WebhookUnavailable -> issue ValidatingWebhookConfiguration policy (webhooks[0].clientConfig.caBundle)',
      'WebhookUnavailable -> route Service hook/policy (webhooks[0].clientConfig.service.name)',
    ]);
  });

  test('a configuration with a webhook of that name behind another Service is not blamed', () => {
    const other = config({ clientConfig: { service: { namespace: 'other', name: 'policy' } } });
    const all = links(admission, [
      other,
      object('services', 'other/policy', { spec: { ports: [{ port: 443 }] } }),
      ...refused(texts.noEndpoints),
    ]);
    expect(all.filter((one) => one.includes('Blocked') && one.includes('Configuration'))).toEqual([]);
  });

  test.each<[string, Patch, boolean]>([
    ['everything', {}, true],
    ['its namespace by label', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'hook' } } }, true],
    [
      'other namespaces',
      {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['hook'] }],
        },
      },
      false,
    ],
    [
      'other pods',
      { objectSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['policy'] }] } },
      false,
    ],
    ['other kinds', { rules: [{ apiGroups: ['apps'], operations: ['*'], resources: ['deployments'] }] }, false],
    ['updates only', { rules: [{ apiGroups: [''], operations: ['UPDATE'], resources: ['pods'] }] }, false],
    ['what an expression says', { matchConditions: [{ name: 'x', expression: 'true' }] }, false],
    ['nobody strictly', { failurePolicy: 'Ignore' }, false],
  ])('a webhook that intercepts %s', (_, hook, itself) => {
    const objects = [config(hook), service(), slice(false), deployment('hook/policy')];
    const evidence = drafts(admission, snapshotOf(objects)).flatMap((draft) => draft.evidence.map((one) => one.value));
    expect(evidence.some((value) => value.includes('also intercepts'))).toBe(itself);
  });
});

test('members of one Deployment roll up', () => {
  const owner = deployment('shop/web');
  const objects = [
    owner,
    ...['a', 'b'].map((hash) =>
      replicaSet(owner, hash, { status: { replicas: 0, conditions: [failure(texts.policy)] } }),
    ),
    pod('shop/web-1', ownedBy(owner)),
  ];
  expect(story(diagnose([admission], objects))).toEqual(['critical PodDeniedByPolicy Deployment shop/web [no-latest]']);
});
