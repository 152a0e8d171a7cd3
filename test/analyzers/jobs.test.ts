import { describe, expect, test } from 'vitest';
import analyzer from '../../analyzers/workloads/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, event, merge, node, object, ownedBy, type Patch, pod, template, written } from '../support/objects.ts';
import { diagnose, drafts, found, links, snapshotOf, story } from '../support/snapshot.ts';

const both = (one: Patch, other: Patch) => merge(one, other) as Patch;

const cron = (patch: Patch = {}) =>
  object(
    'cronjobs.batch',
    'shop/nightly',
    both(
      {
        metadata: { creationTimestamp: ago('30d') },
        spec: {
          schedule: '0 * * * *',
          concurrencyPolicy: 'Allow',
          jobTemplate: { spec: { template: template('nightly') } },
        },
        status: { lastScheduleTime: ago('0m'), lastSuccessfulTime: ago('0s') },
      },
      patch,
    ),
  );

/** A Job that runs since `began`. */
function job(name: string, began: string, patch: Patch = {}, owner?: KubeObject) {
  const running = {
    metadata: { creationTimestamp: ago(began) },
    spec: { parallelism: 1, completions: 1, backoffLimit: 6, template: template(name) },
    status: { startTime: ago(began), active: 1 },
  };
  return object('jobs.batch', `shop/${name}`, both(both(running, owner === undefined ? {} : ownedBy(owner)), patch));
}

const failed = (since: string, reason = 'BackoffLimitExceeded'): Patch => ({
  status: {
    active: 0,
    failed: 7,
    conditions: [
      {
        type: 'Failed',
        status: 'True',
        reason,
        message: 'Job has reached the specified backoff limit',
        lastTransitionTime: ago(since),
      },
    ],
  },
});
const complete = (since: string): Patch => ({
  status: {
    active: 0,
    succeeded: 1,
    completionTime: ago(since),
    conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ago(since) }],
  },
});
const at = (owner: KubeObject, name: string, patch: Patch = {}) => pod(`shop/${name}`, both(ownedBy(owner), patch));
const exited: Patch = {
  status: {
    phase: 'Failed',
    containerStatuses: [
      { name: 'app', ready: false, restartCount: 0, state: { terminated: { exitCode: 3, reason: 'Error' } } },
    ],
  },
};
const pending = (since: string): Patch => ({
  metadata: { creationTimestamp: ago(since) },
  spec: { nodeName: '' },
  status: {
    phase: 'Pending',
    containerStatuses: [],
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
  },
});

describe('a failed Job', () => {
  const own = job('migrate', '1h', failed('50m'));
  test.each<[string, KubeObject[], string[]]>([
    ['of its own', [own, at(own, 'migrate-a', exited)], ['critical JobFailed Job shop/migrate']],
    ['of its own, long ago', [job('migrate', '3d', failed('2d'))], ['warning JobFailed Job shop/migrate']],
    [
      'of a schedule, the last run',
      [cron(), job('n-1', '2h', complete('2h'), cron()), job('n-2', '1h', failed('50m'), cron())].map((one) =>
        one.kind === 'CronJob' ? cron({ status: { lastScheduleTime: ago('1h'), lastSuccessfulTime: ago('2h') } }) : one,
      ),
      ['critical JobFailed Job shop/n-2'],
    ],
    [
      'of a schedule, a later run succeeded',
      [cron(), job('n-1', '2h', failed('2h'), cron()), job('n-2', '1h', complete('50m'), cron())],
      ['info JobFailed Job shop/n-1'],
    ],
    [
      'of a schedule, a later success is gone',
      [
        cron({ status: { lastScheduleTime: ago('5m'), lastSuccessfulTime: ago('4m') } }),
        job('n-1', '2h', failed('2h'), cron()),
      ],
      ['info JobFailed Job shop/n-1'],
    ],
    [
      'of a schedule that was suspended since, long ago',
      [cron({ spec: { suspend: true } }), job('n-1', '3d', failed('2d'), cron({}))].map((one) =>
        one.kind === 'CronJob' ? cron({ spec: { suspend: true }, status: { lastSuccessfulTime: ago('5d') } }) : one,
      ),
      ['info CronJobSuspended CronJob shop/nightly', 'warning JobFailed Job shop/n-1'],
    ],
    [
      'of a schedule that is gone, long ago',
      [job('n-1', '2d', failed('2d'), cron())],
      ['warning JobFailed Job shop/n-1'],
    ],
    ['being deleted', [job('migrate', '1h', both(failed('50m'), { metadata: { deletionTimestamp: ago('1m') } }))], []],
    ['completed', [job('migrate', '1h', complete('50m'))], []],
    [
      'with retries left',
      [
        job('migrate', '10m', { status: { failed: 2 } }),
        at(job('migrate', '10m'), 'migrate-a', exited),
        at(job('migrate', '10m'), 'migrate-b'),
      ],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  test('of a schedule that cannot be read is taken for its last run', () => {
    const missing = { 'cronjobs.batch': 'forbidden' };
    expect(found(analyzer, [job('n-1', '2d', failed('2d'), cron())], { missing })).toEqual([
      'critical JobFailed Job shop/n-1',
    ]);
  });

  test('tells how its last pod ended', () => {
    const [draft] = drafts(analyzer, snapshotOf([own, at(own, 'migrate-a', exited)]));
    expect(draft?.message).toBe('it failed: BackoffLimitExceeded; container app ended with exit code 3');
    expect(draft?.since).toBe(ago('50m'));
  });

  test('two of one schedule are one incident of the CronJob', () => {
    const owner = cron({ status: { lastScheduleTime: ago('1h'), lastSuccessfulTime: ago('1d') } });
    const objects = [owner, job('n-1', '2h', failed('2h'), owner), job('n-2', '1h', failed('50m'), owner)];
    expect(story(diagnose([analyzer], objects))).toEqual(['critical JobFailed CronJob shop/nightly']);
  });
});

describe('a Job under way', () => {
  const held = job('load', '20m');
  const slow = job('n-3', '3h', {}, cron());
  test.each<[string, KubeObject[], string[]]>([
    ['none of its pods is scheduled', [held, at(held, 'load-a', pending('15m'))], ['warning JobStuck Job shop/load']],
    [
      'its container is restarted in place and crashes',
      [
        held,
        at(held, 'load-a', {
          metadata: { creationTimestamp: ago('20m') },
          status: {
            containerStatuses: [
              { name: 'app', ready: false, restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff' } } },
            ],
          },
        }),
      ],
      ['warning JobStuck Job shop/load'],
    ],
    ['it never had a pod', [job('load', '20m', { status: { active: 0 } })], ['warning JobStuck Job shop/load']],
    [
      'ten times slower than any run before',
      [
        cron({ status: { active: [{ name: 'n-3' }], lastScheduleTime: ago('0m') } }),
        job('n-1', '5h', complete('295m'), cron()),
        slow,
        at(slow, 'n-3-a'),
      ],
      ['warning JobStuck Job shop/n-3'],
    ],
    [
      'suspended',
      [job('load', '20m', { spec: { suspend: true }, status: { active: 0 } })],
      ['info JobSuspended Job shop/load'],
    ],
    [
      'decided, its pods linger',
      [
        job('load', '1h', {
          status: {
            conditions: [
              { type: 'FailureTarget', status: 'True', reason: 'DeadlineExceeded', lastTransitionTime: ago('20m') },
            ],
          },
        }),
      ],
      ['info JobPodsLinger Job shop/load'],
    ],
    ['runs', [held, at(held, 'load-a')], []],
    ['just started', [job('load', '1m', { status: { active: 0 } })], []],
    ['its pod is starting', [held, at(held, 'load-a', pending('1m'))], []],
    [
      'parallel, one of three waits',
      [
        job('load', '1h', { spec: { parallelism: 3, completions: 9 }, status: { active: 3, succeeded: 4 } }),
        at(held, 'load-a'),
        at(held, 'load-b'),
        at(held, 'load-c', pending('20m')),
      ],
      [],
    ],
    ['waits for its next try', [job('load', '20m', { status: { active: 0, failed: 3 } })], []],
    [
      'a new pod of the last run that takes its time',
      [
        job('n-1', '3h', complete('60m'), cron()),
        job('n-2', '100m', {}, cron()),
        at(job('n-2', '1h', {}, cron()), 'n-2-a'),
      ],
      [],
    ],
    [
      'another controller runs it',
      [job('load', '20m', { spec: { managedBy: 'kueue.x-k8s.io/multikueue' }, status: { active: 0 } })],
      [],
    ],
    [
      'decided a moment ago',
      [
        job('load', '1h', {
          status: { conditions: [{ type: 'SuccessCriteriaMet', status: 'True', lastTransitionTime: ago('10s') }] },
        }),
        at(held, 'load-a'),
      ],
      [],
    ],
    ['parallelism zero', [job('load', '1h', { spec: { parallelism: 0 }, status: { active: 0 } })], []],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, [...objects, node('n1')])).toEqual(expected);
  });

  test('pods that cannot be read prove nothing', () => {
    const none = job('load', '20m', { status: { active: 0 } });
    expect(found(analyzer, [none], { missing: { pods: 'forbidden' } })).toEqual([]);
  });

  test('without a pod it is linked to what refuses them', () => {
    expect(links(analyzer, [job('load', '20m', { status: { active: 0 } })])).toEqual([
      'JobStuck -> ready Job shop/load (status.active)',
      'JobStuck -> scale Lease kube-system/kube-controller-manager (status.active)',
    ]);
  });
});

// The tests' now is 12:00 UTC on a Sunday.
describe('a CronJob', () => {
  const ran = (last: string, more: Patch = {}): Patch => ({
    status: { lastScheduleTime: ago(last), lastSuccessfulTime: ago(last), ...more },
  });
  const missed = ['warning CronJobMissed CronJob shop/nightly'];
  const invalid = ['warning CronJobScheduleInvalid CronJob shop/nightly'];
  const hourly = (last: string) => cron(ran(last));
  const forbid = (last: string, name: string) =>
    cron({
      spec: { schedule: '*/10 * * * *', concurrencyPolicy: 'Forbid' },
      status: { lastScheduleTime: ago(last), lastSuccessfulTime: ago('1d'), active: [{ name }] },
    });
  const hung = (name: string, began: string) => [
    forbid(began, name),
    job(name, began, {}, cron()),
    at(job(name, began), `${name}-a`),
  ];
  const stopped = {
    status: { lastScheduleTime: ago('2h'), lastSuccessfulTime: ago('1d') },
    spec: { schedule: '0 */2 * * *' },
  };

  test.each<[string, KubeObject[], string[]]>([
    ['missed three hours', [hourly('3h')], missed],
    ['never ran since its creation', [cron({ metadata: { creationTimestamp: ago('5h') }, status: undefined })], missed],
    [
      'missed, though it has a starting deadline',
      [cron(both({ spec: { startingDeadlineSeconds: 200 } }, ran('3h')))],
      missed,
    ],
    ['a schedule that nobody can read', [cron({ spec: { schedule: '0 25 * * *' } })], invalid],
    ['an unknown time zone', [cron({ spec: { timeZone: 'Europe/Berlim' } })], invalid],
    ['a day that never comes', [cron({ spec: { schedule: '0 0 31 2 *' } })], invalid],
    [
      'the controller cannot read it',
      [hourly('10m'), event(cron(), 'UnknownTimeZone', 'invalid timeZone: "Foo/Bar": unknown time zone')],
      invalid,
    ],
    ['the last run failed and is gone', [cron(stopped)], ['critical CronJobFailing CronJob shop/nightly']],
    ['skipped again and again', hung('n-9', '2h'), ['warning CronJobBlocked CronJob shop/nightly']],
    ['suspended', [cron(both({ spec: { suspend: true } }, ran('3d')))], ['info CronJobSuspended CronJob shop/nightly']],
    ['missed, and runs may not overlap', [cron(both({ spec: { concurrencyPolicy: 'Forbid' } }, ran('3h')))], missed],
    [
      'missed, while an earlier run that may overlap goes on',
      [
        cron(both(ran('3h'), { status: { active: [{ name: 'n-1' }] } })),
        job('n-1', '3h', {}, cron()),
        at(job('n-1', '3h'), 'n-1-a'),
      ],
      missed,
    ],
    [
      'the last run is gone, the last success is still there',
      [cron(stopped), job('n-1', '1d', complete('23h'), cron())],
      ['critical CronJobFailing CronJob shop/nightly'],
    ],
    [
      'without times of success, as before 1.21',
      [
        cron({ ...stopped, status: { lastScheduleTime: ago('2h'), lastSuccessfulTime: undefined } }),
        job('n-1', '1d', complete('23h'), cron()),
      ],
      [],
    ],
    ['on time', [hourly('59m')], []],
    ['due this minute', [hourly('60m')], []],
    ['late by less than a period', [hourly('100m')], []],
    ['newly made, not due yet', [cron({ metadata: { creationTimestamp: ago('40m') }, status: undefined })], []],
    ['weekly, not due', [cron(both({ spec: { schedule: '@weekly' } }, ran('13h')))], []],
    [
      'in its own time zone not due',
      [cron(both({ spec: { schedule: '0 6 * * *', timeZone: 'America/New_York' } }, ran('25h')))],
      [],
    ],
    ['changed a moment ago', [cron(both(written('5m'), ran('9d')))], []],
    [
      'the controller once could not read it, and has run it since',
      [hourly('0m'), event(cron(), 'UnknownTimeZone', 'invalid timeZone', { lastTimestamp: ago('50m') })],
      [],
    ],
    ['the last run succeeded', [cron(both(stopped, { status: { lastSuccessfulTime: ago('110m') } }))], []],
    [
      'the last run failed, its Job tells',
      [cron(stopped), job('n-1', '2h', failed('1h'), cron())],
      ['critical JobFailed Job shop/n-1'],
    ],
    [
      'the last run is under way',
      [
        cron(both(stopped, { status: { active: [{ name: 'n-1' }] } })),
        job('n-1', '2h', {}, cron()),
        at(job('n-1', '2h'), 'n-1-a'),
      ],
      [],
    ],
    ['a long run skips one', hung('n-9', '15m'), []],
    ['a long run, no longer than usual', [...hung('n-9', '2h'), job('n-1', '10h', complete('490m'), cron())], []],
    ['being deleted', [cron(both({ metadata: { deletionTimestamp: ago('3m') } }, ran('3d')))], []],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, [...objects, node('n1')])).toEqual(expected);
  });

  test('Jobs that cannot be read prove no failure', () => {
    expect(found(analyzer, [cron(stopped)], { missing: { 'jobs.batch': 'forbidden' } })).toEqual([]);
  });

  test.each([
    [5, true],
    [10, false],
  ])('a starting deadline of %d seconds', (startingDeadlineSeconds, told) => {
    const [one] = drafts(analyzer, snapshotOf([cron(both({ spec: { startingDeadlineSeconds } }, ran('3h')))]));
    expect(one?.message.includes(`startingDeadlineSeconds ${startingDeadlineSeconds}`)).toBe(told);
  });

  test('says which run was missed and what refuses it', () => {
    const refused = event(
      cron(),
      'FailedCreate',
      'Error creating job: jobs.batch "nightly-29" is forbidden: exceeded quota: team, requested: count/jobs.batch=1, used: count/jobs.batch=5, limited: count/jobs.batch=5',
    );
    const objects = [hourly('3h'), refused];
    expect(drafts(analyzer, snapshotOf(objects))[0]?.message).toMatch(
      /^the run due at 2026-03-01T10:00:00Z did not start, nor any since: .*exceeded quota: team/,
    );
    expect(links(analyzer, objects)).toEqual([
      'CronJobMissed -> admit ResourceQuota shop/team (events[reason=FailedCreate].message)',
      'CronJobMissed -> scale Lease kube-system/kube-controller-manager (status.lastScheduleTime)',
    ]);
  });
});

test('the commands about a run of a CronJob name the run', () => {
  const values = (objects: KubeObject[]) =>
    drafts(analyzer, snapshotOf([cron(), ...objects])).map((draft) => [draft.code, draft.values?.['job']]);
  expect(values([job('n-1', '2h', failed('1h'), cron())])).toEqual([['JobFailed', 'n-1']]);
  expect(values([job('n-2', '20m', { status: { active: 0 } }, cron())])).toEqual([['JobStuck', 'n-2']]);
});
