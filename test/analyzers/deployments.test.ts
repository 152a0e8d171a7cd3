import { describe, expect, test } from 'vitest';
import analyzer from '../../analyzers/deployments/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import {
  ago,
  deployment,
  event,
  node,
  object,
  ownedBy,
  type Patch,
  pendingPod,
  pod,
  merge,
  replicaSet,
  written,
} from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';

const conditions = (available: string, progressing: string, since = '30m', more: Patch[] = []) => [
  { type: 'Available', status: available, reason: 'MinimumReplicas', lastTransitionTime: ago(since) },
  {
    type: 'Progressing',
    status: progressing === 'ProgressDeadlineExceeded' ? 'False' : 'True',
    reason: progressing,
    lastTransitionTime: ago(since),
    lastUpdateTime: ago(since),
  },
  ...more,
];

/** Status of a Deployment: counters and conditions. */
const status = (counts: Patch, list: unknown[]): Patch => ({ status: { ...counts, conditions: list } });

const waiting = (reason: string): Patch => ({
  status: {
    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('30m') }],
    containerStatuses: [{ name: 'app', ready: false, restartCount: 4, state: { waiting: { reason } } }],
  },
});

const unready = (since: string): Patch => ({
  status: {
    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(since) }],
    containerStatuses: [{ name: 'app', ready: false, restartCount: 0, state: { running: { startedAt: ago(since) } } }],
  },
});

/** A Deployment with one ReplicaSet and pods made by the patches. */
function family(patch: Patch, pods: Patch[]): KubeObject[] {
  const web = deployment('shop/web', patch);
  const set = replicaSet(web);
  return [web, set, ...pods.map((one, index) => pod(`shop/web-${index}`, merge(ownedBy(set), one) as Patch))];
}

const none = { replicas: 2, updatedReplicas: 2, readyReplicas: 0, availableReplicas: 0 };
const half = { replicas: 2, updatedReplicas: 2, readyReplicas: 1, availableReplicas: 1 };
const created = (time: string): Patch => ({ metadata: { creationTimestamp: ago(time) } });
/** Its strategy lets it be called available without a replica. */
const scaledFromZero = (time: string): KubeObject[] =>
  family(
    merge(
      merge(written(time), { spec: { replicas: 1, strategy: { rollingUpdate: { maxUnavailable: 1 } } } }),
      status(
        { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 },
        conditions('True', 'NewReplicaSetAvailable'),
      ),
    ) as Patch,
    [],
  );
const young = (time: string): Patch =>
  merge(unready(time), merge(created(time), { status: { startTime: ago(time) } })) as Patch;

describe('a Deployment that lacks replicas', () => {
  test.each<[string, KubeObject[], string[]]>([
    [
      'all crash',
      family(status(none, conditions('False', 'NewReplicaSetAvailable')), [
        waiting('CrashLoopBackOff'),
        waiting('CrashLoopBackOff'),
      ]),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    [
      'all not ready without a reason',
      family(status(none, conditions('False', 'NewReplicaSetAvailable')), [unready('30m'), unready('30m')]),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    [
      'scaled from zero half an hour ago, and nothing was made',
      scaledFromZero('30m'),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    [
      'changed half a minute ago, after half an hour without a replica',
      family(merge(written('30s'), status(none, conditions('False', 'ReplicaSetUpdated'))) as Patch, [
        unready('30m'),
        unready('30m'),
      ]),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    [
      'no pod exists',
      family(
        status(
          { replicas: 0, updatedReplicas: 0, readyReplicas: undefined, availableReplicas: undefined },
          conditions('False', 'NewReplicaSetCreated', '30m', [
            {
              type: 'ReplicaFailure',
              status: 'True',
              reason: 'FailedCreate',
              message: 'pods "web-" is forbidden',
              lastTransitionTime: ago('30m'),
            },
          ]),
        ),
        [],
      ),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    [
      'made half a minute ago, and its pods crash already',
      family(merge(created('30s'), status(none, conditions('False', 'ReplicaSetUpdated', '30s'))) as Patch, [
        waiting('CrashLoopBackOff'),
        waiting('CrashLoopBackOff'),
      ]),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    [
      'the first rollout crashes',
      family(merge(created('4m'), status(none, conditions('False', 'ReplicaSetUpdated', '4m'))) as Patch, [
        waiting('CrashLoopBackOff'),
        waiting('CrashLoopBackOff'),
      ]),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    [
      'the first rollout passes its deadline: one finding, not two',
      family(merge(created('20m'), status(none, conditions('False', 'ProgressDeadlineExceeded', '10m'))) as Patch, [
        unready('20m'),
        unready('20m'),
      ]),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    [
      'available by its strategy, yet nothing is there',
      family(
        merge(
          { spec: { replicas: 1, strategy: { rollingUpdate: { maxUnavailable: 1 } } } },
          status(
            { replicas: 1, updatedReplicas: 1, readyReplicas: 0, availableReplicas: 0 },
            conditions('True', 'NewReplicaSetAvailable'),
          ),
        ) as Patch,
        [unready('30m')],
      ),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    [
      'some serve, fewer than the strategy allows',
      family(
        merge(
          { spec: { replicas: 4 } },
          status(
            { replicas: 4, updatedReplicas: 4, availableReplicas: 2 },
            conditions('False', 'NewReplicaSetAvailable'),
          ),
        ) as Patch,
        [{}, {}, unready('30m'), unready('30m')],
      ),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    [
      'one of many is missing',
      family(status(half, conditions('True', 'NewReplicaSetAvailable', '2d')), [{}, unready('30m')]),
      ['warning DeploymentDegraded Deployment shop/web'],
    ],
    [
      'one of many cannot be scheduled',
      [
        ...family(status(half, conditions('True', 'NewReplicaSetAvailable', '2d')), [{}]),
        pendingPod('shop/web-9', ownedBy(replicaSet(deployment('shop/web')))),
      ],
      ['warning DeploymentDegraded Deployment shop/web'],
    ],
    [
      'one of many is refused',
      family(
        status(
          { ...half, replicas: 1, updatedReplicas: 1 },
          conditions('True', 'NewReplicaSetAvailable', '2d', [
            {
              type: 'ReplicaFailure',
              status: 'True',
              reason: 'FailedCreate',
              message: 'exceeded quota',
              lastTransitionTime: ago('10m'),
            },
          ]),
        ),
        [{}],
      ),
      ['warning DeploymentDegraded Deployment shop/web'],
    ],
    [
      'the new template crashes while the old serves, past the deadline',
      family(
        status(
          { replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 },
          conditions('True', 'ProgressDeadlineExceeded'),
        ),
        [{}, {}, waiting('ImagePullBackOff')],
      ),
      ['critical DeploymentRolloutStuck Deployment shop/web'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  /** In its seventh rollout, with nothing available for a while and pods that show no fault. */
  const seventh = (strategy: Patch, since: string, pods = since) =>
    family(
      merge(
        { metadata: { annotations: { 'deployment.kubernetes.io/revision': '7' } }, spec: { strategy } },
        status(none, conditions('False', 'ReplicaSetUpdated', since)),
      ) as Patch,
      [young(pods), young(pods)],
    );
  const unavailable = ['critical DeploymentUnavailable Deployment shop/web'];

  test.each<[string, KubeObject[], string[]]>([
    ['that recreates is given its deadline', seventh({ type: 'Recreate', rollingUpdate: undefined }, '8m'), []],
    ['that may take all away is given its deadline', seventh({ rollingUpdate: { maxUnavailable: '100%' } }, '8m'), []],
    ['that recreates, past its deadline', seventh({ type: 'Recreate', rollingUpdate: undefined }, '20m'), unavailable],
    ['that must keep some is not', seventh({}, '8m'), unavailable],
    [
      'one short with a crash, in the middle: the pod says it',
      family(
        status(
          { replicas: 2, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
          conditions('True', 'ReplicaSetUpdated', '5m'),
        ),
        [{}, waiting('CrashLoopBackOff')],
      ),
      [],
    ],
    [
      'past its deadline with all new ones made, one not available',
      family(status({ ...half, availableReplicas: 1 }, conditions('True', 'ProgressDeadlineExceeded')), [
        {},
        unready('30m'),
      ]),
      ['critical DeploymentRolloutStuck Deployment shop/web'],
    ],
    [
      'past its deadline with an old one left over',
      family(status({ replicas: 3, updatedReplicas: 2 }, conditions('True', 'ProgressDeadlineExceeded')), [{}, {}, {}]),
      ['critical DeploymentRolloutStuck Deployment shop/web'],
    ],
  ])('a rollout %s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  test('is found where its pods cannot be read', () => {
    const web = deployment('shop/web', status(none, conditions('False', 'NewReplicaSetAvailable')));
    const missing = { pods: 'forbidden', 'replicasets.apps': 'forbidden' };
    expect(found(analyzer, [web], { missing })).toEqual(['critical DeploymentUnavailable Deployment shop/web']);
    const [draft] = drafts(analyzer, snapshotOf([web], { missing }));
    expect(draft?.message).toBe('0 of 2 replicas are available');
    expect(draft?.evidence.map((one) => one.value)).toContain('its pods could not all be read: forbidden');
  });

  test('says what its pods do and since when', () => {
    const objects = family(status(none, conditions('False', 'NewReplicaSetAvailable', '45m')), [
      waiting('CrashLoopBackOff'),
      unready('5m'),
    ]);
    const [draft] = drafts(analyzer, snapshotOf(objects));
    expect(draft?.message).toBe('0 of 2 replicas are available (pods: 1 CrashLoopBackOff, 1 not ready)');
    expect(draft?.since).toBe(ago('45m'));
  });
});

const gated = {
  status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
};

describe('a Deployment that is all right', () => {
  test.each<[string, KubeObject[]]>([
    ['available', family({}, [{}, {}])],
    ['scaled from zero half a minute ago, and nothing is made yet', scaledFromZero('30s')],
    [
      'just created',
      family(merge(created('40s'), status(none, conditions('False', 'NewReplicaSetCreated', '40s'))) as Patch, [
        young('40s'),
        young('40s'),
      ]),
    ],
    [
      'an empty status',
      [
        deployment('shop/web', { metadata: { generation: undefined }, status: undefined }),
        { ...deployment('shop/api', { metadata: { generation: undefined } }), status: {} } as KubeObject,
      ],
    ],
    ['just created, no status yet', [deployment('shop/web', { ...created('3s'), status: undefined })]],
    [
      'first rollout still pulls a large image',
      family(merge(created('8m'), status(none, conditions('False', 'ReplicaSetUpdated', '8m'))) as Patch, [
        merge(young('8m'), {
          status: {
            phase: 'Pending',
            containerStatuses: [
              { name: 'app', ready: false, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } },
            ],
          },
        }) as Patch,
        young('8m'),
      ]),
    ],
    [
      'slow start that its startup probe allows',
      family(
        merge(
          {
            spec: {
              template: {
                spec: { containers: [{ name: 'app', startupProbe: { periodSeconds: 10, failureThreshold: 90 } }] },
              },
            },
          },
          status(none, conditions('False', 'NewReplicaSetAvailable', '12m')),
        ) as Patch,
        [0, 1].map(
          () =>
            merge(young('12m'), {
              spec: { containers: [{ name: 'app', startupProbe: { periodSeconds: 10, failureThreshold: 90 } }] },
            }) as Patch,
        ),
      ),
    ],
    [
      'mid-rollout with a surge pod that is starting',
      family(
        status(
          { replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 },
          conditions('True', 'ReplicaSetUpdated', '1m'),
        ),
        [{}, {}, young('30s')],
      ),
    ],
    [
      'mid-rollout, the new pod crashes, deadline not passed: the pod says it',
      family(
        status(
          { replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 },
          conditions('True', 'ReplicaSetUpdated', '5m'),
        ),
        [{}, {}, waiting('CrashLoopBackOff')],
      ),
    ],
    [
      'mid-rollout by Recreate',
      family(
        merge(
          {
            metadata: { annotations: { 'deployment.kubernetes.io/revision': '7' } },
            spec: { strategy: { type: 'Recreate', rollingUpdate: undefined } },
          },
          status(none, conditions('False', 'ReplicaSetUpdated', '4m')),
        ) as Patch,
        [young('3m'), young('3m')],
      ),
    ],
    [
      'one replica short in the middle of a rollout',
      family(
        status(
          { replicas: 2, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
          conditions('True', 'ReplicaSetUpdated', '3m'),
        ),
        [{}, young('2m')],
      ),
    ],
    [
      'a node was drained a minute ago',
      family(status(half, conditions('True', 'NewReplicaSetAvailable', '2d')), [{}, young('1m')]),
    ],
    [
      'scaled up: not available by the strategy, the new ones start',
      family(
        merge(
          { spec: { replicas: 4 } },
          status(
            { replicas: 4, updatedReplicas: 4, availableReplicas: 2 },
            conditions('False', 'NewReplicaSetAvailable', '3m'),
          ),
        ) as Patch,
        [{}, {}, young('3m'), young('3m')],
      ),
    ],
    [
      'scaled up this second, pods to come',
      family(status({ ...half, replicas: 1, updatedReplicas: 1 }, conditions('True', 'NewReplicaSetAvailable', '2d')), [
        {},
      ]),
    ],
    [
      'ready, in its minReadySeconds',
      family(
        merge(
          { spec: { minReadySeconds: 600 } },
          status({ ...half, readyReplicas: 2 }, conditions('True', 'NewReplicaSetAvailable', '2d')),
        ) as Patch,
        [{}, { status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago('5m') }] } }],
      ),
    ],
    [
      'a readiness blip',
      family(status(half, conditions('True', 'NewReplicaSetAvailable', '2d')), [{}, unready('20s')]),
    ],
    [
      'scaled to zero, nobody points at it',
      [
        deployment(
          'shop/web',
          merge(
            { spec: { replicas: 0 } },
            status(
              {
                replicas: undefined,
                updatedReplicas: undefined,
                readyReplicas: undefined,
                availableReplicas: undefined,
              },
              conditions('True', 'NewReplicaSetAvailable'),
            ),
          ) as Patch,
        ),
      ],
    ],
    [
      'being deleted',
      family(
        merge(
          { metadata: { deletionTimestamp: ago('5m') } },
          status(none, conditions('False', 'NewReplicaSetAvailable')),
        ) as Patch,
        [],
      ),
    ],
    [
      'paused in the middle of a rollout, all available',
      family(
        merge(
          { spec: { paused: true } },
          status({ replicas: 2, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 }, [
            conditions('True', '')[0],
            { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', lastTransitionTime: ago('1d') },
          ]),
        ) as Patch,
        [{}, {}],
      ),
    ],
    [
      'past its deadline, but complete by now',
      family(status({}, conditions('True', 'ProgressDeadlineExceeded', '10m')), [{}, {}]),
    ],
    [
      'a queue holds its pods back',
      family(status(none, conditions('False', 'NewReplicaSetAvailable')), [gated, gated]),
    ],
    [
      'ready this second, not counted yet',
      family(
        status(none, conditions('False', 'NewReplicaSetAvailable')),
        [1, 2].map(() => ({
          status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago('2s') }] },
        })),
      ),
    ],
    [
      'evicted pods lie about, replaced since',
      family({}, [{}, {}, { status: { phase: 'Failed', reason: 'Evicted' } }]),
    ],
  ])('%s', (_, objects) => {
    expect(found(analyzer, objects)).toEqual([]);
  });
});

describe('links', () => {
  const down = status(none, conditions('False', 'NewReplicaSetAvailable'));

  test('name the nodes that are not ready', () => {
    const n1 = node('n1', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
    const objects = [
      ...family(down, [unready('30m'), merge(unready('30m'), { spec: { nodeName: 'n2' } }) as Patch]),
      n1,
      node('n2'),
    ];
    expect(links(analyzer, objects)).toEqual(['DeploymentUnavailable -> run Node n1 (spec.nodeName)']);
  });

  test('name the controller manager where pods are not made', () => {
    expect(links(analyzer, family(down, []))).toEqual([
      'DeploymentUnavailable -> ready Deployment shop/web (status.replicas)',
      'DeploymentUnavailable -> scale Lease kube-system/kube-controller-manager (status.replicas)',
    ]);
  });

  test('name nothing where all pods run on nodes that are ready', () => {
    expect(links(analyzer, [...family(down, [unready('30m'), unready('30m')]), node('n1')])).toEqual([]);
  });
});

describe('a change that no controller has acted on', () => {
  const lease = (renewed: string) =>
    object('leases.coordination.k8s.io', 'kube-system/kube-controller-manager', { spec: { renewTime: ago(renewed) } });
  const write = (time: string, fields: Patch): Patch => ({
    metadata: {
      generation: 3,
      managedFields: [{ manager: 'kubectl', operation: 'Update', time: ago(time), fieldsV1: fields }],
    },
  });
  const spec = { 'f:spec': {} };
  /** The API server writes no time for the subresource `scale`. */
  const scaled = merge(write('10m', spec), {
    metadata: {
      managedFields: [
        { time: ago('10m'), fieldsV1: spec },
        { subresource: 'scale', fieldsV1: spec },
      ],
    },
  }) as Patch;
  const line = (severity: string) => [`${severity} DeploymentNotObserved Deployment shop/web`];

  test.each<[string, KubeObject[], string[]]>([
    ['changed ten minutes ago', [deployment('shop/web', write('10m', spec))], line('critical')],
    [
      'changed at an unknown time, manager silent',
      [deployment('shop/web', { metadata: { generation: 3 } }), lease('10m')],
      line('critical'),
    ],
    [
      'changed at an unknown time, manager not seen',
      [deployment('shop/web', { metadata: { generation: 3 } })],
      line('warning'),
    ],
    ['never seen since its creation', [{ ...deployment('shop/web', created('10m')), status: {} }], line('critical')],
    ['its status was taken out', [deployment('shop/web', { ...created('10m'), status: undefined })], []],
    ['changed ten minutes ago, perhaps scaled since, manager alive', [deployment('shop/web', scaled), lease('2s')], []],
    [
      'changed ten minutes ago, perhaps scaled since, manager silent',
      [deployment('shop/web', scaled), lease('10m')],
      line('critical'),
    ],
    ['changed ten seconds ago', [deployment('shop/web', write('10s', spec))], []],
    [
      'changed at an unknown time, manager alive',
      [deployment('shop/web', { metadata: { generation: 3 } }), lease('2s')],
      [],
    ],
    ['created ten seconds ago', [deployment('shop/web', { ...created('10s'), status: undefined })], []],
    ['seen', [deployment('shop/web', merge(write('10m', spec), { status: { observedGeneration: 3 } }) as Patch)], []],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  test('is linked to the Lease', () => {
    expect(links(analyzer, [deployment('shop/web', write('10m', spec))])).toEqual([
      'DeploymentNotObserved -> scale Lease kube-system/kube-controller-manager (status.observedGeneration)',
    ]);
  });
});

describe('intentions', () => {
  const idle = deployment('shop/web', {
    spec: { replicas: 0 },
    status: { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 },
  });
  const service = object('services', 'shop/web', { spec: { selector: { app: 'web' } } });
  const scaler = object('horizontalpodautoscalers.autoscaling', 'shop/web', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
  });
  const paused = deployment('shop/web', { spec: { paused: true } });
  const changed = {
    spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example.com/app:2' }] } } },
  };

  test.each<[string, KubeObject[], string[]]>([
    ['a Service points at no replicas', [idle, service], ['info DeploymentScaledToZero Deployment shop/web']],
    ['an autoscaler points at no replicas', [idle, scaler], ['info DeploymentScaledToZero Deployment shop/web']],
    [
      'KEDA scaled to zero',
      [
        idle,
        object('horizontalpodautoscalers.autoscaling', 'shop/web', {
          metadata: {
            ownerReferences: [{ kind: 'ScaledObject', name: 'web', apiVersion: 'keda.sh/v1alpha1', uid: 'x' }],
          },
          spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } },
        }),
      ],
      [],
    ],
    ['the Service has other pods', [idle, service, pod('shop/web-blue')], []],
    [
      'the Service is about something else',
      [idle, object('services', 'shop/db', { spec: { selector: { app: 'db' } } })],
      [],
    ],
    [
      'paused with a change',
      [paused, replicaSet(paused, 'aaa', changed)],
      ['info DeploymentPausedChange Deployment shop/web'],
    ],
    [
      'made paused',
      [
        deployment(
          'shop/web',
          merge(
            { spec: { paused: true } },
            status(
              {
                replicas: undefined,
                updatedReplicas: undefined,
                readyReplicas: undefined,
                availableReplicas: undefined,
              },
              conditions('False', 'DeploymentPaused'),
            ),
          ) as Patch,
        ),
      ],
      ['info DeploymentPausedChange Deployment shop/web'],
    ],
    [
      'paused, and its pods crash',
      family(merge({ spec: { paused: true } }, status(none, conditions('False', 'DeploymentPaused'))) as Patch, [
        waiting('CrashLoopBackOff'),
        waiting('CrashLoopBackOff'),
      ]),
      ['critical DeploymentUnavailable Deployment shop/web'],
    ],
    ['paused without a change', [paused, replicaSet(paused)], []],
    [
      'paused, changed back to a template scaled down',
      [paused, replicaSet(paused, 'aaa', { spec: { replicas: 0 } }), replicaSet(paused, 'bbb', changed)],
      ['info DeploymentPausedChange Deployment shop/web'],
    ],
    ['not paused', [deployment('shop/web'), replicaSet(deployment('shop/web'), 'aaa', changed)], []],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  test('a Service whose other pods cannot be seen is no pointer', () => {
    expect(found(analyzer, [idle, service], { missing: { pods: 'forbidden' } })).toEqual([]);
  });
});

describe('selectors', () => {
  const labelled = (name: string, labels: Patch, selector: Patch, more: Patch = {}) =>
    deployment(
      name,
      merge({ spec: { selector: { matchLabels: selector }, template: { metadata: { labels } } } }, more) as Patch,
    );
  const track = (name: string, own: string) => labelled(name, { app: 'web', track: own }, { app: 'web', track: own });

  test.each<[string, KubeObject[], string[]]>([
    [
      'two with one selector: the younger',
      [deployment('shop/web'), labelled('shop/web2', { app: 'web' }, { app: 'web' }, created('1h'))],
      ['warning DeploymentSelectorOverlap Deployment shop/web2'],
    ],
    [
      'one takes in the other',
      [
        deployment('shop/web'),
        labelled('shop/canary', { app: 'web', track: 'canary' }, { app: 'web', track: 'canary' }),
      ],
      ['warning DeploymentSelectorOverlap Deployment shop/web'],
    ],
    [
      'one takes in a StatefulSet',
      [
        deployment('shop/web'),
        object('statefulsets.apps', 'shop/db', {
          spec: {
            replicas: 1,
            selector: { matchLabels: { role: 'db' } },
            template: { metadata: { labels: { app: 'web', role: 'db' } }, spec: { containers: [] } },
          },
        }),
      ],
      ['warning DeploymentSelectorOverlap Deployment shop/web'],
    ],
    ['canary by tracks', [track('shop/web', 'stable'), track('shop/canary', 'canary')], []],
    ['another namespace', [deployment('shop/web'), deployment('test/web')], []],
    [
      'the other is scaled to zero',
      [
        deployment('shop/web'),
        labelled(
          'shop/web2',
          { app: 'web' },
          { app: 'web' },
          { spec: { replicas: 0 }, status: { replicas: 0, updatedReplicas: 0 } },
        ),
      ],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });
});

describe('a ReplicaSet without a Deployment', () => {
  const bare = (patch: Patch = {}) =>
    object(
      'replicasets.apps',
      'shop/bare',
      merge(
        {
          spec: { replicas: 2, selector: { matchLabels: { app: 'bare' } } },
          status: { replicas: 2, availableReplicas: 2 },
        },
        patch,
      ) as Patch,
    );
  const zero = bare({ status: { availableReplicas: 0 } });
  const one = bare({ status: { availableReplicas: 1 } });
  const at = (set: KubeObject, name: string, patch: Patch) => pod(`shop/${name}`, merge(ownedBy(set), patch) as Patch);

  test.each<[string, KubeObject[], string[]]>([
    [
      'none available',
      [zero, at(zero, 'a', unready('1h')), at(zero, 'b', unready('1h'))],
      ['critical ReplicaSetUnavailable ReplicaSet shop/bare'],
    ],
    [
      'one available',
      [one, at(one, 'a', {}), at(one, 'b', unready('1h'))],
      ['warning ReplicaSetDegraded ReplicaSet shop/bare'],
    ],
    ['all available', [bare()], []],
    ['scaled to zero', [bare({ spec: { replicas: 0 }, status: { replicas: 0, availableReplicas: undefined } })], []],
    ['starting', [zero, at(zero, 'a', young('1m')), at(zero, 'b', young('1m'))], []],
    ['of a Deployment', [replicaSet(deployment('shop/web'), 'x', { status: { availableReplicas: 0 } })], []],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });
});

test('events alone are no finding', () => {
  const objects = family({}, [{}, {}]);
  expect(
    found(analyzer, [...objects, event(objects[1]!, 'FailedCreate', 'Error creating: pods "web-x" is forbidden')]),
  ).toEqual([]);
});
