/**
 * `node bench/explain.ts`: what explanations cost, in calls of the model and tokens of its prompts, for clusters of failing pods that fail
 * in ten ways, against one call for each pod. Pods stand alone, so that each is an incident. No model is called.
 * `--pods 1,100,2000` chooses sizes.
 */
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';
import { ago, node, pod } from '../test/support/objects.ts';
import { loadedOf } from '../test/support/loaded.ts';

// Runbooks are folded in as text by the build; here they are loaded as what they are.
registerHooks({
  load: (url, context, next) =>
    url.endsWith('.md')
      ? {
          format: 'module',
          shortCircuit: true,
          source: `import { readFileSync } from 'node:fs'; export default readFileSync(new URL(${JSON.stringify(url)}), 'utf8');`,
        }
      : next(url, context),
});
const { analyzers } = await import('../analyzers/index.ts');
const { planned } = await import('../src/explain/model.ts');
const { run } = await import('../src/pipeline.ts');
const { loadPrompts } = await import('../src/prompts.ts');

const { values } = parseArgs({ options: { pods: { type: 'string', default: '1,100,2000' } } });
const exitCodes = [1, 2, 3, 126, 127, 134, 139];
const waiting = [
  { reason: 'ImagePullBackOff', message: 'Back-off pulling image "registry.example/app:9": manifest unknown' },
  {
    reason: 'ImagePullBackOff',
    message: 'Back-off pulling image "registry.example/app:9": unauthorized: authentication required',
  },
  { reason: 'CreateContainerError', message: 'Error: container name is reserved' },
];

const prompts = await loadPrompts({ XDG_CONFIG_HOME: '/nonexistent' });
const titles = new Map(
  analyzers.flatMap(({ codes }) => Object.entries(codes).map(([code, { title }]) => [code, title])),
);
const common = { titleOf: (code: string) => titles.get(code), prompts, language: 'English', mark: '0123456789abcdef' };

console.log('failing pods  incidents  signatures  calls  prompt tokens  one call per pod  times fewer');
for (const pods of values.pods.split(',').map(Number)) {
  const objects = [node('n1'), ...Array.from({ length: pods }, (_, index) => failing(index))];
  const { told } = await run({ analyzers, load: () => Promise.resolve(loadedOf(objects)) });
  const { batches } = planned({ told, ...common });
  const tokens = batches.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  const alone = told
    .map((one) => planned({ told: [one], ...common }).batches[0]?.promptTokens ?? 0)
    .reduce((sum, one) => sum + one, 0);
  const signatures = batches.reduce((sum, { subjects }) => sum + subjects.length, 0);
  const cells = [pods, told.length, signatures, batches.length, tokens, alone, (alone / tokens).toFixed(1)];
  console.log(cells.map((cell, column) => String(cell).padEnd([14, 11, 12, 7, 15, 18, 0][column]!)).join(''));
}

function failing(index: number) {
  const way = index % (exitCodes.length + waiting.length);
  const exitCode = exitCodes[way];
  const state =
    exitCode === undefined
      ? { state: { waiting: waiting[way - exitCodes.length] } }
      : {
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
          lastState: { terminated: { exitCode, reason: 'Error', startedAt: ago('6m'), finishedAt: ago('5m') } },
        };
  const hash = (index * 7_919).toString(36).padStart(5, 'x');
  return pod(`team-${index % 37}/app-${index}-${hash}`, {
    status: {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('2h') }],
      containerStatuses: [{ name: 'app', ready: false, started: false, restartCount: 10 + (index % 50), ...state }],
    },
  });
}
