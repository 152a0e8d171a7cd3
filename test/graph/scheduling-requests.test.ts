/** Effective requests against a simulation of how the kubelet starts a pod. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountsOf, amountText } from '../../src/graph/scheduling/amounts.ts';
import { requestsOf, usageOf } from '../../src/graph/scheduling/requests.ts';
import { type Patch, pod } from '../support/objects.ts';

interface Step {
  readonly cpu: number;
  readonly sidecar: boolean;
}

const asked = (patch: Patch) => Object.fromEntries(requestsOf(pod('p', patch)));
const used = (patch: Patch) => Object.fromEntries(usageOf(pod('p', patch)));
const container = (cpu: number | string, rest: Patch = {}) => ({
  name: 'c',
  resources: { requests: { cpu: String(cpu) } },
  ...rest,
});

test('a pod asks for the most that runs at once while it starts and after', () => {
  const step = fc.record({ cpu: fc.nat(8), sidecar: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 5 }),
      fc.array(fc.nat(8), { minLength: 1, maxLength: 3 }),
      fc.nat(3),
      (init, apps, overhead) => {
        /** Plays the start: each init container runs with the sidecars before it, then all containers with all sidecars. */
        let running = 0;
        let peak = 0;
        for (const { cpu, sidecar } of init) {
          peak = Math.max(peak, running + cpu);
          if (sidecar) running += cpu;
        }
        peak = Math.max(peak, running + apps.reduce((sum, cpu) => sum + cpu, 0)) + overhead;
        const containers = apps.map((cpu) => container(cpu));
        const initContainers = init.map(({ cpu, sidecar }: Step) =>
          container(cpu, sidecar ? { restartPolicy: 'Always' } : {}),
        );
        expect(asked({ spec: { containers, initContainers, overhead: { cpu: String(overhead) } } })).toEqual({
          cpu: peak * 1000,
        });
      },
    ),
    { numRuns: 500 },
  );
});

describe('requests', () => {
  test.each([
    ['sums are rounded once, at their end', { containers: [container('0.4m'), container('0.4m')] }, { cpu: 1 }],
    [
      'a limit stands for a request',
      { containers: [{ name: 'c', resources: { limits: { 'nvidia.com/gpu': '2' } } }] },
      { 'nvidia.com/gpu': 2 },
    ],
    [
      'a request goes before its limit',
      { containers: [{ name: 'c', resources: { limits: { cpu: '2' }, requests: { cpu: '1' } } }] },
      { cpu: 1000 },
    ],
    [
      'pod-level requests replace those of containers',
      { containers: [container(4)], resources: { requests: { cpu: '1', memory: '1Ki' } } },
      { cpu: 1000, memory: 1024 },
    ],
    [
      'only of what has a pod level',
      { containers: [container(4)], resources: { requests: { 'nvidia.com/gpu': '1' } } },
      { cpu: 4000 },
    ],
    [
      'overhead is added to a pod level too',
      { containers: [container(4)], resources: { requests: { cpu: '1' } }, overhead: { cpu: '250m' } },
      { cpu: 1250 },
    ],
    ['nothing asked', { containers: [{ name: 'c' }] }, {}],
  ])('%s', (_, spec, amounts) => {
    expect(asked({ spec })).toEqual(amounts);
  });
});

describe('what a placed pod takes while it is resized', () => {
  const status = (resources: Patch, allocatedResources: Patch, conditions: unknown[] = []): Patch => ({
    spec: { containers: [container(2)] },
    status: { conditions, containerStatuses: [{ name: 'c', resources, allocatedResources }] },
  });
  const infeasible = [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }];
  test.each([
    ['growing: what it asks', status({ requests: { cpu: '1' } }, { cpu: '1' }), { cpu: 2000 }],
    ['shrinking: what it still has', status({ requests: { cpu: '3' } }, { cpu: '2' }), { cpu: 3000 }],
    ['allotted already', status({ requests: { cpu: '1' } }, { cpu: '4' }), { cpu: 4000 }],
    ['never to be done: what it has', status({ requests: { cpu: '1' } }, { cpu: '1' }, infeasible), { cpu: 1000 }],
    ['a kubelet that does not say', { spec: { containers: [container(2)] } }, { cpu: 2000 }],
  ])('%s', (_, patch, amounts) => {
    expect(used(patch)).toEqual(amounts);
  });
  test('a pod that is not placed yet asks what its spec says', () => {
    expect(asked(status({ requests: { cpu: '9' } }, { cpu: '9' }))).toEqual({ cpu: 2000 });
  });
});

test('amounts are read in the units of the scheduler and written as Kubernetes writes them', () => {
  expect(
    Object.fromEntries(amountsOf({ cpu: '1.5', memory: '1Gi', 'nvidia.com/gpu': '2', pods: '110', odd: '?' })),
  ).toEqual({
    cpu: 1500,
    memory: 2 ** 30,
    'nvidia.com/gpu': 2,
    pods: 110,
  });
  expect([
    amountText('cpu', 1500),
    amountText('cpu', 2000),
    amountText('memory', 3 * 2 ** 29),
    amountText('nvidia.com/gpu', 2),
  ]).toEqual(['1500m', '2', '1.5Gi', '2']);
  expect(amountText('cpu', -200)).toBe('-200m');
});
