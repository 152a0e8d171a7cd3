import { expect, test } from 'vitest';
import { readInOrder } from '../../../src/cluster/live-order.ts';
import { allResources, type Resource } from '../../../src/model/resources.ts';

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Runs the order with reads that take as long as `pace` says; gives what happened, as `start pods`, `begun pods`. */
async function run(pace: (resource: Resource) => { first: number; rest: number }) {
  const happened: string[] = [];
  let running = 0;
  let most = 0;
  await readInOrder(
    allResources,
    async (resource, begun) => {
      running += 1;
      most = Math.max(most, running);
      happened.push(`start ${resource}`);
      const { first, rest } = pace(resource);
      for (let step = 0; step < first; step += 1) await tick();
      happened.push(`begun ${resource}`);
      begun();
      for (let step = 0; step < rest; step += 1) await tick();
      running -= 1;
    },
    () => undefined,
  );
  return { happened, most };
}

test('lists begin in the order of the table, at most six at a time', async () => {
  const { happened, most } = await run(() => ({ first: 1, rest: 1 }));
  expect(happened.filter((line) => line.startsWith('start'))).toEqual(allResources.map((one) => `start ${one}`));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(6);
});

test('nothing that pods refer to begins before the first page of pods has come, however long that takes', async () => {
  const { happened } = await run((resource) => ({ first: resource === 'pods' ? 30 : 1, rest: 1 }));
  const pods = happened.indexOf('begun pods');
  for (const resource of ['persistentvolumeclaims', 'serviceaccounts', 'configmaps', 'secrets', 'nodes'] as const) {
    expect(happened.indexOf(`start ${resource}`)).toBeGreaterThan(pods);
  }
});

test('a slow list holds back what comes six places after it, but not for its later pages', async () => {
  const slow = await run((resource) => ({ first: resource === 'events' ? 30 : 1, rest: 1 }));
  const sixth = allResources[6]!;
  expect(slow.happened.indexOf(`start ${sixth}`)).toBeGreaterThan(slow.happened.indexOf('begun events'));
  const long = await run((resource) => ({ first: 1, rest: resource === 'events' ? 200 : 1 }));
  expect(long.happened.at(-1)).not.toBe('begun events');
  expect(long.happened.filter((line) => line.startsWith('begun'))).toHaveLength(allResources.length);
});

test('the first failure stops the rest and is what is thrown', async () => {
  const started: Resource[] = [];
  let stopped = 0;
  const running = readInOrder(
    allResources,
    async (resource, begun) => {
      started.push(resource);
      await tick();
      if (resource === 'events') throw new Error('first');
      await tick();
      begun();
      if (stopped > 0) throw new Error('stopped');
    },
    () => {
      stopped += 1;
    },
  );
  await expect(running).rejects.toThrow('first');
  expect(stopped).toBe(1);
  expect(started.length).toBeLessThan(allResources.length);
});
