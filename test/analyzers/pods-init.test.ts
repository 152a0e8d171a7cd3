import { describe, expect, test } from 'vitest';
import pods from '../../analyzers/pods/index.ts';
import { ago, event, type Patch, pod } from '../support/objects.ts';
import { drafts, found, snapshotOf } from '../support/snapshot.ts';
import { conditions } from './pods-support.ts';

const status = (name: string, state: Patch, rest: Patch = {}) => ({
  name,
  ready: false,
  restartCount: 0,
  state,
  ...rest,
});
const done = (name: string) =>
  status(name, { terminated: { exitCode: 0, reason: 'Completed', finishedAt: ago('20m') } }, { ready: true });
const run = (since: string): Patch => ({ running: { startedAt: since } });
const blocked = status('app', { waiting: { reason: 'PodInitializing' } });

function initialising(initContainers: Patch[], initContainerStatuses: Patch[], patch: Patch = {}) {
  return pod('web-1', {
    spec: { initContainers, containers: [{ name: 'app', image: 'x' }] },
    status: {
      phase: 'Pending',
      conditions: conditions({ Initialized: 'False', ContainersReady: 'False', Ready: 'False' }, ago('30m')),
      initContainerStatuses,
      containerStatuses: [blocked],
    },
    ...patch,
  });
}

const wait = { name: 'wait', image: 'busybox' };
const sidecar = { name: 'mesh', image: 'mesh', restartPolicy: 'Always' };
const startup = { httpGet: { port: 15021, path: '/healthz' }, periodSeconds: 1, failureThreshold: 60 };
const failed = { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago('1m') } };

describe('init containers', () => {
  test.each([
    [
      'in a crash loop',
      initialising(
        [wait],
        [status('wait', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 4, lastState: failed })],
      ),
      'critical PodInitFailing Pod shop/web-1 [wait]',
    ],
    [
      'between two crashes',
      initialising([wait], [status('wait', failed, { restartCount: 4 })]),
      'critical PodInitFailing Pod shop/web-1 [wait]',
    ],
    [
      'tried again',
      initialising([wait], [status('wait', run(ago('5s')), { restartCount: 4, lastState: failed })]),
      'critical PodInitFailing Pod shop/web-1 [wait]',
    ],
    [
      'killed for memory',
      initialising([wait], [status('wait', { terminated: { exitCode: 137, reason: 'OOMKilled' } })]),
      'critical PodOOMKilled Pod shop/web-1 [wait]',
    ],
    [
      'that runs on and on',
      initialising([wait], [status('wait', run(ago('15m')))]),
      'warning PodInitStuck Pod shop/web-1 [wait]',
    ],
    [
      'that runs on and on for hours',
      initialising([wait], [status('wait', run(ago('3h')))]),
      'critical PodInitStuck Pod shop/web-1 [wait]',
    ],
    [
      'the second, after the first',
      initialising([{ name: 'one' }, wait], [done('one'), status('wait', run(ago('15m')))]),
      'warning PodInitStuck Pod shop/web-1 [wait]',
    ],
    [
      'behind a sidecar that does not start',
      initialising(
        [{ ...sidecar, startupProbe: startup }, wait],
        [
          status('mesh', run(ago('25m')), { started: false }),
          status('wait', { waiting: { reason: 'PodInitializing' } }),
        ],
      ),
      'critical PodProbeFailing Pod shop/web-1 [mesh]',
    ],
    [
      'behind a sidecar that crashes',
      initialising(
        [sidecar, wait],
        [
          status('mesh', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 4, lastState: failed }),
          status('wait', { waiting: { reason: 'PodInitializing' } }),
        ],
      ),
      'critical PodInitFailing Pod shop/web-1 [mesh]',
    ],
  ])('%s', (_, one, wanted) => {
    expect(found(pods, [one])).toEqual([wanted]);
  });

  test.each([
    ['that run for a while', initialising([wait], [status('wait', run(ago('5m')))])],
    [
      'behind a sidecar that is starting',
      initialising([{ ...sidecar, startupProbe: startup }], [status('mesh', run(ago('30s')), { started: false })]),
    ],
    [
      'that failed once a moment ago',
      initialising([wait], [status('wait', { terminated: { exitCode: 1, finishedAt: ago('3s') } })]),
    ],
  ])('quiet: %s', (_, one) => {
    expect(found(pods, [one])).toEqual([]);
  });
});

describe('pods that run', () => {
  const ready = conditions({ Initialized: 'True', ContainersReady: 'True', Ready: 'True' }, ago('20m'));
  const up = { ...status('app', run(ago('20m'))), ready: true, started: true };
  const running = (initContainers: Patch[], initContainerStatuses: Patch[]) =>
    initialising(initContainers, initContainerStatuses, {
      status: { phase: 'Running', conditions: ready, initContainerStatuses, containerStatuses: [up] },
    });

  test.each([
    ['after their init containers', running([wait], [done('wait')])],
    [
      'after an init container that failed at first',
      running([wait], [{ ...done('wait'), restartCount: 6, lastState: failed }]),
    ],
    ['beside a sidecar', running([sidecar], [{ ...status('mesh', run(ago('20m'))), ready: true, started: true }])],
  ])('quiet: %s', (_, one) => {
    expect(found(pods, [one])).toEqual([]);
  });

  test('a sidecar that crashes later is a crash loop', () => {
    const broken = status('mesh', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 4, lastState: failed });
    expect(found(pods, [running([sidecar], [broken])])).toEqual(['critical PodCrashLoop Pod shop/web-1 [mesh]']);
  });
});

describe('a sidecar that outlives the work', () => {
  const job = (names: string[], states: Patch[], restartPolicy = 'Never') =>
    pod('import-1', {
      spec: { restartPolicy, containers: names.map((name) => ({ name, image: 'x' })) },
      status: {
        conditions: conditions(
          { Initialized: 'True', Ready: states.every((one) => 'running' in one) ? 'True' : 'False' },
          ago('20m'),
        ),
        containerStatuses: names.map((name, index) => status(name, states[index]!, { ready: true, started: true })),
      },
    });
  const ended = (at: string): Patch => ({ terminated: { exitCode: 0, reason: 'Completed', finishedAt: at } });

  test.each([
    ['istio-proxy', 'Never'],
    ['cloudsql-proxy', 'OnFailure'],
    ['vault-agent', 'Never'],
    ['tls-sidecar', 'Never'],
  ])('%s', (name, policy) => {
    const one = job(['import', name], [ended(ago('10m')), run(ago('30m'))], policy);
    expect(found(pods, [one])).toEqual([`warning PodSidecarBlocksCompletion Pod shop/import-1 [${name}]`]);
  });

  test.each([
    ['the work ended a moment ago', job(['import', 'istio-proxy'], [ended(ago('1m')), run(ago('30m'))])],
    ['the work goes on', job(['import', 'istio-proxy'], [run(ago('30m')), run(ago('30m'))])],
    ['another worker goes on', job(['import', 'export'], [ended(ago('10m')), run(ago('30m'))])],
    ['the sidecar ended first', job(['import', 'istio-proxy'], [run(ago('30m')), ended(ago('10m'))])],
  ])('quiet: %s', (_, one) => {
    expect(found(pods, [one])).toEqual([]);
  });
});

test('the startup probe that keeps a sidecar back is named with its event', () => {
  const one = initialising(
    [{ ...sidecar, startupProbe: startup }],
    [status('mesh', run(ago('25m')), { started: false })],
  );
  const said = event(one, 'Unhealthy', 'Startup probe failed: HTTP probe failed with statuscode: 503', {
    involvedObject: { fieldPath: 'spec.initContainers{mesh}' },
  });
  const [draft] = drafts(pods, snapshotOf([one, said]));
  expect(draft?.message).toBe('startup probe (HTTP GET :15021/healthz) of sidecar mesh fails: HTTP status 503');
});
