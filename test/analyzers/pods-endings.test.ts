import { describe, expect, test } from 'vitest';
import pods from '../../analyzers/pods/index.ts';
import { exitText } from '../../analyzers/pods/exit-codes.ts';
import { ago, event, node, object, ownedBy, type Patch, pod } from '../support/objects.ts';
import { drafts, found, snapshotOf } from '../support/snapshot.ts';
import { app, crashing, over, running, unready, waiting } from './pods-support.ts';

const hooked: Patch = {
  spec: { containers: [{ name: 'app', image: 'x', lifecycle: { postStart: { exec: { command: ['/register'] } } } }] },
};
const killed = { reason: 'Error', exitCode: 137 };
const about = (name: string, at = ago('2m')): Patch => ({
  lastTimestamp: at,
  involvedObject: { fieldPath: `spec.containers{${name}}` },
});

describe('a postStart hook that fails', () => {
  const one = crashing(killed, hooked);
  test('an event tells of it', () => {
    const [draft] = drafts(
      pods,
      snapshotOf([one, event(one, 'FailedPostStartHook', 'PostStartHook failed', about('app'))]),
    );
    expect(`${draft?.code} ${draft?.message}`).toBe(
      'PodPostStartHookFailed container app is killed after each start because its postStart hook fails; 6 restarts',
    );
  });

  test('kubelets before 1.26 quote the command', () => {
    const text = 'Exec lifecycle hook ([/register]) for Container "app" failed - error: command exited with 7';
    const [draft] = drafts(pods, snapshotOf([one, event(one, 'FailedPostStartHook', text, about('app'))]));
    expect(draft?.message).toContain('error: command exited with 7');
  });

  test('its command is not that of the container', () => {
    const text = 'rpc error: exec failed: exec: "/register": stat /register: no such file or directory';
    const [draft] = drafts(pods, snapshotOf([waiting('PostStartHookError', text, {}, hooked)]));
    expect(draft?.code).toBe('PodPostStartHookFailed');
  });

  test.each([
    ['of another container', event(one, 'FailedPostStartHook', 'x', about('other'))],
    ['of a run long ago', event(one, 'FailedPostStartHook', 'x', about('app', ago('40m')))],
    ['of a stop', event(one, 'FailedPreStopHook', 'x', about('app'))],
  ])('is not to blame: %s', (_, told) => {
    const [draft] = drafts(pods, snapshotOf([one, told]));
    expect(draft?.code).toBe('PodCrashLoop');
    expect(draft?.message).toContain('perhaps because its postStart hook fails');
  });

  test.each([
    [0, 'PodPostStartHookFailed'],
    [143, 'PodPostStartHookFailed'],
    [1, 'PodCrashLoop'],
    [139, 'PodCrashLoop'],
  ])('an end with %d: %s', (exitCode, code) => {
    const ended = crashing({ reason: 'Error', exitCode }, hooked);
    const failure = event(ended, 'FailedPostStartHook', 'PostStartHook failed', about('app'));
    expect(found(pods, [ended, failure])).toEqual([`critical ${code} Pod shop/web-1 [app]`]);
  });

  test('without a hook nothing is said of one', () => {
    expect(drafts(pods, snapshotOf([crashing(killed)]))[0]?.message).toContain('perhaps by the node');
  });
});

describe('a child killed for memory, while the process ended well', () => {
  const init = (exitCode: number) =>
    running(
      {},
      {
        spec: { initContainers: [{ name: 'warm', image: 'y' }] },
        status: {
          initContainerStatuses: [
            {
              name: 'warm',
              image: 'y',
              ready: exitCode === 0,
              restartCount: 0,
              state: { terminated: { exitCode, reason: 'OOMKilled', finishedAt: ago('2d') } },
            },
          ],
        },
      },
    );
  test('is no fault', () => expect(found(pods, [init(0)])).toEqual([]));
  test('and one that failed is', () => {
    expect(found(pods, [init(137)])).toEqual(['critical PodOOMKilled Pod shop/web-1 [warm]']);
  });
});

describe('rules of restart', () => {
  const state = { terminated: { exitCode: 42, reason: 'Error', finishedAt: ago('3s') } };
  const rules = (operator: string, values: number[]) =>
    running(
      { state, ready: false },
      {
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'app',
              image: 'x',
              restartPolicy: 'Never',
              restartPolicyRules: [{ action: 'Restart', exitCodes: { operator, values } }],
            },
          ],
        },
      },
    );
  const ended = ['warning PodContainerFailed Pod shop/web-1 [app]'];
  test.each([
    ['In', [42], []],
    ['In', [1], ended],
    ['NotIn', [1], []],
    ['NotIn', [42], ended],
  ] as const)('%s %j', (operator, values, wanted) => {
    expect(found(pods, [rules(operator, [...values])])).toEqual(wanted);
  });
});

describe('a kubelet that has not read everything yet', () => {
  const texts = [
    'services have not yet been read at least once, cannot construct envvars',
    'failed to sync configmap cache: timed out waiting for the condition',
    'failed to sync secret cache: timed out waiting for the condition',
  ];
  const since = (at: string): Patch => ({
    metadata: { creationTimestamp: at },
    status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: at }] },
  });
  test.each(texts)('is given time: %s', (text) => {
    expect(found(pods, [waiting('CreateContainerConfigError', text, {}, since(ago('20s')))])).toEqual([]);
  });
  test.each(texts)('but not for ever: %s', (text) => {
    expect(found(pods, [waiting('CreateContainerConfigError', text, {}, since(ago('5m')))])).toEqual([
      'critical PodConfigError Pod shop/web-1 [app]',
    ]);
  });
  test('what is missing is told at once', () => {
    const one = waiting('CreateContainerConfigError', 'secret "db" not found', {}, since(ago('20s')));
    expect(found(pods, [one])).toEqual(['critical PodConfigError Pod shop/web-1 [app]']);
  });
});

test('a volume that is an image is named, not the image of the container', () => {
  const spec = {
    containers: [{ name: 'app', image: 'quay.io/acme/serve:2' }],
    volumes: [
      { name: 'logs', emptyDir: {} },
      { name: 'model', image: { reference: 'quay.io/acme/weights:9' } },
    ],
  };
  const text = (image: string) => `Back-off pulling image "${image}": ErrImagePull: ${image}: not found`;
  const told = (image: string) => drafts(pods, snapshotOf([waiting('ImagePullBackOff', text(image), {}, { spec })]))[0];
  expect(told('quay.io/acme/weights:9')?.message).toBe(
    'registry quay.io does not have image quay.io/acme/weights:9 of volume model, which container app mounts (no such repository or tag)',
  );
  expect(told('quay.io/acme/weights:9')?.evidence.map(({ path }) => path)).toContain('spec.volumes[1].image.reference');
  expect(told('quay.io/acme/serve:2')?.message).toContain('image quay.io/acme/serve:2 of container app');
  // `kubectl set image` would set the wrong one.
  expect(told('quay.io/acme/weights:9')?.values).toMatchObject({ volume: 'model' });
  expect(told('quay.io/acme/weights:9')?.values).not.toHaveProperty('container');
  expect(told('quay.io/acme/serve:2')?.values).toMatchObject({ container: 'app' });
});

test.each([
  [3221225781, 'exit code 3221225781 (0xC0000135, a DLL that it needs is missing)'],
  [-1073741819, 'exit code -1073741819 (0xC0000005, invalid memory access)'],
  [-1073740000, 'exit code -1073740000 (0xC0000720)'],
  [255, 'exit code 255 (an error of the application, or the node was lost)'],
])('Windows: %d', (exitCode, wanted) => {
  expect(exitText({ exitCode })).toBe(wanted);
});

describe('a container that never began', () => {
  const ended = (message: string) => crashing({ reason: 'StartError', exitCode: 128, message });
  test('for its memory limit', () => {
    const limits = { resources: { limits: { memory: '4Mi' } } };
    const one = crashing(
      {
        reason: 'StartError',
        exitCode: 128,
        message: 'runc create failed: unable to start: container init was OOM-killed (memory limit too low?)',
      },
      { spec: { containers: [{ name: 'app', image: 'x', ...limits }] } },
    );
    const [draft] = drafts(pods, snapshotOf([one]));
    expect(draft?.code).toBe('PodOOMKilled');
    expect(draft?.values?.['limit']).toBe('4Mi');
    expect(draft?.message).toContain('cannot be started: its memory limit is too low even for its start');
  });

  test('for its architecture: the one of the node is told, where it is known', () => {
    const one = ended('exec /app: exec format error');
    const arm = node('n1', { status: { nodeInfo: { architecture: 'arm64' } } });
    expect(drafts(pods, snapshotOf([one, arm]))[0]?.message).toContain('(node n1 is arm64)');
    expect(drafts(pods, snapshotOf([one], { missing: { nodes: 'forbidden' } }))[0]?.message).not.toContain(
      'node n1 is',
    );
  });
});

test('events that were put together tell what they told', () => {
  const told = (prefix: string) => {
    const one = unready(ago('40m'), { readinessProbe: { exec: { command: ['/ready'] } } });
    const text = `${prefix}Readiness probe failed: 09:59:50 cannot reach ldap`;
    return drafts(pods, snapshotOf([one, event(one, 'Unhealthy', text, about('app'))]))[0]?.message;
  };
  expect(told('(combined from similar events): ')).toContain('fails: 09:59:50 cannot reach ldap');
  expect(told('(combined from similar events): ')).toBe(told(''));
});

describe('where a memory limit comes from', () => {
  const oom = (word: string | undefined, limit = '128Mi') => {
    const annotations = word === undefined ? {} : { 'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${word}` };
    const one = crashing(
      { reason: 'OOMKilled', exitCode: 137 },
      {
        metadata: { annotations },
        spec: { containers: [{ name: 'app', image: 'x', resources: { limits: { memory: limit } } }] },
      },
    );
    return drafts(pods, snapshotOf([one]))[0]?.message ?? '';
  };
  test.each([
    ['cpu request for container app; cpu, memory limit for container app', true],
    ['memory limit for container app', true],
    ['memory request for container app; cpu limit for container app', false],
    ['memory limit for container other', false],
    ['memory limit for init container app', false],
    ['(memory limit for container app', false],
    [undefined, false],
  ])('%s', (word, told) => {
    expect(oom(word).includes('its memory limit is 128Mi, the default of a LimitRange')).toBe(told);
  });

  test('that of the pod may be it where a container was killed', () => {
    const resources = { limits: { memory: '256Mi' } };
    const [draft] = drafts(pods, snapshotOf([crashing(killed, { spec: { resources } })]));
    expect(draft?.message).toContain('perhaps for the memory limit of its pod');
  });
});

describe('a pod of its own that failed', () => {
  const failed = (since: string, patch: Patch = {}) =>
    over(undefined, undefined, {
      spec: { restartPolicy: 'Never' },
      status: { containerStatuses: [app({ terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(since) } })] },
      ...patch,
    });
  const job = object('jobs.batch', 'shop/load', { spec: {}, status: {} });
  test.each([
    ['a moment ago', [failed('5m')], 'warning'],
    ['long ago', [failed('3d')], 'info'],
    ['long ago, for a Job', [failed('3d', ownedBy(job)), job], 'warning'],
  ] as const)('%s', (_, objects, severity) => {
    expect(found(pods, [...objects])).toEqual([`${severity} PodContainerFailed Pod shop/web-1 [app]`]);
  });
});

describe('a restart while its node starts', () => {
  const at = (name: string, ended: string, started: string) =>
    pod(name, {
      spec: { nodeName: 'n1' },
      status: {
        containerStatuses: [
          {
            name: 'app',
            image: 'x',
            ready: true,
            restartCount: 9,
            state: { running: { startedAt: ago(started) } },
            lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago('3h'), finishedAt: ago(ended) } },
          },
        ],
      },
    });
  const mine = at('web-1', '50m', '49m');
  const line = ['warning PodRestarting Pod shop/web-1 [app]'];
  test.each([
    ['the others had just been started', [mine, at('dns', '52m', '51m')], []],
    ['another had long been running', [mine, at('dns', '52m', '51m'), at('old', '10h', '9h')], line],
    ['no other ended', [mine, at('dns', '52h', '51m')], line],
  ])('%s', (_, objects, wanted) => {
    expect(found(pods, objects).filter((one) => one.includes('web-1'))).toEqual(wanted);
  });
});
