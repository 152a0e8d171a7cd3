import { describe, expect, test } from 'vitest';
import pods from '../../analyzers/pods/index.ts';
import { codes } from '../../analyzers/pods/codes.ts';
import { parseRunbook } from '../../src/explain/runbook.ts';
import { ago, event, merge, node, type Patch, pod } from '../support/objects.ts';
import { drafts, found, snapshotOf } from '../support/snapshot.ts';
import { conditions } from './pods-support.ts';

describe('healthy pods', () => {
  test.each([
    ['that run', {}],
    [
      'that succeeded',
      {
        status: {
          phase: 'Succeeded',
          conditions: conditions({ Ready: 'False' }),
          containerStatuses: [
            { name: 'app', ready: false, restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          ],
        },
      },
    ],
    [
      'that were just made',
      {
        metadata: { creationTimestamp: ago('10s') },
        status: {
          phase: 'Pending',
          startTime: ago('9s'),
          conditions: conditions({ Ready: 'False' }, ago('9s')),
          containerStatuses: [
            { name: 'app', ready: false, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } },
          ],
        },
      },
    ],
    [
      'of a rollout that goes on',
      {
        metadata: { creationTimestamp: ago('40s') },
        status: {
          conditions: conditions({ Initialized: 'True', Ready: 'False', ContainersReady: 'False' }, ago('30s')),
          containerStatuses: [
            {
              name: 'app',
              ready: false,
              started: true,
              restartCount: 0,
              state: { running: { startedAt: ago('30s') } },
            },
          ],
        },
      },
    ],
    [
      'that are static',
      {
        metadata: {
          annotations: { 'kubernetes.io/config.mirror': 'x', 'kubernetes.io/config.source': 'file' },
          ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u', controller: true }],
        },
      },
    ],
    [
      'with a debug container that failed',
      {
        spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox' }] },
        status: {
          ephemeralContainerStatuses: [
            { name: 'debug', ready: false, restartCount: 0, state: { terminated: { exitCode: 1 } } },
          ],
        },
      },
    ],
    ['without a status', { status: undefined }],
    ['without conditions', { status: { conditions: undefined } }],
    [
      'without times',
      {
        metadata: { creationTimestamp: undefined },
        status: { startTime: undefined, conditions: [{ type: 'Ready', status: 'True' }] },
      },
    ],
    [
      'with readiness gates that are True',
      {
        spec: { readinessGates: [{ conditionType: 'a' }] },
        status: { conditions: conditions({ Ready: 'True', a: 'True' }) },
      },
    ],
  ] as [string, Patch][])('%s', (_, patch) => {
    expect(found(pods, [pod('web-1', patch), node('n1')])).toEqual([]);
  });

  test('old warnings about them are history', () => {
    const one = pod('web-1');
    const old = ['FailedMount', 'FailedCreatePodSandBox', 'FailedAttachVolume', 'Unhealthy', 'BackOff', 'Failed'];
    expect(found(pods, [one, ...old.map((reason) => event(one, reason, 'x'))])).toEqual([]);
  });
});

describe('odd pods', () => {
  const hostile = 'a'.repeat(100_000);
  test.each([
    [
      'an image without a name',
      {
        spec: { containers: [{ name: 'app' }] },
        status: { containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ErrImagePull' } } }] },
      },
    ],
    [
      'a long text',
      {
        status: {
          containerStatuses: [
            {
              name: 'app',
              state: {
                waiting: {
                  reason: 'CreateContainerConfigError',
                  message: `couldn't find key ${hostile} in Secret ${hostile}`,
                },
              },
            },
          ],
        },
      },
    ],
    [
      'a long pull text',
      {
        status: {
          containerStatuses: [
            {
              name: 'app',
              state: { waiting: { reason: 'ErrImagePull', message: `${hostile} ${'\n'.repeat(5_000)}` } },
            },
          ],
        },
      },
    ],
    [
      'a reason that is a name of JavaScript',
      {
        status: {
          containerStatuses: [
            { name: 'app', state: { waiting: { reason: 'ErrImagePull', message: '__proto__ constructor' } } },
          ],
        },
      },
    ],
  ] as [string, Patch][])('%s', (_, patch) => {
    const began = performance.now();
    expect(drafts(pods, snapshotOf([pod('web-1', patch)]))).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test('a status without its container is left out', () => {
    const one = merge(pod('web-1'), {
      status: { containerStatuses: [{ name: 'ghost', state: { waiting: { reason: 'ErrImagePull' } } }] },
    });
    expect(found(pods, [one as ReturnType<typeof pod>, node('n1')])).toEqual([]);
  });
});

test.each(Object.keys(codes))('the runbook says how to confirm and fix %s', (code) => {
  const section = parseRunbook(pods.runbook).get(code);
  expect(section?.prose).toMatch(/\S/);
  expect(section?.steps.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['confirm', 'fix']));
});

test('the runbook has no section without a code', () => {
  expect([...parseRunbook(pods.runbook).keys()].toSorted()).toEqual(Object.keys(codes).toSorted());
});
