import { describe, expect, test } from 'vitest';
import analyzer from '../../analyzers/workloads/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, merge, node, object, ownedBy, type Patch, pod, template, written } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';
import { pluginPod, pluginSet } from './gpu-support.ts';

const both = (one: Patch, other: Patch) => merge(one, other) as Patch;

const agentSet = (patch: Patch = {}) =>
  object(
    'daemonsets.apps',
    'ops/agent',
    both(
      {
        metadata: { generation: 1 },
        spec: {
          selector: { matchLabels: { app: 'agent' } },
          updateStrategy: { type: 'RollingUpdate' },
          template: template('agent'),
        },
        status: {
          observedGeneration: 1,
          desiredNumberScheduled: 2,
          currentNumberScheduled: 2,
          updatedNumberScheduled: 2,
          numberReady: 2,
          numberAvailable: 2,
          numberMisscheduled: 0,
        },
      },
      patch,
    ),
  );

/** A DaemonSet `agent` on nodes n1 and n2, with the pod of each (undefined: does not exist). */
function agent(
  patch: Patch,
  pods: (Patch | undefined)[] = [{}, {}],
  nodes: KubeObject[] = [node('n1'), node('n2')],
): KubeObject[] {
  const set = agentSet(patch);
  const made = pods.flatMap((one, index) =>
    one === undefined
      ? []
      : pod(`ops/agent-${index}`, both(both(ownedBy(set), { spec: { nodeName: `n${index + 1}` } }), one)),
  );
  return [set, ...made, ...nodes];
}

const counts = (ready: number, more: Patch = {}): Patch => ({
  status: { numberReady: ready, numberAvailable: ready, ...more },
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
const dead = (name: string) =>
  node(name, { status: { conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: ago('1h') }] } });
const critical = { spec: { template: { spec: { priorityClassName: 'system-node-critical' } } } };
const selector = (pairs: Patch): Patch => ({ spec: { template: { spec: { nodeSelector: pairs } } } });
const nowhere = (more: Patch = {}) =>
  both(
    { status: { desiredNumberScheduled: 0, currentNumberScheduled: 0, updatedNumberScheduled: 0, numberReady: 0 } },
    more,
  );

describe('a DaemonSet that nodes lack', () => {
  test.each<[string, KubeObject[], string[]]>([
    [
      'changed half a minute ago, after half an hour without one',
      agent(both(written('30s'), counts(1)), [{}, unready()]),
      ['warning DaemonSetDegraded DaemonSet ops/agent'],
    ],
    ['one crashes', agent(counts(1), [{}, crash]), ['warning DaemonSetDegraded DaemonSet ops/agent']],
    [
      'one crashes, nodes need it',
      agent(both(critical, counts(1)), [{}, crash]),
      ['critical DaemonSetDegraded DaemonSet ops/agent'],
    ],
    [
      'one crashes, it is a storage driver',
      agent(
        both(
          {
            spec: {
              template: {
                spec: { volumes: [{ name: 'p', hostPath: { path: '/var/lib/kubelet/plugins_registry/' } }] },
              },
            },
          },
          counts(1),
        ),
        [{}, crash],
      ),
      ['critical DaemonSetDegraded DaemonSet ops/agent'],
    ],
    [
      'one crashes, it only reads logs of the node',
      agent(
        both(
          {
            spec: {
              template: {
                spec: {
                  volumes: [
                    { name: 'l', hostPath: { path: '/var/log' } },
                    { name: 'e', emptyDir: {} },
                  ],
                },
              },
            },
          },
          counts(1),
        ),
        [{}, crash],
      ),
      ['warning DaemonSetDegraded DaemonSet ops/agent'],
    ],
    ['all crash', agent(counts(0), [crash, crash]), ['critical DaemonSetUnavailable DaemonSet ops/agent']],
    [
      'one does not exist',
      agent(counts(1, { currentNumberScheduled: 1 }), [{}, undefined]),
      ['warning DaemonSetDegraded DaemonSet ops/agent'],
    ],
    [
      'a node is dead: its own trouble',
      agent(both(critical, counts(1)), [{}, unready('1h')], [node('n1'), dead('n2')]),
      ['warning DaemonSetDegraded DaemonSet ops/agent'],
    ],
    [
      'one is not scheduled',
      agent(counts(1), [
        {},
        both(unready(), {
          spec: { nodeName: '' },
          status: {
            phase: 'Pending',
            conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
          },
        }),
      ]),
      ['warning DaemonSetDegraded DaemonSet ops/agent'],
    ],
    [
      'stuck in the middle of an update',
      agent(counts(1, { updatedNumberScheduled: 1 }), [{}, crash]),
      ['warning DaemonSetDegraded DaemonSet ops/agent'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  test('names the nodes', () => {
    const [draft] = drafts(analyzer, snapshotOf(agent(counts(1), [{}, crash])));
    expect(draft?.message).toBe('1 of 2 nodes have a ready pod; without one: n2 (pods: 1 CrashLoopBackOff)');
    expect(draft?.since).toBe(ago('30m'));
  });

  test('links dead nodes, and what refuses pods', () => {
    expect(links(analyzer, agent(counts(1), [{}, unready('1h')], [node('n1'), dead('n2')]))).toEqual([
      'DaemonSetDegraded -> run Node n2 (spec.nodeName)',
    ]);
    expect(links(analyzer, agent(counts(1, { currentNumberScheduled: 1 }), [{}, undefined]))).toEqual([
      'DaemonSetDegraded -> ready DaemonSet ops/agent (status.currentNumberScheduled)',
      'DaemonSetDegraded -> scale Lease kube-system/kube-controller-manager (status.currentNumberScheduled)',
    ]);
  });

  test('a node without its network does not excuse the host-network pods that should make it', () => {
    const noNetwork = node('n2', {
      status: {
        conditions: [
          { type: 'Ready', status: 'False', message: 'container runtime network not ready: NetworkReady=false' },
        ],
      },
    });
    const host = { spec: { hostNetwork: true } };
    const cni = both(critical, both({ spec: { template: host } }, counts(1)));
    expect(found(analyzer, agent(cni, [{}, both(crash, host)], [node('n1'), noNetwork]))).toEqual([
      'critical DaemonSetDegraded DaemonSet ops/agent',
    ]);
    expect(links(analyzer, agent(cni, [{}, both(crash, host)], [node('n1'), noNetwork]))).toEqual([]);
    expect(links(analyzer, agent(counts(1), [{}, crash], [node('n1'), noNetwork]))).toEqual([
      'DaemonSetDegraded -> run Node n2 (spec.nodeName)',
    ]);
  });

  test('is found where pods cannot be read', () => {
    expect(found(analyzer, agent(counts(1), []), { missing: { pods: 'forbidden', nodes: 'forbidden' } })).toEqual([
      'warning DaemonSetDegraded DaemonSet ops/agent',
    ]);
  });
});

describe('a DaemonSet that is all right', () => {
  test.each<[string, KubeObject[], string[]?]>([
    ['all ready', agent({})],
    [
      'just created',
      agent(both({ metadata: { creationTimestamp: ago('30s') } }, counts(0)), [unready('20s'), unready('20s')]),
    ],
    [
      'no status yet',
      [
        object('daemonsets.apps', 'ops/agent', {
          metadata: { creationTimestamp: ago('2s') },
          spec: { template: template('agent') },
        }),
      ],
    ],
    ['rolling: one was replaced', agent(counts(1, { updatedNumberScheduled: 1 }), [{}, unready('40s')])],
    [
      'rolling: one was deleted, the next comes',
      agent(counts(1, { currentNumberScheduled: 1 }), [{ metadata: { creationTimestamp: ago('30s') } }, undefined]),
    ],
    [
      'rolling: one is ending',
      agent(counts(1), [
        {},
        both(unready('10s'), { metadata: { creationTimestamp: ago('2d'), deletionTimestamp: ago('5s') } }),
      ]),
    ],
    [
      'rolling: all ready, a pod was made a minute ago',
      agent({ status: { updatedNumberScheduled: 1 } }, [{}, { metadata: { creationTimestamp: ago('1m') } }]),
    ],
    [
      'a new node pulls the image',
      agent(counts(1), [{}, unready('1m')], [node('n1'), node('n2', { metadata: { creationTimestamp: ago('90s') } })]),
    ],
    [
      'a new node has no pod yet',
      agent(
        counts(1, { currentNumberScheduled: 1 }),
        [{}, undefined],
        [node('n1'), node('n2', { metadata: { creationTimestamp: ago('30s') } })],
      ),
    ],
    [
      'slow start that its startup probe allows',
      agent(counts(1), [
        {},
        both(unready('12m'), {
          spec: { containers: [{ name: 'app', startupProbe: { periodSeconds: 10, failureThreshold: 120 } }] },
        }),
      ]),
    ],
    [
      'OnDelete with old pods is information',
      agent({ spec: { updateStrategy: { type: 'OnDelete' } }, status: { updatedNumberScheduled: 0 } }),
      ['info DaemonSetUpdatePending DaemonSet ops/agent'],
    ],
    [
      'pods where they should not be are information',
      agent({ status: { numberMisscheduled: 1 } }),
      ['info DaemonSetMisscheduled DaemonSet ops/agent'],
    ],
    ['being deleted', agent(both({ metadata: { deletionTimestamp: ago('3m') } }, counts(0)), [])],
    [
      'evicted pods lie about, replaced since',
      [...agent({}), pod('ops/agent-9', both(ownedBy(agentSet()), { status: { phase: 'Failed' } }))],
    ],
  ])('%s', (_, objects, expected = []) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  test('a rolling update that made no pod for long is stuck', () => {
    expect(found(analyzer, agent({ status: { updatedNumberScheduled: 1 } }))).toEqual([
      'warning DaemonSetRolloutStuck DaemonSet ops/agent',
    ]);
  });
});

describe('a DaemonSet that no node matches', () => {
  const host = { spec: { template: { spec: { hostNetwork: true } } } };
  const noNetwork = node('n1', {
    spec: { taints: [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }] },
  });
  const gpuPod = pod('ml/train', {
    spec: { containers: [{ name: 'app', resources: { limits: { 'nvidia.com/gpu': '1' } } }] },
  });
  const plugin = agent(nowhere(selector({ 'nvidia.com/gpu.present': 'true' })), []);
  const warning = ['warning DaemonSetMatchesNoNode DaemonSet ops/agent'];
  const info = ['info DaemonSetMatchesNoNode DaemonSet ops/agent'];
  const tainted = (name: string) =>
    node(name, { spec: { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] } });

  test.each<[string, KubeObject[], string[]]>([
    ['a label that no node has', agent(nowhere(selector({ disk: 'ssd' })), []), warning],
    ['taints that it does not tolerate', agent(nowhere(), [], [tainted('n1'), tainted('n2')]), warning],
    ['a GPU plugin, and a pod that wants a GPU', [...plugin, gpuPod], warning],
    ['a GPU plugin without GPUs', plugin, info],
    [
      'a companion of a GPU plugin that runs, and a pod that has its GPU',
      [...agent(nowhere(selector({ 'nvidia.com/mps.capable': 'true' })), []), pluginSet(), pluginPod('n1'), gpuPod],
      info,
    ],
    ['for Windows, without Windows', agent(nowhere(selector({ 'kubernetes.io/os': 'windows' })), []), info],
    ['switched off by the usual label', agent(nowhere(selector({ 'non-existing': 'true' })), []), []],
    ['taints that it does not tolerate, on the host network', agent(nowhere(host), [], [tainted('n1')]), warning],
    ['no network yet, on the host network', agent(nowhere(host), [], [noNetwork]), []],
    ['no network yet, and it needs one', agent(nowhere(), [], [noNetwork]), warning],
    [
      'just changed, not counted yet',
      agent(
        nowhere(
          both(selector({ disk: 'ssd' }), {
            metadata: { generation: 2, managedFields: [{ time: ago('100s'), fieldsV1: { 'f:spec': {} } }] },
          }),
        ),
        [],
      ),
      [],
    ],
    ['no nodes at all', agent(nowhere(selector({ disk: 'ssd' })), [], []), []],
    [
      'just created',
      agent(both({ metadata: { creationTimestamp: ago('5s') } }, nowhere(selector({ disk: 'ssd' }))), []),
      [],
    ],
    ['a node matches: the count lags', agent(nowhere(), []), []],
    [
      'nodes of conditions only',
      agent(
        nowhere(),
        [],
        [node('n1', { spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] } })],
      ),
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  test('nodes that could not all be read prove nothing', () => {
    const objects = agent(nowhere(selector({ disk: 'ssd' })), []);
    expect(found(analyzer, objects, { missing: { nodes: 'forbidden' } })).toEqual([]);
  });

  test('the node under WSL2 is named where the label that nothing puts there is asked for', () => {
    const wsl = node('desktop', { status: { nodeInfo: { kernelVersion: '5.15.167.4-microsoft-standard-WSL2' } } });
    const values = (label: string, one: KubeObject) =>
      drafts(analyzer, snapshotOf(agent(nowhere(selector({ [label]: 'true' })), [], [one]))).map(
        (draft) => draft.values,
      );
    expect(values('nvidia.com/gpu.present', wsl)).toEqual([{ wslNode: 'desktop' }]);
    expect(values('nvidia.com/gpu.present', node('n1'))).toEqual([{}]);
    expect(values('disk', wsl)).toEqual([{}]);
  });

  test('says why', () => {
    const messages = (objects: KubeObject[]) => drafts(analyzer, snapshotOf(objects)).map(({ message }) => message);
    expect(messages(agent(nowhere(selector({ disk: 'ssd' })), []))).toEqual([
      'none of 2 nodes gets a pod: no node has disk=ssd',
    ]);
    expect(messages(agent(nowhere(), [], [tainted('n1')]))).toEqual([
      'none of 1 nodes gets a pod: it does not tolerate dedicated=db:NoSchedule',
    ]);
  });
});

describe('a change that no controller has acted on', () => {
  const changed = (time: string): Patch => ({
    metadata: { generation: 2, managedFields: [{ time: ago(time), fieldsV1: { 'f:spec': {} } }] },
  });

  test.each([
    ['ten minutes ago', agent(changed('10m')), ['critical DaemonSetNotObserved DaemonSet ops/agent']],
    ['ten seconds ago', agent(changed('10s')), []],
    ['ten minutes ago, and seen', agent(both(changed('10m'), { status: { observedGeneration: 2 } })), []],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });
});
