import { describe, expect, test } from 'vitest';
import analyzer from '../../analyzers/workloads/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, merge, node, object, ownedBy, type Patch, pod, template, written } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';

const both = (one: Patch, other: Patch) => merge(one, other) as Patch;

/** A StatefulSet `db` of three replicas, with the pods given by ordinal (undefined: does not exist). */
function db(patch: Patch, pods: (Patch | undefined)[] = [{}, {}, {}]): KubeObject[] {
  const healthy = {
    metadata: { generation: 1 },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      template: template('db'),
    },
    status: {
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      currentRevision: 'db-1',
      updateRevision: 'db-1',
    },
  };
  const set = object('statefulsets.apps', 'shop/db', both(healthy, patch));
  const revision = { metadata: { labels: { 'controller-revision-hash': 'db-1' } } };
  return [
    set,
    node('n1'),
    object('services', 'shop/db', { spec: { clusterIP: 'None', selector: { app: 'db' } } }),
    ...pods.flatMap((one, index) =>
      one === undefined ? [] : pod(`shop/db-${index}`, both(both(ownedBy(set), revision), one)),
    ),
  ];
}

const counts = (ready: number, more: Patch = {}): Patch => ({
  status: { readyReplicas: ready, availableReplicas: ready, ...more },
});
const unready = (since = '30m'): Patch => ({
  metadata: { creationTimestamp: ago(since) },
  status: { startTime: ago(since), conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(since) }] },
});
const crash = both(unready(), {
  status: {
    containerStatuses: [
      { name: 'app', ready: false, restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    ],
  },
});
const newer: Patch = { metadata: { labels: { 'controller-revision-hash': 'db-2' } } };
const updating = { currentRevision: 'db-1', updateRevision: 'db-2', updatedReplicas: 1 };

describe('a StatefulSet that lacks replicas', () => {
  test.each<[string, KubeObject[], string[]]>([
    [
      'the first is not ready, the others are not made',
      db(counts(0), [crash, undefined, undefined]),
      ['critical StatefulSetUnavailable StatefulSet shop/db'],
    ],
    [
      'no pod exists',
      db(counts(0), [undefined, undefined, undefined]),
      ['critical StatefulSetUnavailable StatefulSet shop/db'],
    ],
    [
      'the second blocks the third',
      db(counts(1), [{}, crash, undefined]),
      ['critical StatefulSetDegraded StatefulSet shop/db'],
    ],
    ['one of three', db(counts(2), [{}, crash, {}]), ['warning StatefulSetDegraded StatefulSet shop/db']],
    [
      'one of three, in parallel',
      db(both({ spec: { podManagementPolicy: 'Parallel' } }, counts(1)), [{}, crash, undefined]),
      ['warning StatefulSetDegraded StatefulSet shop/db'],
    ],
    [
      'the updated one does not become ready',
      db(counts(2, updating), [{}, {}, both(crash, newer)]),
      ['warning StatefulSetRolloutStuck StatefulSet shop/db'],
    ],
    [
      'rolled back, but the broken pod is of the revision between',
      db(counts(2, { updateRevision: 'db-3' }), [{}, {}, both(crash, newer)]),
      ['warning StatefulSetRevisionBlocked StatefulSet shop/db'],
    ],
    [
      'the cure waits for the only pod',
      db(both({ spec: { replicas: 1 } }, counts(0, { updateRevision: 'db-2' })), [crash]),
      ['critical StatefulSetRevisionBlocked StatefulSet shop/db'],
    ],
    [
      'a pod that stays in deletion',
      db(counts(2), [{}, both(unready('1h'), { metadata: { deletionTimestamp: ago('40m') } }), {}]),
      ['warning StatefulSetDegraded StatefulSet shop/db'],
    ],
    [
      'changed half a minute ago, after an hour without one of three',
      db(both(written('30s'), counts(2)), [{}, unready('1h'), {}]),
      ['warning StatefulSetDegraded StatefulSet shop/db'],
    ],
    [
      'scaled up ten minutes ago, and nothing was made',
      db(both(written('10m'), counts(2)), [{}, {}, undefined]),
      ['warning StatefulSetDegraded StatefulSet shop/db'],
    ],
    [
      'a rolling update that stands still',
      db(counts(3, updating), [{}, {}, newer]),
      ['warning StatefulSetRolloutStuck StatefulSet shop/db'],
    ],
    [
      'a billion replicas, by mistake',
      db(both({ spec: { replicas: 1_000_000_000 } }, counts(3))),
      ['critical StatefulSetDegraded StatefulSet shop/db'],
    ],
    [
      'ordinals that start at five',
      db({ spec: { ordinals: { start: 5 }, replicas: 1 }, status: { readyReplicas: 0, availableReplicas: 0 } }, [
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        crash,
      ]),
      ['critical StatefulSetUnavailable StatefulSet shop/db'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  test('names the one that blocks', () => {
    const [draft] = drafts(analyzer, snapshotOf(db(counts(1), [{}, crash, undefined])));
    expect(draft?.message).toBe(
      '1 of 3 replicas are ready; db-1 is not ready (CrashLoopBackOff), and db-2 come after it',
    );
    expect(draft?.values).toEqual({ blocker: 'db-1' });
    expect(draft?.since).toBe(ago('30m'));
    const silent = { status: { conditions: [{ type: 'Ready', status: 'False' }] } };
    const [other] = drafts(analyzer, snapshotOf(db(counts(1), [{}, silent, undefined])));
    expect(other?.message).toBe('1 of 3 replicas are ready; db-1 is not ready, and db-2 come after it');
  });

  test('is found where its pods cannot be read', () => {
    expect(found(analyzer, db(counts(1), []), { missing: { pods: 'forbidden' } })).toEqual([
      'warning StatefulSetDegraded StatefulSet shop/db',
    ]);
  });

  test.each<[string, KubeObject[], string[]]>([
    [
      'claims of what was not placed, by template and ordinal',
      db(both({ spec: { replicas: 1, volumeClaimTemplates: [{ metadata: { name: 'data' } }] } }, counts(0)), [
        both(crash, { spec: { nodeName: '' } }),
      ]),
      [
        'StatefulSetUnavailable -> bind PersistentVolumeClaim shop/data-db-0 (spec.volumeClaimTemplates[0].metadata.name)',
      ],
    ],
    [
      'nodes that are not ready',
      [
        ...db(counts(2), [{}, unready('1h'), {}]),
        node('n1', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }),
      ],
      ['StatefulSetDegraded -> run Node n1 (spec.nodeName)'],
    ],
    [
      'a governing Service that is missing',
      db(counts(2), [{}, crash, {}]).filter(({ kind }) => kind !== 'Service'),
      ['StatefulSetDegraded -> resolve Service shop/db (spec.serviceName)'],
    ],
    [
      'what refuses pods that do not exist',
      [...db(counts(0), [undefined, undefined, undefined])],
      [
        'StatefulSetUnavailable -> ready StatefulSet shop/db (status.replicas)',
        'StatefulSetUnavailable -> scale Lease kube-system/kube-controller-manager (status.replicas)',
      ],
    ],
  ])('links %s', (_, objects, expected) => {
    expect(links(analyzer, objects)).toEqual(expected);
  });

  test.each<[string, KubeObject[]]>([
    [
      'below the partition',
      db(
        both({ spec: { updateStrategy: { rollingUpdate: { partition: 2 } } } }, counts(2, { updateRevision: 'db-2' })),
        [{}, crash, newer],
      ),
    ],
    [
      'in parallel',
      db(both({ spec: { podManagementPolicy: 'Parallel' } }, counts(2, { updateRevision: 'db-2' })), [
        {},
        crash,
        newer,
      ]),
    ],
    [
      'being deleted',
      db(counts(2, { updateRevision: 'db-2' }), [
        {},
        both(crash, { metadata: { deletionTimestamp: ago('30m') } }),
        newer,
      ]),
    ],
    ['of the newest revision', db(counts(2), [{}, crash, {}])],
  ])('a pod %s is no trap of revisions', (_, objects) => {
    expect(found(analyzer, objects)).toEqual(['warning StatefulSetDegraded StatefulSet shop/db']);
  });

  test('two that are missing in the middle of an update are found though pods cannot be read', () => {
    expect(found(analyzer, db(counts(1, updating), []), { missing: { pods: 'forbidden' } })).toEqual([
      'warning StatefulSetDegraded StatefulSet shop/db',
    ]);
  });

  test('the first pod counts in an update that stands still', () => {
    expect(drafts(analyzer, snapshotOf(db(counts(3, updating), [{}, newer, newer])))[0]?.message).toMatch(
      /stands still: 1 of 3 pods/,
    );
  });

  test('an empty name of the governing Service is no link', () => {
    expect(links(analyzer, db(both({ spec: { serviceName: '' } }, counts(2)), [{}, crash, {}]))).toEqual([]);
  });

  test('a pod on a dead node is no trap of revisions', () => {
    const dead = node('n1', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
    const objects = [
      ...db(both({ spec: { replicas: 1 } }, counts(0, { updateRevision: 'db-2' })), [unready('1h')]),
      dead,
    ];
    expect(found(analyzer, objects)).toEqual(['critical StatefulSetUnavailable StatefulSet shop/db']);
  });
});

describe('a StatefulSet that is all right', () => {
  test.each<[string, KubeObject[], string[]?]>([
    ['all ready', db({})],
    [
      'just created',
      db(both({ metadata: { creationTimestamp: ago('30s') } }, counts(0)), [unready('20s'), undefined, undefined]),
    ],
    ['no status yet', db({ metadata: { creationTimestamp: ago('5s') }, status: undefined }, [])],
    [
      'one after the other: the second starts',
      db(both({ metadata: { creationTimestamp: ago('6m') } }, counts(1)), [{}, unready('1m'), undefined]),
    ],
    [
      'the last one became ready a moment ago',
      db(counts(1), [
        { status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago('5s') }] } },
        undefined,
        undefined,
      ]),
    ],
    ['mid-update, the updated one starts', db(counts(2, updating), [{}, {}, both(unready('1m'), newer)])],
    [
      'mid-update, the old one is ending',
      db(counts(2, updating), [
        {},
        both(unready('20s'), { metadata: { creationTimestamp: ago('2d'), deletionTimestamp: ago('10s') } }),
        newer,
      ]),
    ],
    ['mid-update, pods cannot be read', db(counts(2, updating), [])],
    [
      'mid-update, an updated pod was made five minutes ago',
      db(counts(3, updating), [{}, {}, both(newer, { metadata: { creationTimestamp: ago('5m') } })]),
    ],
    [
      'a partition keeps the old ones',
      db(both({ spec: { updateStrategy: { rollingUpdate: { partition: 2 } } } }, counts(3, updating)), [{}, {}, newer]),
    ],
    [
      'OnDelete with old pods is information',
      db(both({ spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: undefined } } }, counts(3, updating)), [
        {},
        {},
        newer,
      ]),
      ['info StatefulSetUpdatePending StatefulSet shop/db'],
    ],
    [
      'slow start that its startup probe allows',
      db(counts(2), [
        {},
        both(unready('12m'), {
          spec: { containers: [{ name: 'app', startupProbe: { periodSeconds: 10, failureThreshold: 120 } }] },
        }),
        {},
      ]),
    ],
    [
      'scaled to zero',
      db({ spec: { replicas: 0 }, status: { replicas: 0, readyReplicas: 0, availableReplicas: 0 } }, []),
      ['info StatefulSetScaledToZero StatefulSet shop/db'],
    ],
    [
      'scaled to zero, and nobody points at it',
      db({ spec: { replicas: 0 }, status: { replicas: 0, readyReplicas: 0 } }, []).filter(
        ({ kind }) => kind !== 'Service',
      ),
    ],
    ['being deleted', db(both({ metadata: { deletionTimestamp: ago('3m') } }, counts(0)), [])],
    ['scaled up a moment ago', db(both(written('10s'), counts(2)), [{}, {}, undefined])],
    [
      'its Service is not headless',
      [...db({}), object('services', 'shop/db', { spec: { clusterIP: '10.0.0.1' } })],
      ['info StatefulSetServiceNotHeadless StatefulSet shop/db'],
    ],
    ['without a Service', db({ spec: { serviceName: undefined } })],
  ])('%s', (_, objects, expected = []) => {
    const missing =
      objects.some(({ kind }) => kind === 'Pod') || !_.includes('cannot be read') ? {} : { pods: 'forbidden' };
    expect(found(analyzer, objects, { missing })).toEqual(expected);
  });
});

describe('a change that no controller has acted on', () => {
  test.each([
    [
      'StatefulSet',
      db({ metadata: { generation: 2, managedFields: [{ time: ago('10m'), fieldsV1: { 'f:spec': {} } }] } }),
      ['critical StatefulSetNotObserved StatefulSet shop/db'],
    ],
    [
      'StatefulSet just now',
      db({ metadata: { generation: 2, managedFields: [{ time: ago('10s'), fieldsV1: { 'f:spec': {} } }] } }),
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });
});

describe('a ReplicationController', () => {
  const rc = (ready: number, patch: Patch = {}) =>
    object(
      'replicationcontrollers',
      'shop/old',
      both({ spec: { replicas: 2, template: template('old') }, status: { replicas: 2, readyReplicas: ready } }, patch),
    );
  const make = (ready: number, pods: Patch[], patch: Patch = {}) => {
    const owner = rc(ready, patch);
    return [owner, ...pods.map((one, index) => pod(`shop/old-${index}`, both(ownedBy(owner), one)))];
  };
  test.each<[string, KubeObject[], string[]]>([
    [
      'none ready',
      make(0, [crash, crash]),
      ['critical ReplicationControllerUnavailable ReplicationController shop/old'],
    ],
    ['one ready', make(1, [{}, crash]), ['warning ReplicationControllerDegraded ReplicationController shop/old']],
    ['all ready', make(2, [{}, {}]), []],
    [
      'one refused',
      make(1, [{}], { status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }] } }),
      ['warning ReplicationControllerDegraded ReplicationController shop/old'],
    ],
    ['no pod at all', make(0, []), ['critical ReplicationControllerUnavailable ReplicationController shop/old']],
    ['one is made this second', make(1, [{}]), []],
    ['being deleted', make(0, [], { metadata: { deletionTimestamp: ago('5m') } }), []],
    ['one starting', make(1, [{}, unready('30s')]), []],
    ['scaled to zero', make(0, [], { spec: { replicas: 0 } }), []],
    ['just created', make(0, [], { metadata: { creationTimestamp: ago('10s') } }), []],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });
});

describe('a name that is taken', () => {
  const message = (objects: KubeObject[]) => drafts(analyzer, snapshotOf(objects))[0]?.message ?? '';
  const lacking = db(counts(0), [undefined, undefined, undefined]);
  test('keeps the pod from being made', () => {
    expect(message([...lacking, pod('shop/db-0')])).toContain(
      'db-0 cannot be made, for a pod that is not its own has that name, and db-1, db-2 come after it',
    );
  });
  test.each([
    ['free', lacking],
    ['of another namespace', [...lacking, pod('other/db-0')]],
  ])('%s', (_, objects) => {
    expect(message(objects)).toContain('db-0 does not exist');
  });
});
