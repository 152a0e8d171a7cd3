import { describe, expect, test } from 'vitest';
import pods from '../../analyzers/pods/index.ts';
import { ago, event, merge, node, type Patch, pod } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';
import { conditions, silentNode, unready } from './pods-support.ts';

const readiness = { httpGet: { path: '/ready', port: 8080 } };
const said = (one: ReturnType<typeof unready>, text: string, patch: Patch = {}) =>
  event(one, 'Unhealthy', text, { involvedObject: { fieldPath: 'spec.containers{app}' }, ...patch });

describe('probes', () => {
  const get = 'Readiness probe failed: Get "http://10.1.2.3:8080/ready": ';
  test.each([
    ['Readiness probe failed: HTTP probe failed with statuscode: 503', 'fails: HTTP status 503'],
    [
      'Readiness probe failed: HTTP probe failed with statuscode: 404',
      'fails: HTTP status 404, the path does not exist',
    ],
    [`${get}dial tcp 10.1.2.3:8080: connect: connection refused`, 'fails: connection refused: nothing listens there'],
    [`${get}context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, 'fails: no answer in time'],
    ['Readiness probe failed: timeout: failed to connect service ":9000" within 1s', 'fails: no answer in time'],
    [
      'Readiness probe failed: service unhealthy (responded with "NOT_SERVING")',
      'fails: the gRPC service says NOT_SERVING',
    ],
    ['Readiness probe failed: database is starting up', 'fails: database is starting up'],
    [
      'Readiness probe errored and resulted in unknown state: rpc error: exec: "curl": executable file not found in $PATH',
      'the command is not in the image',
    ],
    [undefined, 'has not passed for 5m'],
  ])('%s', (text, words) => {
    const one = unready(ago('5m'), { readinessProbe: readiness });
    const all = drafts(pods, snapshotOf(text === undefined ? [one] : [one, said(one, text)]));
    expect(all.map((draft) => `${draft.code} ${draft.key} ${draft.severity}`)).toEqual(['PodProbeFailing app warning']);
    expect(all[0]?.message).toContain(`readiness probe (HTTP GET :8080/ready) of container app `);
    expect(all[0]?.message).toContain(words);
  });

  test.each([
    [
      { tcpSocket: { port: 5432 } },
      '(TCP :5432) of container app has not passed for 5m; the container declares web (8080)',
    ],
    [
      { httpGet: { port: 'http' } },
      '(HTTP GET :http/) of container app has not passed for 5m; no port of the container is named http',
    ],
    [{ httpGet: { port: 'web', scheme: 'HTTPS' } }, '(HTTPS GET :web/) of container app has not passed for 5m'],
    [{ grpc: { port: 8080 } }, '(gRPC :8080) of container app has not passed for 5m'],
    [{ exec: { command: ['pg_isready', '-q'] } }, '(command pg_isready -q) of container app has not passed for 5m'],
  ])('%j', (probe, words) => {
    const [one] = drafts(pods, snapshotOf([unready(ago('5m'), { readinessProbe: probe })]));
    expect(one?.message).toBe(`readiness probe ${words}`);
  });

  test('in a recording without conditions', () => {
    const status = { status: { startTime: ago('5m'), conditions: [] } };
    const one = unready(ago('5m'), { readinessProbe: readiness }, {}, status);
    expect(found(pods, [one])).toEqual(['warning PodProbeFailing Pod shop/web-1 [app]']);
    expect(found(pods, [unready(ago('5m'), {}, {}, status)])).toEqual(['warning PodNotReady Pod shop/web-1']);
    expect(found(pods, [unready(ago('5m'), {}, { ready: true }, status)])).toEqual([]);
  });

  describe('beside a replica that serves', () => {
    const of = (kind: string, name = 'web'): Patch => ({
      metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: name, controller: true }] },
    });
    const late = (patch: Patch, container: Patch) => unready(ago('20m'), container, {}, patch);
    test.each<[string, Patch, Patch, Patch, string]>([
      ['it degrades', of('ReplicaSet'), of('ReplicaSet'), {}, 'warning'],
      ['of another set, it does not serve', of('ReplicaSet'), of('ReplicaSet', 'api'), {}, 'critical'],
      [
        'that is not ready either, nobody serves',
        of('ReplicaSet'),
        of('ReplicaSet'),
        { status: { conditions: conditions({ Ready: 'False' }) } },
        'critical',
      ],
      ['of a node of its own, its own node is without', of('DaemonSet'), of('DaemonSet'), {}, 'critical'],
      ['with data of its own, its own data is away', of('StatefulSet'), of('StatefulSet'), {}, 'critical'],
      ['that nobody made, it does not serve', {}, {}, {}, 'critical'],
    ])('%s', (_, own, others, state, severity) => {
      const other = pod('shop/web-2', merge(others, state) as Patch);
      const all = (one: ReturnType<typeof unready>) =>
        found(pods, [one, other]).filter((line) => line.includes('Pod shop/web-1'));
      expect(all(late(own, { readinessProbe: readiness }))).toEqual([
        `${severity} PodProbeFailing Pod shop/web-1 [app]`,
      ]);
      expect(all(late(own, {}))).toEqual([`${severity} PodNotReady Pod shop/web-1`]);
    });
  });

  test('critical after a while, and linked to the node', () => {
    const one = unready(ago('20m'), { readinessProbe: readiness });
    expect(found(pods, [one, node('n1')])).toEqual(['critical PodProbeFailing Pod shop/web-1 [app]']);
    expect(links(pods, [one, node('n1')])).toEqual(['PodProbeFailing -> run Node n1 (spec.nodeName)']);
  });

  test('an application that answers is not held up by its node', () => {
    const one = unready(ago('5m'), { readinessProbe: readiness });
    const answered = said(one, 'Readiness probe failed: HTTP probe failed with statuscode: 503');
    expect(links(pods, [one, node('n1'), answered])).toEqual([]);
  });

  test('an event about a liveness probe says nothing of readiness', () => {
    const one = unready(ago('5m'), { readinessProbe: readiness });
    const [draft] = drafts(
      pods,
      snapshotOf([one, said(one, 'Liveness probe failed: HTTP probe failed with statuscode: 500')]),
    );
    expect(draft?.message).toContain('has not passed');
  });

  const startup = { httpGet: { port: 8080 }, periodSeconds: 10, failureThreshold: 60 };
  test('a startup probe comes first', () => {
    const one = unready(ago('15m'), { readinessProbe: readiness, startupProbe: startup }, { started: false });
    expect(drafts(pods, snapshotOf([one]))[0]?.message).toContain('startup probe (HTTP GET :8080/) of container app');
  });

  test.each([
    ['within the grace', unready(ago('1m'), { readinessProbe: readiness })],
    ['within the initial delay', unready(ago('5m'), { readinessProbe: { ...readiness, initialDelaySeconds: 300 } })],
    ['within the time of its startup probe', unready(ago('5m'), { startupProbe: startup }, { started: false })],
    [
      'that was restarted and is starting',
      unready(ago('5m'), { startupProbe: startup }, { started: false, restartCount: 1 }),
    ],
    ['of a pod that is ready', merge(unready(ago('5m')), { status: { conditions: conditions({ Ready: 'True' }) } })],
  ])('quiet: a container %s', (_, one) => {
    expect(found(pods, [one as ReturnType<typeof unready>])).toEqual([]);
  });

  test('a ready pod with an old probe failure is quiet', () => {
    const one = pod('web-1');
    expect(found(pods, [one, said(one, 'Readiness probe failed: connection refused')])).toEqual([]);
    expect(found(pods, [one, said(one, 'Liveness probe failed: connection refused')])).toEqual([]);
  });

  test('one of two containers', () => {
    const two = unready(ago('5m'), {}, {}, {});
    const fine = {
      name: 'fine',
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: ago('5m') } },
    };
    const one = merge(two, {
      spec: {
        containers: [
          { name: 'app', readinessProbe: readiness },
          { name: 'fine', readinessProbe: readiness },
        ],
      },
      status: { containerStatuses: [...(two.status?.containerStatuses ?? []), fine] },
    });
    expect(found(pods, [one as typeof two])).toEqual(['warning PodProbeFailing Pod shop/web-1 [app]']);
  });
});

describe('not ready without a probe', () => {
  test('after the grace', () => {
    expect(found(pods, [unready(ago('5m'))])).toEqual(['warning PodNotReady Pod shop/web-1']);
    expect(links(pods, [unready(ago('5m'))])).toEqual(['PodNotReady -> run Node n1 (spec.nodeName)']);
  });

  test.each([
    ['within it', unready(ago('1m'))],
    ['a pod that has ended', unready(ago('5m'), {}, {}, { status: { phase: 'Succeeded' } })],
    [
      'a pod whose node nobody knows',
      unready(ago('5m'), {}, {}, { spec: { nodeName: undefined }, status: { phase: 'Pending' } }),
    ],
  ])('quiet: %s', (_, one) => {
    expect(found(pods, [one])).toEqual([]);
  });
});

describe('a silent node', () => {
  const running = {
    containerStatuses: [{ name: 'app', ready: true, started: true, restartCount: 0, state: { running: {} } }],
  };
  const lost = unready(ago('10s'), { readinessProbe: readiness }, {}, { status: running });

  test('takes readiness from its pods', () => {
    expect(found(pods, [lost, silentNode('n1')])).toEqual(['warning PodNotReady Pod shop/web-1']);
    expect(links(pods, [lost, silentNode('n1')])).toEqual(['PodNotReady -> run Node n1 (spec.nodeName)']);
    expect(drafts(pods, snapshotOf([lost, silentNode('n1')]))[0]?.message).toBe(
      'not ready: node n1 has stopped reporting',
    );
  });

  test('old restarts and probes are not told of', () => {
    const ended = { exitCode: 1, startedAt: ago('10m'), finishedAt: ago('9m') };
    const one = unready(
      ago('5m'),
      { readinessProbe: readiness },
      { restartCount: 9, lastState: { terminated: ended } },
    );
    expect(found(pods, [one, silentNode('n1')])).toEqual(['warning PodNotReady Pod shop/web-1']);
    expect(found(pods, [one, node('n1')])).not.toEqual(['warning PodNotReady Pod shop/web-1']);
  });

  test('leaves alone the pods that are still called ready, and those elsewhere', () => {
    expect(found(pods, [pod('web-1'), silentNode('n1')])).toEqual([]);
    expect(found(pods, [lost, silentNode('n2')])).toEqual([]);
  });
});

describe('readiness gates', () => {
  const gate = 'target-health.example.com/web';
  const gated = (state: Record<string, string>, since = ago('5m')) =>
    unready(
      since,
      {},
      { ready: true },
      {
        spec: { readinessGates: [{ conditionType: gate }] },
        status: { conditions: conditions({ ContainersReady: 'True', Ready: 'False', ...state }, since) },
      },
    );

  test.each([
    ['absent', gated({}), 'is not set'],
    ['False', gated({ [gate]: 'False' }), 'is False'],
  ])('%s', (_, one, words) => {
    const all = drafts(pods, snapshotOf([one]));
    expect(all.map(({ code, key }) => `${code} ${key}`)).toEqual([`PodReadinessGateNotMet ${gate}`]);
    expect(all[0]?.message).toContain(words);
  });

  test.each([
    ['within the grace', gated({}, ago('1m'))],
    [
      'all True',
      merge(gated({ [gate]: 'True' }), { status: { conditions: conditions({ Ready: 'True', [gate]: 'True' }) } }),
    ],
  ])('quiet: %s', (_, one) => {
    expect(found(pods, [one as ReturnType<typeof gated>])).toEqual([]);
  });

  test('containers that are not ready come first', () => {
    const one = unready(
      ago('5m'),
      { readinessProbe: readiness },
      {},
      { spec: { readinessGates: [{ conditionType: gate }] } },
    );
    expect(found(pods, [one])).toEqual(['warning PodProbeFailing Pod shop/web-1 [app]']);
  });
});

describe('in-place resize', () => {
  const resized = (type: string, reason: string, at: string) =>
    pod('web-1', {
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type, status: 'True', reason, message: 'Node n1 has too little', lastTransitionTime: at },
        ],
      },
    });
  test.each([
    ['PodResizePending', 'Infeasible', ago('1m'), ['warning PodResizeBlocked Pod shop/web-1 [Infeasible]']],
    ['PodResizePending', 'Deferred', ago('10m'), ['info PodResizeBlocked Pod shop/web-1 [Deferred]']],
    ['PodResizePending', 'Deferred', ago('1m'), []],
    ['PodResizeInProgress', 'Error', ago('1m'), ['warning PodResizeBlocked Pod shop/web-1 [Error]']],
    ['PodResizeInProgress', '', ago('1m'), []],
  ])('%s %s', (type, reason, at, wanted) => {
    expect(found(pods, [resized(type, reason, at)])).toEqual(wanted);
  });
});

describe('devices', () => {
  const holding = (...health: string[]) =>
    pod('web-1', {
      status: {
        containerStatuses: [
          {
            name: 'app',
            ready: true,
            started: true,
            restartCount: 0,
            state: { running: { startedAt: ago('2d') } },
            allocatedResourcesStatus: [
              {
                name: 'nvidia.com/gpu',
                resources: health.map((one, index) => ({ resourceID: `GPU-${index}`, health: one })),
              },
            ],
          },
        ],
      },
    });
  test('unhealthy', () => {
    const one = holding('Healthy', 'Unhealthy');
    expect(found(pods, [one])).toEqual(['critical PodDeviceUnhealthy Pod shop/web-1 [app nvidia.com/gpu]']);
    expect(drafts(pods, snapshotOf([one]))[0]?.message).toBe(
      '1 of 2 devices (nvidia.com/gpu) of container app on node n1 are unhealthy',
    );
    expect(links(pods, [one])).toEqual([
      'PodDeviceUnhealthy -> run Node n1 (spec.nodeName)',
      'PodDeviceUnhealthy -> start Node n1 (spec.nodeName)',
    ]);
  });
  test.each([[['Healthy']], [['Unknown']], [[]]])('quiet: %j', (health) => {
    expect(found(pods, [holding(...health)])).toEqual([]);
  });
});
