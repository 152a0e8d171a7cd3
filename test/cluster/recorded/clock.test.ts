import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/model/object.ts';
import { ago, event, node, object, type Patch, pod } from '../../support/objects.ts';
import { list, load } from './files.ts';

const old = pod('shop/old');
const lease = (name: string, renewTime: string, namespace = 'kube-node-lease') =>
  object('leases.coordination.k8s.io', `${namespace}/${name}`, { spec: { holderIdentity: name, renewTime } });
const patched = (name: string, patch: Patch) => pod(`shop/${name}`, patch);

test.each<[string, readonly KubeObject[], string]>([
  ['creation', [old], ago('2d')],
  [
    'a condition',
    [old, node('n1', { status: { conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: ago('3m') }] } })],
    ago('3m'),
  ],
  [
    'a condition that changed',
    [patched('a', { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('4m') }] } })],
    ago('4m'),
  ],
  [
    'an old-style event',
    [old, event(old, 'BackOff', 'x', { lastTimestamp: ago('1m'), metadata: { creationTimestamp: ago('9m') } })],
    ago('1m'),
  ],
  [
    'a new-style event',
    [
      old,
      event(old, 'FailedScheduling', 'x', {
        firstTimestamp: undefined,
        lastTimestamp: undefined,
        eventTime: '2026-03-01T11:58:00.123456Z',
        series: { count: 2, lastObservedTime: '2026-03-01T11:59:00.654321Z' },
      }),
    ],
    '2026-03-01T11:59:00.654Z',
  ],
  [
    'a container that runs',
    [patched('a', { status: { containerStatuses: [{ name: 'app', state: { running: { startedAt: ago('5m') } } }] } })],
    ago('5m'),
  ],
  [
    'a container that ended',
    [
      patched('a', {
        status: {
          containerStatuses: [
            { name: 'app', state: { waiting: {} }, lastState: { terminated: { finishedAt: ago('6m') } } },
          ],
        },
      }),
    ],
    ago('6m'),
  ],
  ['a lease', [old, lease('n1', '2026-03-01T11:59:55.000000Z')], ago('5s')],
  [
    'deletion lies in the future and does not count',
    [patched('a', { metadata: { deletionTimestamp: '2027-01-01T00:00:00Z' } })],
    ago('2d'),
  ],
  [
    'one node ahead of the others does not count',
    [lease('n1', ago('10s')), lease('n2', ago('4s')), lease('n3', '2026-03-02T12:00:00Z')],
    ago('4s'),
  ],
  [
    'what that node says of its pods does not count either',
    [
      lease('n1', ago('10s')),
      lease('n2', ago('4s')),
      patched('a', { spec: { nodeName: 'n3' }, status: { startTime: '2026-03-02T12:00:00Z' } }),
    ],
    ago('4s'),
  ],
  [
    'one node a little ahead counts',
    [lease('n1', ago('10s')), lease('n2', ago('40s')), lease('n3', ago('3s'))],
    ago('3s'),
  ],
  [
    'two live nodes among dead ones are the present',
    [lease('n1', ago('3d')), lease('n2', ago('10s')), lease('n3', ago('5s'))],
    ago('5s'),
  ],
  ['of two nodes nobody knows which is wrong', [lease('n1', ago('3d')), lease('n2', ago('5s'))], ago('5s')],
  [
    'one live node, and an event from the control plane',
    [
      lease('n1', ago('3d')),
      lease('n2', ago('3d')),
      lease('n3', ago('5s')),
      lease('apiserver', ago('8s'), 'kube-system'),
    ],
    ago('5s'),
  ],
  [
    'what is no time does not count',
    [patched('a', { metadata: { creationTimestamp: 'yesterday' }, status: { startTime: '9999' } })],
    ago('2d'),
  ],
])('the clock: %s', async (_name, objects, expected) => {
  const loaded = await load(list(...objects));
  expect(loaded.snapshot.takenAt).toBe(expected);
  expect(loaded.assumptions).toContain(
    `Ages are measured against ${expected}, the newest time in the recording (--at TIME changes that).`,
  );
});

test('--at overrules', async () => {
  const loaded = await load(list(old), { at: '2026-03-01T13:30:00+01:00' });
  expect(loaded.snapshot.takenAt).toBe('2026-03-01T12:30:00Z');
  expect(loaded.assumptions.join()).not.toContain('Ages');
});

test('without any time the wall clock is taken, and that is said', async () => {
  const bare = object('serviceaccounts', 'shop/default', { metadata: { creationTimestamp: undefined } });
  const loaded = await load(list(bare));
  expect(Math.abs(Date.parse(loaded.snapshot.takenAt) - Date.now())).toBeLessThan(60_000);
  expect(loaded.assumptions).toContain('No object bears a time: ages are measured against now.');
});

const unknownTime = /^Without Nodes, Leases and Events nothing tells when it was recorded/;

test.each([
  ['pods alone', [pod('shop/a')], {}, true],
  ['pods and a node, which writes every few minutes', [pod('shop/a'), node('n1')], {}, false],
  ['the user tells the time', [pod('shop/a')], { at: '2026-03-01T12:00:00Z' }, false],
])('that nobody knows how old the newest is: %s', async (_, objects, options, hinted) => {
  const { hints } = await load(list(...objects), options);
  expect(hints.some((one) => unknownTime.test(one))).toBe(hinted);
});
