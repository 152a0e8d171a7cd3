import { expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { planned } from '../../src/explain/model.ts';
import { run } from '../../src/pipeline.ts';
import { loadPrompts } from '../../src/prompts.ts';
import { loadedOf } from '../support/loaded.ts';
import { ago, node, pod } from '../support/objects.ts';

const exitCodes = [1, 2, 3, 4, 5, 126, 127, 134, 138, 139];

function failing(index: number) {
  return pod(`team-${index % 37}/app-${index}-x2x4z`, {
    status: {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('2h') }],
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          started: false,
          restartCount: 10 + (index % 50),
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
          lastState: {
            terminated: {
              exitCode: exitCodes[index % 10],
              reason: 'Error',
              startedAt: ago('6m'),
              finishedAt: ago('5m'),
            },
          },
        },
      ],
    },
  });
}

async function cost(pods: number) {
  const objects = [node('n1'), ...Array.from({ length: pods }, (_, index) => failing(index))];
  const { told } = await run({ analyzers, load: () => Promise.resolve(loadedOf(objects)) });
  const failures = told.filter(({ incident }) => incident.root.object.kind === 'Pod');
  expect(failures).toHaveLength(pods);
  const prompts = await loadPrompts({ XDG_CONFIG_HOME: '/nonexistent' });
  const options = { titleOf: () => undefined, prompts, language: 'English', mark: 'm' };
  const tokens = (some: typeof told) =>
    planned({ told: some, ...options }).batches.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  return {
    calls: planned({ told: failures, ...options }).batches.length,
    tokens: tokens(failures),
    alone: tokens(failures.slice(0, 1)),
  };
}

test('what is sent depends on the ways of failing, not on how many fail', async () => {
  const [some, many] = [await cost(100), await cost(1_000)];
  expect(many.calls).toBe(2);
  expect(many).toEqual(some);
  expect((many.alone * 1_000) / many.tokens).toBeGreaterThan(20);
  expect((some.alone * 100) / some.tokens).toBeGreaterThan(20);
});
