import type { Json } from './api.ts';
import type { PodReport } from './kubelet.ts';
import { before } from './times.ts';

const unready = new Set(['not-ready', 'crash-loop', 'image-pull', 'config-error', 'create-error', 'creating']);

/** The status of a pod of which one container (or init container) is in a state, and the others are well. */
export function statusOf(pod: Json, told: PodReport, host: string, message: string | undefined): Json {
  const { state } = told;
  const created = pod.metadata.creationTimestamp;
  const name = told.container ?? pod.spec.containers[0].name;
  if (state === 'evicted') {
    return { phase: 'Failed', reason: told.reason ?? 'Evicted', message, startTime: created, hostIP: host };
  }
  const done = state === 'failed' || state === 'completed';
  const init = state.startsWith('init-');
  const ready = state === 'running' || state === 'restarted';
  const pending = init || ['image-pull', 'config-error', 'create-error', 'creating'].includes(state);
  const names = pod.spec.containers.map((one: Json) => one.name);
  const blamed = names.filter((one: string) => init || done || (unready.has(state) && one === name));
  const why = done
    ? { reason: state === 'completed' ? 'PodCompleted' : 'PodFailed' }
    : { reason: 'ContainersNotReady', message: `containers with unready status: [${blamed.join(' ')}]` };
  const condition = (type: string, holds: boolean, more: object = {}) => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime: created,
    ...more,
  });
  const notInitialized = {
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${pod.spec.initContainers?.map((one: Json) => one.name).join(' ')}]`,
  };
  const ip = `10.244.${200 + (created.length % 9)}.${(parseInt(pod.metadata.uid.slice(0, 4), 16) % 250) + 1}`;
  return {
    phase: done ? (state === 'completed' ? 'Succeeded' : 'Failed') : pending ? 'Pending' : 'Running',
    startTime: created,
    hostIP: host,
    hostIPs: [{ ip: host }],
    ...(state === 'creating' ? {} : { podIP: ip, podIPs: [{ ip }] }),
    conditions: [
      condition('PodReadyToStartContainers', !done && state !== 'creating'),
      condition('Initialized', !init, init ? notInitialized : {}),
      condition('Ready', ready, ready ? {} : why),
      condition('ContainersReady', ready, ready ? {} : why),
      condition('PodScheduled', true),
    ],
    ...(pod.spec.initContainers === undefined
      ? {}
      : { initContainerStatuses: pod.spec.initContainers.map((one: Json) => initStatus(one, pod, told, message)) }),
    containerStatuses: pod.spec.containers.map((one: Json) => {
      if (init || state === 'creating') return waiting(one, { reason: init ? 'PodInitializing' : 'ContainerCreating' });
      return one.name === name || done ? troubled(one, pod, told, message) : running(one, pod, true);
    }),
  };
}

function troubled(container: Json, pod: Json, told: PodReport, message: string | undefined): Json {
  const { exitCode = 1, restarts = 6, reason, lastMessage } = told;
  const error = exitCode === 0 ? 'Completed' : 'Error';
  const ended = {
    exitCode,
    reason: reason ?? error,
    startedAt: before(70),
    finishedAt: before(62),
    containerID: id(pod, container, 1),
    ...(lastMessage === undefined ? {} : { message: lastMessage }),
  };
  switch (told.state) {
    case 'not-ready':
      return running(container, pod, false);
    case 'restarted':
      return { ...running(container, pod, true), restartCount: restarts, lastState: { terminated: ended } };
    case 'crash-loop':
      return {
        ...waiting(container, { reason: 'CrashLoopBackOff', message: backOff(container, pod) }),
        restartCount: restarts,
        lastState: { terminated: ended },
      };
    case 'image-pull':
      return waiting(container, { reason: reason ?? 'ImagePullBackOff', message: message ?? '' });
    case 'config-error':
      return waiting(container, { reason: reason ?? 'CreateContainerConfigError', message: message ?? '' });
    case 'create-error':
      return waiting(container, { reason: reason ?? 'CreateContainerError', message: message ?? '' });
    case 'failed':
    case 'completed':
      return {
        ...waiting(container, {}),
        imageID: imageId(container),
        containerID: id(pod, container, 0),
        state: {
          terminated: {
            ...ended,
            exitCode: told.state === 'failed' ? exitCode : 0,
            reason: told.state === 'failed' ? ended.reason : 'Completed',
          },
        },
      };
    default:
      return running(container, pod, true);
  }
}

function initStatus(
  container: Json,
  pod: Json,
  { state, exitCode = 1, restarts = 6 }: PodReport,
  message?: string,
): Json {
  if (state === 'creating') return waiting(container, { reason: 'PodInitializing' });
  if (state === 'init-running') return { ...running(container, pod, false), started: true };
  const ended = {
    exitCode,
    reason: 'Error',
    startedAt: before(70),
    finishedAt: before(62),
    containerID: id(pod, container, 1),
  };
  if (state === 'init-crash-loop') {
    const status = { reason: 'CrashLoopBackOff', message: message ?? backOff(container, pod) };
    return { ...waiting(container, status), restartCount: restarts, lastState: { terminated: ended } };
  }
  const fine = {
    exitCode: 0,
    reason: 'Completed',
    startedAt: pod.metadata.creationTimestamp,
    finishedAt: pod.metadata.creationTimestamp,
  };
  return { ...running(container, pod, true), started: false, state: { terminated: fine } };
}

function running({ name, image }: Json, pod: Json, ready: boolean): Json {
  const container = { name, image };
  return {
    ...container,
    imageID: imageId(container),
    containerID: id(pod, container, 0),
    ready,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: pod.metadata.creationTimestamp } },
  };
}

function waiting({ name, image }: Json, state: object): Json {
  return { name, image, imageID: '', ready: false, started: false, restartCount: 0, state: { waiting: state } };
}

function backOff(container: Json, { metadata }: Json): string {
  return `back-off 5m0s restarting failed container=${container.name} pod=${metadata.name}_${metadata.namespace}(${metadata.uid})`;
}

function imageId({ image }: Json): string {
  return `${image}@sha256:${Buffer.from(image).toString('hex').padEnd(64, '0').slice(0, 64)}`;
}

function id(pod: Json, { name }: Json, run: number): string {
  const text = `${pod.metadata.uid.replaceAll('-', '')}${Buffer.from(name).toString('hex')}${run}`;
  return `containerd://${text.padEnd(64, '0').slice(0, 64)}`;
}
