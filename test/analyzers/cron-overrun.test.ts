import { describe, expect, test } from 'vitest';
import analyzer from '../../analyzers/workloads/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, merge, object, ownedBy, type Patch, pod, template, written } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';

const overrun = ['warning CronJobOverrun CronJob shop/sync'];

/** A CronJob due every ten minutes, three weeks old, that started a run just now. */
function sync(policy: string, underWay: number, patch: Patch = {}): KubeObject {
  const active = Array.from({ length: underWay }, (_, index) => ({ name: `sync-${index}` }));
  const base = {
    metadata: { creationTimestamp: ago('21d') },
    spec: {
      schedule: '*/10 * * * *',
      concurrencyPolicy: policy,
      jobTemplate: { spec: { template: template('sync') } },
    },
    status: { active, lastScheduleTime: ago('1m'), lastSuccessfulTime: ago('26h') },
  };
  return object('cronjobs.batch', 'shop/sync', merge(base, patch) as Patch);
}

/** Its runs, each with a pod that runs; one is made every ten minutes. */
function runs(owner: KubeObject, count: number, status: Patch = {}): KubeObject[] {
  return Array.from({ length: count }, (_, index) => {
    const began = ago(`${index * 10 + 1}m`);
    const job = object(
      'jobs.batch',
      `shop/sync-${index}`,
      merge(ownedBy(owner), {
        metadata: { creationTimestamp: began },
        spec: { template: template('sync') },
        status: { active: 1, startTime: began, ...status },
      }) as Patch,
    );
    return [job, pod(`shop/sync-${index}-a`, merge(ownedBy(job), { metadata: { creationTimestamp: began } }) as Patch)];
  }).flat();
}

const family = (policy: string, count: number, patch: Patch = {}) => {
  const owner = sync(policy, count, patch);
  return [owner, ...runs(owner, count)];
};
const never: Patch = { status: { lastSuccessfulTime: undefined } };
const failed = { conditions: [{ type: 'Failed', status: 'True', reason: 'x', lastTransitionTime: ago('5m') }] };
const complete = {
  active: 0,
  completionTime: ago('25m'),
  conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ago('25m') }],
};

describe('runs that do not come to their end', () => {
  test.each<[string, KubeObject[]]>([
    ['each replaces the one before', family('Replace', 1)],
    ['none has ever succeeded', family('Replace', 1, never)],
    ['they pile up', family('Allow', 9)],
  ])('%s', (_, objects) => {
    expect(found(analyzer, objects)).toEqual(overrun);
  });

  test('says so, and leads to the runs', () => {
    const objects = family('Allow', 9);
    expect(drafts(analyzer, snapshotOf(objects))[0]?.message).toBe(
      `9 of its runs are under way at once: none has succeeded since ${ago('26h')}`,
    );
    expect(links(analyzer, objects)).toHaveLength(9);
    expect(drafts(analyzer, snapshotOf(family('Replace', 1, never)))[0]?.message).toBe(
      'each of its runs replaces the one before, however far that has come: none has succeeded so far',
    );
  });

  test.each<[string, KubeObject[]]>([
    ['one succeeded a moment ago', family('Replace', 1, { status: { lastSuccessfulTime: ago('12m') } })],
    ['short runs overlap', family('Allow', 4, { status: { lastSuccessfulTime: ago('1m') } })],
    [
      'the first runs of a young one overlap',
      family('Allow', 4, { ...never, metadata: { creationTimestamp: ago('45m') } }),
    ],
    ['two runs, of which the older is long', family('Allow', 2)],
    ['changed a moment ago', family('Replace', 1, written('15m'))],
    ['no run is under way', [sync('Replace', 0, { status: { lastSuccessfulTime: ago('9m') } })]],
    [
      'a controller that writes no time of success, and keeps no Job',
      family('Replace', 1, { ...never, spec: { successfulJobsHistoryLimit: 0 } }),
    ],
    [
      'a controller that writes no time of success, and a Job that tells',
      (() => {
        const owner = sync('Replace', 1, never);
        return [owner, ...runs(owner, 1), ...runs(owner, 2, complete).slice(2)];
      })(),
    ],
  ])('quiet: %s', (_, objects) => {
    expect(found(analyzer, objects)).toEqual([]);
  });

  test('a run that failed is told itself', () => {
    const owner = sync('Replace', 1);
    const objects = [owner, ...runs(owner, 1), ...runs(owner, 2, failed).slice(2, 3)];
    expect(found(analyzer, objects)).toEqual(['critical JobFailed Job shop/sync-1']);
  });

  test('nothing is said where Jobs cannot be seen', () => {
    const missing = { 'jobs.batch': 'forbidden' };
    expect(found(analyzer, [sync('Replace', 1)], { missing })).toEqual([]);
  });
});
