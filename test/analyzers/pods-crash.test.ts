import { describe, expect, test } from 'vitest';
import pods from '../../analyzers/pods/index.ts';
import { ago, event, merge, node, type Patch, pod } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';
import { app, conditions, crashing, running, waiting } from './pods-support.ts';

const limited: Patch = {
  spec: { containers: [{ name: 'app', image: 'x', resources: { limits: { memory: '256Mi' } } }] },
};

describe('CrashLoopBackOff', () => {
  test.each([
    [{ reason: 'Error', exitCode: 1 }, 'PodCrashLoop', 'exit code 1 (an error of the application)'],
    [{ reason: 'Completed', exitCode: 0 }, 'PodCrashLoop', 'restartPolicy Always starts it again'],
    [{ reason: 'Error', exitCode: 127 }, 'PodCrashLoop', 'exit code 127 (command not found)'],
    [{ reason: 'Error', exitCode: 139 }, 'PodCrashLoop', 'exit code 139 (SIGSEGV, invalid memory access)'],
    [{ reason: 'Error', exitCode: 138 }, 'PodCrashLoop', 'exit code 138; 6 restarts'],
    [{ reason: 'Error', exitCode: 137 }, 'PodCrashLoop', 'SIGKILL'],
    [{ reason: 'OOMKilled', exitCode: 137 }, 'PodOOMKilled', 'it has no memory limit'],
    [
      { reason: 'Error', exitCode: 2, message: '\n  panic: no  database.\nstack' },
      'PodCrashLoop',
      ': panic: no database',
    ],
  ])('%j', (terminated, code, words) => {
    const all = drafts(pods, snapshotOf([crashing(terminated)]));
    expect(all.map((one) => `${one.code} ${one.key}`)).toEqual([`${code} app`]);
    expect(all[0]?.message).toContain(words);
  });

  test.each([
    [
      'the end of a log, not the line it begins in the middle of',
      '_SHA256, TLS_RSA.\n  -v, --v Level   verbosity\n\ntime="11:00:12Z" level=fatal msg="cannot load CA: connection refused"\n',
      'FallbackToLogsOnError',
      'level=fatal msg="cannot load CA: connection refused"',
    ],
    [
      'klog that gives up',
      ' to watch Pod: connection refused\nE0812 09:00:54 failed to watch\nI0812 renewing\nF0812 09:00:54.639 leaderelection lost',
      'FallbackToLogsOnError',
      'F0812 09:00:54.639 leaderelection lost',
    ],
    [
      'a panic above its stack',
      'panic: nil map\n\ngoroutine 1:\nmain.main()\n\t/x.go:9 error',
      'File',
      'panic: nil map',
    ],
    [
      'Python',
      'Traceback (most recent call last):\n  File "a.py"\nValueError: no port',
      'FallbackToLogsOnError',
      'ValueError: no port',
    ],
    ['a log without errors', 'starting\nlistening\nbye', 'FallbackToLogsOnError', ': bye'],
    ['what the process wrote itself', 'database is gone\nsee the docs', 'File', ': database is gone'],
  ])('its words: %s', (_, message, terminationMessagePolicy, words) => {
    const policy = { spec: { containers: [{ name: 'app', image: 'x', terminationMessagePolicy }] } };
    const [one] = drafts(pods, snapshotOf([crashing({ reason: 'Error', exitCode: 1, message }, policy)]));
    expect(one?.message).toContain(words);
  });

  test('the evidence shows the end of a long message', () => {
    const message = `${'usage of the program\n'.repeat(90)}fatal: no such flag`;
    const [one] = drafts(pods, snapshotOf([crashing({ reason: 'Error', exitCode: 1, message })]));
    const value = one?.evidence.find(({ path }) => path?.endsWith('.message'))?.value ?? '';
    expect(value).toMatch(/^…usage of the program\n[^]*fatal: no such flag$/);
  });

  test.each([
    [
      'since the first restart that the kubelet put off',
      { firstTimestamp: ago('5d'), lastTimestamp: ago('1m') },
      ago('5d'),
    ],
    [
      'since it is not ready, where that is longer',
      { firstTimestamp: ago('3m'), lastTimestamp: ago('1m') },
      ago('30m'),
    ],
    [
      'not by pulls that were put off',
      { firstTimestamp: ago('5d'), message: 'Back-off pulling image "x"' },
      ago('30m'),
    ],
  ])('%s', (_, patch, since) => {
    const one = crashing({ reason: 'Error', exitCode: 1 });
    const said = event(one, 'BackOff', 'Back-off restarting failed container app in pod web-1_shop(uid)', {
      involvedObject: { fieldPath: 'spec.containers{app}' },
      ...patch,
    });
    expect(drafts(pods, snapshotOf([one, said]))[0]?.since).toBe(since);
  });

  test.each([
    ['without a word', 'x'.repeat(500), `${'x'.repeat(70)} … ${'x'.repeat(127)}`],
    [
      'a chain of errors, whose end is the cause',
      `unable to load configuration: ${'cannot read the list of peers: '.repeat(6)}Get "https://10.96.0.1/api": dial tcp 10.96.0.1:443: connect: connection refused`,
      'unable to load configuration: cannot read the list of peers: cannot … list of peers: cannot read the list of peers: Get "https://10.96.0.1/api": dial tcp 10.96.0.1:443: connect: connection refused',
    ],
    [
      'an object of JSON',
      `{"message":"no route","stack":"${'at x '.repeat(50)}"}`,
      `{"message":"no route","stack":"${'at x '.repeat(50)}`.slice(0, 200).trimEnd() + '…',
    ],
    ['just short enough', 'a b '.repeat(50).slice(0, 199) + 'c', 'a b '.repeat(50).slice(0, 199) + 'c'],
  ])('a long message is cut: %s', (_, text, cut) => {
    const [one] = drafts(pods, snapshotOf([crashing({ exitCode: 1, message: text })]));
    expect(one?.message.split('; 6 restarts: ')[1]).toBe(cut);
  });

  test('values for the runbook', () => {
    const [one] = drafts(pods, snapshotOf([crashing({ reason: 'OOMKilled', exitCode: 137 }, limited)]));
    expect(one?.message).toContain('its memory limit is 256Mi');
    expect(one?.values).toMatchObject({ container: 'app', exitCode: '137', limit: '256Mi', restarts: '6' });
    expect(one?.values).toMatchObject({ restartedPod: 'web-1' });
    expect(one?.values).not.toHaveProperty('endedPod');
  });

  test('without a last state', () => {
    expect(found(pods, [waiting('CrashLoopBackOff')])).toEqual(['critical PodCrashLoop Pod shop/web-1 [app]']);
  });
});

describe('a probe that kills', () => {
  const killed = (probe: string, patch: Patch = {}) => {
    const one = crashing({ reason: 'Error', exitCode: 137, ...patch });
    const said = event(one, 'Killing', `Container app failed ${probe} probe, will be restarted`, {
      type: 'Normal',
      lastTimestamp: ago('2m'),
      involvedObject: { fieldPath: 'spec.containers{app}' },
    });
    return { one, said };
  };

  test.each(['liveness', 'startup'])('%s', (probe) => {
    const { one, said } = killed(probe);
    expect(found(pods, [one, said])).toEqual(['critical PodLivenessKilled Pod shop/web-1 [app]']);
    expect(drafts(pods, snapshotOf([one, said]))[0]?.values).toMatchObject({ probe });
  });

  test.each([
    [137, 'Liveness probe failed: HTTP probe failed with statuscode: 500', 'PodLivenessKilled'],
    [143, 'Startup probe failed: connection refused', 'PodLivenessKilled'],
    [1, 'Liveness probe failed: HTTP probe failed with statuscode: 500', 'PodCrashLoop'],
    [137, 'Readiness probe failed: HTTP probe failed with statuscode: 500', 'PodCrashLoop'],
  ])('an end with %i after: %s', (exitCode, text, code) => {
    const one = crashing({ reason: 'Error', exitCode });
    const said = event(one, 'Unhealthy', text, { lastTimestamp: ago('150s') });
    expect(found(pods, [one, said])).toEqual([`critical ${code} Pod shop/web-1 [app]`]);
  });

  // A Go program that is PID 1 and does not catch SIGTERM ends with code 2.
  const probe = { httpGet: { port: 8080 }, initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 3 };
  const probed: Patch = { spec: { containers: [{ name: 'app', image: 'x', livenessProbe: probe }] } };
  test.each([
    ['as often as the restarts need', 18, '40s', probed, 'PodLivenessKilled'],
    ['too seldom for the restarts', 4, '40s', probed, 'PodCrashLoop'],
    ['in runs too short for the probe', 18, '15s', probed, 'PodCrashLoop'],
    ['without a probe now', 18, '40s', {}, 'PodCrashLoop'],
  ])('an exit code of its own, the probe failed %s', (_, count, ran, patch, code) => {
    const started = new Date(Date.parse(ago('10m')) - Number.parseInt(ran, 10) * 1000).toISOString();
    const one = crashing({ reason: 'Error', exitCode: 2, startedAt: started, finishedAt: ago('10m') }, patch);
    const said = event(one, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500', {
      count,
      lastTimestamp: ago('30m'),
    });
    expect(found(pods, [one, said])).toEqual([`critical ${code} Pod shop/web-1 [app]`]);
  });

  test('whatever its exit code', () => {
    const { one, said } = killed('liveness', { exitCode: 0, reason: 'Completed' });
    expect(found(pods, [one, said])).toEqual(['critical PodLivenessKilled Pod shop/web-1 [app]']);
  });

  test.each([
    ['about another container', { involvedObject: { fieldPath: 'spec.containers{other}' } }],
    ['of an earlier run', { lastTimestamp: ago('20m') }],
    ['of another reason', { message: 'Stopping container app' }],
    ['about a pod of another uid', { involvedObject: { uid: 'old', fieldPath: 'spec.containers{app}' } }],
  ])('is not seen in an event %s', (_, patch) => {
    const { one, said } = killed('liveness');
    expect(found(pods, [one, merge(said, patch) as typeof said])).toEqual([
      'critical PodCrashLoop Pod shop/web-1 [app]',
    ]);
  });

  test('memory is named before a probe', () => {
    const { one, said } = killed('liveness', { reason: 'OOMKilled' });
    expect(found(pods, [one, said])).toEqual(['critical PodOOMKilled Pod shop/web-1 [app]']);
  });
});

describe('links', () => {
  test('a crash with an exit code is not the fault of a node', () => {
    expect(links(pods, [crashing({ reason: 'Error', exitCode: 1 }), node('n1')])).toEqual([]);
    expect(links(pods, [crashing({ reason: 'OOMKilled', exitCode: 137 }, limited), node('n1')])).toEqual([]);
  });
  test('memory without a limit may be', () => {
    expect(links(pods, [crashing({ reason: 'OOMKilled', exitCode: 137 }), node('n1')])).toEqual([
      'PodOOMKilled -> run Node n1 (spec.nodeName)',
    ]);
  });
});

const last = (terminated: Patch, restartCount: number, rest: Patch = {}) => ({
  restartCount,
  lastState: { terminated },
  ...rest,
});
const error = (finished: string, started = ago('10d')) => ({
  reason: 'Error',
  exitCode: 1,
  startedAt: started,
  finishedAt: finished,
});

describe('a container that runs again', () => {
  test.each([
    ['many restarts, the last a short while ago', last(error(ago('20m'), ago('40m')), 5), 'warning PodRestarting'],
    [
      'killed for memory an hour ago',
      last({ reason: 'OOMKilled', exitCode: 137, finishedAt: ago('50m') }, 1),
      'warning PodOOMKilled',
    ],
    [
      'killed for memory, often, today',
      last({ reason: 'OOMKilled', exitCode: 137, finishedAt: ago('9h') }, 3),
      'warning PodOOMKilled',
    ],
    [
      'between two crashes',
      last(error(ago('20s'), ago('40s')), 3, { state: { running: { startedAt: ago('5s') } } }),
      'critical PodCrashLoop',
    ],
  ])('%s', (_, status, wanted) => {
    expect(found(pods, [running(status)])).toEqual([`${wanted} Pod shop/web-1 [app]`]);
  });

  test.each([
    ['old restarts', last(error(ago('3d')), 7)],
    ['few restarts', last(error(ago('20m')), 2)],
    ['restarts without a time', last({ reason: 'Error', exitCode: 1 }, 9)],
    ['killed for memory days ago', last({ reason: 'OOMKilled', exitCode: 137, finishedAt: ago('3d') }, 4)],
    ['killed for memory once, hours ago', last({ reason: 'OOMKilled', exitCode: 137, finishedAt: ago('9h') }, 1)],
    ['a node that came back', last({ reason: 'Unknown', exitCode: 255, finishedAt: ago('5m') }, 12)],
    ['a status that was lost', last({ reason: 'ContainerStatusUnknown', exitCode: 137, finishedAt: ago('5m') }, 12)],
    ['stopped once', last({ reason: 'Error', exitCode: 143, finishedAt: ago('5m') }, 1)],
    ['restarts gathered over months', last(error(ago('20m'), ago('5h')), 300), { startTime: ago('700d') }],
    [
      'stopped with its machine now and then',
      last({ reason: 'Completed', exitCode: 0, startedAt: ago('4h'), finishedAt: ago('1m') }, 6),
      { startTime: ago('9d') },
    ],
    ['no last state', { restartCount: 9 }],
    ['never restarted', {}],
  ])('quiet: %s', (_, status, rest: Patch = {}) => {
    expect(found(pods, [running(status, { status: rest })])).toEqual([]);
  });

  describe('when its node was stopped', () => {
    const end = { reason: 'Error', exitCode: 255, startedAt: ago('10h'), finishedAt: ago('10m') };
    const again = (name: string, terminated: Patch = end, since = ago('9m')) =>
      pod(name, {
        status: {
          containerStatuses: [
            app(
              { running: { startedAt: since } },
              { ready: true, started: true, restartCount: 9, lastState: { terminated } },
            ),
          ],
        },
      });
    const untouched = pod('other', { status: { containerStatuses: [app({ running: { startedAt: ago('20h') } })] } });
    const elsewhere = pod('far', { spec: { nodeName: 'n2' } });

    test('all on it ended at once: quiet', () => {
      const stopped = { ...end, reason: 'Completed', exitCode: 0, finishedAt: ago('11m') };
      expect(found(pods, [again('web-1'), again('db', stopped), elsewhere])).toEqual([]);
    });
    test.each([
      ['another container there ran on', [again('web-1'), again('db'), untouched]],
      ['no other ended', [again('web-1'), again('new', { ...end, finishedAt: ago('3d') })]],
    ])('%s: it restarts by itself', (_, objects) => {
      expect(found(pods, objects)).toContain('warning PodRestarting Pod shop/web-1 [app]');
    });
    test('one other is not enough where not all pods are seen', () => {
      const partial = { missing: { pods: 'forbidden' } };
      expect(found(pods, [again('web-1'), again('db')], partial)).toHaveLength(2);
      expect(found(pods, [again('web-1'), again('db'), again('mq')], partial)).toEqual([]);
    });
  });

  test('killed by a probe, again and again', () => {
    const one = running(last({ ...error(ago('5m')), exitCode: 137 }, 4));
    const said = event(one, 'Killing', 'Container app failed liveness probe, will be restarted', {
      lastTimestamp: ago('5m'),
    });
    expect(found(pods, [one, said])).toEqual(['warning PodLivenessKilled Pod shop/web-1 [app]']);
    const once = merge(said, { count: 1 }) as typeof said;
    expect(found(pods, [running(last({ ...error(ago('5m')), exitCode: 137 }, 2)), once])).toEqual([]);
  });

  test('settings', () => {
    const one = running(last(error(ago('20m')), 2));
    expect(found(pods, [one], { settings: { restarts: 2 } })).toHaveLength(1);
    expect(found(pods, [one], { settings: { restarts: 2, recentRestart: 60 } })).toEqual([]);
  });
});

describe('a container that has ended', () => {
  const ended = (terminated: Patch, restartCount: number, restartPolicy: string, more: Patch = {}) =>
    pod('web-1', {
      spec: {
        restartPolicy,
        containers: [
          { name: 'app', image: 'x' },
          { name: 'other', image: 'y' },
        ],
      },
      status: {
        conditions: conditions({ Initialized: 'True', ContainersReady: 'False', Ready: 'False' }, ago('5s')),
        containerStatuses: [
          app({ terminated: { finishedAt: ago('5s'), ...terminated } }, { restartCount }),
          { ...app({ running: { startedAt: ago('2d') } }, { ready: true, started: true }), name: 'other' },
        ],
      },
      ...more,
    });

  test.each([
    ['between two crashes', ended({ exitCode: 1 }, 3, 'Always'), 'critical PodCrashLoop'],
    ['ended well, again and again', ended({ exitCode: 0 }, 3, 'Always'), 'critical PodCrashLoop'],
    ['not started again', ended({ exitCode: 1, finishedAt: ago('5m') }, 0, 'Always'), 'critical PodCrashLoop'],
    ['failed, never restarted', ended({ exitCode: 3 }, 0, 'Never'), 'warning PodContainerFailed'],
    [
      'killed for memory, never restarted',
      ended({ exitCode: 137, reason: 'OOMKilled' }, 0, 'Never'),
      'critical PodOOMKilled',
    ],
    ['failed, restarted on failure', ended({ exitCode: 3 }, 1, 'OnFailure'), 'critical PodCrashLoop'],
  ])('%s', (_, one, wanted) => {
    expect(found(pods, [one])).toEqual([`${wanted} Pod shop/web-1 [app]`]);
  });

  test('killed for memory and never restarted: it is history, and its log is not that of a run before', () => {
    const [one] = drafts(pods, snapshotOf([ended({ exitCode: 137, reason: 'OOMKilled' }, 0, 'Never')]));
    expect(one?.message).toBe(
      'container app was killed for using too much memory: it has no memory limit, the node ran out of memory',
    );
    expect(one?.values).toMatchObject({ endedPod: 'web-1' });
    expect(one?.values).not.toHaveProperty('restartedPod');
  });

  test('ready for a moment between two crashes: not since the pod was made', () => {
    const terminated = { exitCode: 1, startedAt: ago('40s'), finishedAt: ago('12s') };
    const status = { restartCount: 16, lastState: { terminated }, state: { running: { startedAt: ago('2s') } } };
    const one = running(status, { status: { startTime: ago('34d') } });
    expect(drafts(pods, snapshotOf([one])).map(({ code, since }) => [code, since])).toEqual([
      ['PodCrashLoop', ago('12s')],
    ]);
  });

  test.each([
    ['a moment ago, for the first time', ended({ exitCode: 1 }, 0, 'Always')],
    ['well, for the first time', ended({ exitCode: 0 }, 1, 'Always')],
    ['well, restarted on failure', ended({ exitCode: 0 }, 0, 'OnFailure')],
    ['well, never restarted', ended({ exitCode: 0, finishedAt: ago('2d') }, 0, 'Never')],
  ])('quiet: %s', (_, one) => {
    expect(found(pods, [one])).toEqual([]);
  });

  test('the policy of the container itself counts', () => {
    const one = ended({ exitCode: 1 }, 0, 'Never', {});
    const own = merge(one, {
      spec: {
        containers: [
          { name: 'app', image: 'x', restartPolicy: 'Always' },
          { name: 'other', image: 'y' },
        ],
      },
    }) as typeof one;
    expect(found(pods, [own])).toEqual([]);
    expect(found(pods, [one])).toEqual(['warning PodContainerFailed Pod shop/web-1 [app]']);
  });
});
