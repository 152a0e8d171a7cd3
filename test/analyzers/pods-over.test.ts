import { describe, expect, test } from 'vitest';
import { codes } from '../../analyzers/pods/codes.ts';
import pods from '../../analyzers/pods/index.ts';
import { defineAnalyzer } from '../../src/kit.ts';
import {
  ago,
  deployment,
  event,
  merge,
  node,
  object,
  ownedBy,
  type Patch,
  pod,
  replicaSet,
} from '../support/objects.ts';
import { diagnose, drafts, found, links, snapshotOf, story } from '../support/snapshot.ts';
import { over, silentNode } from './pods-support.ts';

const web = deployment('shop/web');
const set = (ready: number, replicas = 2) =>
  replicaSet(web, 'abc', { spec: { replicas }, status: { readyReplicas: ready } });
const low =
  'The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. Container app was using 2Gi, request is 1Gi, has larger consumption of memory. ';

describe('evictions', () => {
  const evicted = (patch: Patch = {}) => over('Evicted', low, patch);

  test('by a node short of memory', () => {
    expect(found(pods, [evicted()])).toEqual(['warning PodEvicted Pod shop/web-1 [memory]']);
    expect(links(pods, [evicted()])).toEqual(['PodEvicted -> run Node n1 (spec.nodeName)']);
    expect(drafts(pods, snapshotOf([evicted()]))[0]?.message).toBe(
      'evicted from node n1, which was short of memory; container app used 2Gi and had requested 1Gi',
    );
  });

  test.each([
    ['The node had condition: [DiskPressure]. ', 'warning PodEvicted Pod shop/web-1 [DiskPressure]'],
    ['The node was low on resource: ephemeral-storage. ', 'warning PodEvicted Pod shop/web-1 [ephemeral-storage]'],
    [undefined, 'warning PodEvicted Pod shop/web-1'],
    [
      'Usage of EmptyDir volume "cache" exceeds the limit "1Gi". ',
      'warning PodStorageLimitExceeded Pod shop/web-1 [cache]',
    ],
    [
      'Container app exceeded its local ephemeral storage limit "1Gi". ',
      'warning PodStorageLimitExceeded Pod shop/web-1 [app]',
    ],
    [
      'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
      'warning PodStorageLimitExceeded Pod shop/web-1',
    ],
  ])('%s', (text, wanted) => {
    expect(found(pods, [over('Evicted', text)])).toEqual([wanted]);
  });

  test('what the pod used itself is not the fault of the node', () => {
    expect(links(pods, [over('Evicted', 'Usage of EmptyDir volume "cache" exceeds the limit "1Gi". ')])).toEqual([]);
  });

  const owned = (name: string, ready: number, patch: Patch = {}) => [
    web,
    set(ready),
    merge(evicted(merge(ownedBy(set(ready)), patch) as Patch), { metadata: { name } }) as ReturnType<typeof pod>,
  ];
  test.each([
    ['replaced', owned('web-a', 2), ['info PodLeftover Pod shop/web-a [Evicted]']],
    ['not replaced', owned('web-a', 1), ['warning PodEvicted Pod shop/web-a [memory]']],
    ['of a ReplicaSet that is gone', owned('web-a', 1).slice(2), ['info PodLeftover Pod shop/web-a [Evicted]']],
  ])('%s', (_, objects, wanted) => {
    expect(found(pods, objects)).toEqual(wanted);
  });

  test('again and again, though replaced', () => {
    const recent = (name: string) => owned(name, 2);
    expect(found(pods, [...recent('web-a'), ...recent('web-b'), ...recent('web-c')])).toEqual(
      ['a', 'b', 'c'].map((name) => `warning PodEvicted Pod shop/web-${name} [memory]`),
    );
  });

  test('of a DaemonSet, replaced on its node or only elsewhere', () => {
    const agent = object('daemonsets.apps', 'agent', { spec: { selector: {}, template: {} } });
    const mine = ownedBy(agent);
    const one = evicted(mine);
    const other = (nodeName: string) => pod('agent-2', merge(mine, { spec: { nodeName } }) as Patch);
    expect(found(pods, [agent, one, other('n1')])).toEqual(['info PodLeftover Pod shop/web-1 [Evicted]']);
    expect(found(pods, [agent, one, other('n2')])).toEqual(['warning PodEvicted Pod shop/web-1 [memory]']);
  });
});

describe('refused and stopped', () => {
  test.each([
    ['UnexpectedAdmissionError', 'warning PodRejectedByNode Pod shop/web-1 [UnexpectedAdmissionError]'],
    ['OutOfcpu', 'warning PodRejectedByNode Pod shop/web-1 [OutOfcpu]'],
    ['OutOfnvidia.com/gpu', 'warning PodRejectedByNode Pod shop/web-1 [OutOfnvidia.com/gpu]'],
    ['NodeAffinity', 'warning PodRejectedByNode Pod shop/web-1 [NodeAffinity]'],
    ['MatchNodeSelector', 'warning PodRejectedByNode Pod shop/web-1 [MatchNodeSelector]'],
    ['TopologyAffinityError', 'warning PodRejectedByNode Pod shop/web-1 [TopologyAffinityError]'],
    ['PodOSNotSupported', 'warning PodRejectedByNode Pod shop/web-1 [PodOSNotSupported]'],
    ['DeadlineExceeded', 'warning PodDeadlineExceeded Pod shop/web-1'],
    ['Terminated', 'info PodNodeShutdown Pod shop/web-1'],
    ['NodeShutdown', 'info PodNodeShutdown Pod shop/web-1'],
  ])('%s', (reason, wanted) => {
    expect(found(pods, [over(reason, 'why not')])).toEqual([wanted]);
  });

  test('a refusal is linked to the node, and is history once replaced', () => {
    expect(links(pods, [over('OutOfcpu')])).toEqual(['PodRejectedByNode -> run Node n1 (spec.nodeName)']);
    expect(found(pods, [web, set(2), over('OutOfcpu', '', ownedBy(set(2)))])).toEqual([
      'info PodLeftover Pod shop/web-1 [OutOfcpu]',
    ]);
  });
});

const endedWith = (exitCode: number, more: Patch = {}): Patch => ({
  spec: { restartPolicy: 'Never' },
  status: {
    containerStatuses: [
      {
        name: 'app',
        ready: false,
        restartCount: 0,
        state: { terminated: { exitCode, reason: 'Error', finishedAt: ago('10m'), ...more } },
      },
    ],
  },
});
const failed = (exitCode: number, owner: Patch = {}, more: Patch = {}) =>
  over(undefined, undefined, merge(endedWith(exitCode, more), owner) as Patch);

describe('pods that failed', () => {
  test.each([
    ['with an error', failed(1), 'warning PodContainerFailed'],
    ['for want of memory', failed(137, {}, { reason: 'OOMKilled' }), 'warning PodOOMKilled'],
    ['stopped', failed(143), 'warning PodContainerFailed'],
  ])('%s', (_, one, wanted) => {
    expect(found(pods, [one])).toEqual([`${wanted} Pod shop/web-1 [app]`]);
  });

  test.each([
    [
      'evicted through the API',
      failed(143, {
        status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }] },
      }),
      [],
    ],
    [
      'of a ReplicaSet that has all it wants',
      failed(143, merge(ownedBy(set(2)), { spec: { restartPolicy: 'Always' } }) as Patch),
      [web, set(2)],
    ],
    [
      'of a ReplicaSet that is scaled down',
      failed(143, merge(ownedBy(set(0, 0)), { spec: { restartPolicy: 'Always' } }) as Patch),
      [web, set(0, 0)],
    ],
    ['without a word', over(undefined), []],
  ])('quiet: %s', (_, one, others) => {
    expect(found(pods, [one, ...others])).toEqual([]);
  });
});

describe('pods of Jobs', () => {
  const cron = (lastSuccessfulTime?: string) =>
    object('cronjobs.batch', 'nightly', {
      spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template: {} } } },
      status: { lastSuccessfulTime },
    });
  const job = (status: Patch, owner: Patch = {}) =>
    object('jobs.batch', 'import', merge({ spec: { template: { spec: { containers: [] } } }, status }, owner) as Patch);
  const is = (type: string) => ({ conditions: [{ type, status: 'True' }], startTime: ago('1d') });
  const mine = (one: ReturnType<typeof job>) => failed(1, ownedBy(one));

  test.each([
    ['that failed', job(is('Failed')), [], 'warning PodContainerFailed'],
    ['that tries a second time', job({ active: 1, failed: 1 }), [], 'info PodContainerFailed'],
    ['that tries again and again', job({ active: 1, failed: 4 }), [], 'warning PodContainerFailed'],
    [
      'whose CronJob has had no success since',
      job(is('Failed'), ownedBy(cron())),
      [cron(ago('3d'))],
      'warning PodContainerFailed',
    ],
  ])('%s', (_, one, others, wanted) => {
    expect(found(pods, [mine(one), one, ...others])).toEqual([`${wanted} Pod shop/web-1 [app]`]);
  });

  const later = job(is('Failed'), ownedBy(cron()));
  test.each([
    ['that succeeded in the end', job(is('Complete')), []],
    ['whose CronJob succeeded later', later, [cron(ago('2h'))]],
  ])('quiet: %s', (_, one, others) => {
    expect(found(pods, [mine(one), one, ...others])).toEqual([]);
  });

  test('a Job that cannot be seen explains nothing away', () => {
    const options = { missing: { 'jobs.batch': 'forbidden' } };
    expect(found(pods, [mine(job({}))], options)).toEqual(['warning PodContainerFailed Pod shop/web-1 [app]']);
  });

  test.each(['Never', 'OnFailure'])('quiet: a pod that ended well, restartPolicy %s', (restartPolicy) => {
    const one = failed(0, { spec: { restartPolicy }, status: { phase: 'Succeeded' } });
    expect(found(pods, [one])).toEqual([]);
  });
});

describe('termination', () => {
  const leaving = (at: string, patch: Patch = {}) =>
    pod('web-1', merge({ metadata: { deletionTimestamp: at, deletionGracePeriodSeconds: 30 } }, patch) as Patch);
  const finalizers = { metadata: { finalizers: ['example.com/hold'] } };

  test.each([
    ['without a reason', [leaving(ago('10m'))], 'warning PodStuckTerminating Pod shop/web-1'],
    [
      'held by a finalizer',
      [leaving(ago('10m'), finalizers)],
      'warning PodStuckTerminating Pod shop/web-1 [example.com/hold]',
    ],
    [
      'that had succeeded, held by a finalizer',
      [leaving(ago('10m'), merge(finalizers, { status: { phase: 'Succeeded' } }) as Patch)],
      'warning PodStuckTerminating Pod shop/web-1 [example.com/hold]',
    ],
    ['on a silent node', [leaving(ago('10m')), silentNode('n1')], 'warning PodStuckTerminating Pod shop/web-1'],
  ])('%s', (_, objects, wanted) => {
    expect(found(pods, objects)).toEqual([wanted]);
  });

  test('a StatefulSet waits for it', () => {
    const db = object('statefulsets.apps', 'db', { spec: { selector: {}, template: {} } });
    expect(found(pods, [db, leaving(ago('20m'), ownedBy(db))])).toEqual([
      'critical PodStuckTerminating Pod shop/web-1',
    ]);
  });

  test('words and links', () => {
    const [one] = drafts(pods, snapshotOf([leaving(ago('10m')), silentNode('n1')]));
    expect(one?.message).toContain('should have been gone for 10m: node n1 is not ready');
    expect(links(pods, [leaving(ago('10m')), silentNode('n1')])).toEqual([
      'PodStuckTerminating -> run Node n1 (spec.nodeName)',
    ]);
    const kill = event(leaving(ago('10m')), 'FailedKillPod', 'error killing pod: context deadline exceeded');
    expect(drafts(pods, snapshotOf([leaving(ago('10m')), node('n1'), kill]))[0]?.message).toContain(
      'error killing pod',
    );
  });

  test.each([
    ['within its grace', leaving(ago('20s'))],
    ['a moment after it', leaving(ago('100s'))],
    ['in a grace still to come', leaving('2026-03-01T12:05:00Z')],
    ['in a long grace', leaving(ago('5m'), { metadata: { deletionGracePeriodSeconds: 600 } })],
    [
      'though its containers crash',
      leaving(ago('20s'), {
        status: { containerStatuses: [{ name: 'app', state: { terminated: { exitCode: 143 } }, restartCount: 0 }] },
      }),
    ],
  ])('quiet: %s', (_, one) => {
    expect(found(pods, [one])).toEqual([]);
  });
});

test.each([
  ['phase Unknown', { phase: 'Unknown' }],
  ['a lost node', { reason: 'NodeLost' }],
  ['a pod that failed with its node', { phase: 'Failed', reason: 'NodeLost' }],
])('%s', (_, status) => {
  const one = pod('web-1', { status });
  expect(found(pods, [one])).toEqual(['critical PodUnknown Pod shop/web-1']);
  expect(links(pods, [one])).toEqual(['PodUnknown -> run Node n1 (spec.nodeName)']);
});

test('replicas are one finding on their Deployment', () => {
  const rs = set(0);
  const crashed = (name: string) =>
    pod(
      name,
      merge(ownedBy(rs), {
        status: {
          containerStatuses: [
            {
              name: 'app',
              restartCount: 4,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: { terminated: { exitCode: 1 } },
            },
          ],
        },
      }) as Patch,
    );
  expect(story(diagnose([pods], [web, rs, crashed('web-a'), crashed('web-b')]))).toEqual([
    'critical PodCrashLoop Deployment shop/web [app]',
  ]);
});

describe('with the findings of others', () => {
  const nodeDown = defineAnalyzer({
    id: 'stub',
    title: 'Stub',
    reads: ['nodes'],
    kinds: ['Node'],
    codes: { NodeDown: { severity: 'critical', title: 'Node down', breaks: ['run'] } },
    settings: {},
    runbook: '',
    *analyze() {
      const n1 = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
      yield { code: 'NodeDown', object: n1, message: 'down', evidence: [] };
    },
  });

  test('a dead node explains what is lost with it, not what is broken in itself', () => {
    const lost = pod('lost', {
      status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('5m') }] },
    });
    const leaving = pod('leaving', { metadata: { deletionTimestamp: ago('10m') } });
    const broken = pod('broken', {
      status: {
        containerStatuses: [
          {
            name: 'app',
            restartCount: 4,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 1 } },
          },
        ],
      },
    });
    expect(story(diagnose([nodeDown, pods], [silentNode('n1'), lost, leaving, broken])).toSorted()).toEqual([
      '  warning PodNotReady Pod shop/lost',
      '  warning PodStuckTerminating Pod shop/leaving',
      'critical NodeDown Node n1',
      'critical PodCrashLoop Pod shop/broken [app]',
    ]);
  });

  test('a record explains nothing', () => {
    expect(codes.PodLeftover).not.toHaveProperty('breaks');
  });
});

test('the runbook is given the workload that can be rolled back, where there is one', () => {
  const crash = {
    status: {
      containerStatuses: [
        {
          name: 'app',
          restartCount: 4,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1 } },
        },
      ],
    },
  };
  const owned = pod('web-a', merge(ownedBy(set(0)), crash) as Patch);
  expect(drafts(pods, snapshotOf([web, set(0), owned]))[0]?.values).toHaveProperty('workload', 'deployment/web');
  expect(drafts(pods, snapshotOf([pod('web-a', crash)]))[0]?.values).not.toHaveProperty('workload');
});
