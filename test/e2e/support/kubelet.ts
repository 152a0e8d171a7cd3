import type { Api, Json } from './api.ts';
import { sleep, until } from './wait.ts';

/** A story is looked at this many seconds after it was set up: its recording is dated so, and reports are made for that moment. */
export const ageSeconds = 540;

/** What a kubelet reports of a container, or of the whole pod. */
export interface PodReport {
  /** `NAMESPACE/SELECTOR`: the pods it is about; all that match and have a node. */
  readonly pods: string;
  readonly state:
    | 'running'
    | 'not-ready'
    | 'restarted'
    | 'crash-loop'
    | 'image-pull'
    | 'config-error'
    | 'create-error'
    | 'creating'
    | 'init-running'
    | 'init-crash-loop'
    | 'failed'
    | 'completed'
    | 'evicted';
  /** The container in trouble; the first where none is named. */
  readonly container?: string;
  /** The kubelet's own words, with `{image}`, `{name}`, `{namespace}` and `{uid}` to fill in. */
  readonly message?: string;
  readonly reason?: string;
  readonly exitCode?: number;
  /** What the runtime said of the run that ended. */
  readonly lastMessage?: string;
  readonly restarts?: number;
  /** Events that the kubelet writes beside it: reason, message, and how often. */
  readonly events?: readonly { reason: string; message: string; count?: number; type?: string; component?: string }[];
}

/** A time so many seconds before the moment at which the story is looked at. */
export function before(seconds: number): string {
  return `${new Date(Date.now() + (ageSeconds - seconds) * 1_000).toISOString().slice(0, 19)}Z`;
}

/** Reports a state for pods, as the kubelet of their node does. @returns how many pods it was. */
export async function report(api: Api, told: PodReport): Promise<number> {
  const [namespace = '', selector = ''] = told.pods.split('/', 2);
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const pods = await scheduled(api, `${path}?labelSelector=${encodeURIComponent(selector)}`, told.pods);
  for (const pod of pods) {
    const node = await api.get(`/api/v1/nodes/${pod.spec.nodeName}`);
    const host = node.status.addresses.find(({ type }: Json) => type === 'InternalIP').address;
    await api.merge(`${path}/${pod.metadata.name}/status`, { status: statusOf(pod, told, host) });
    for (const event of told.events ?? [])
      await writeEvent(api, pod, { ...event, message: fill(event.message, pod, told) });
  }
  return pods.length;
}

/** Pods once all of them have a node and no more come. */
async function scheduled(api: Api, path: string, what: string): Promise<readonly Json[]> {
  let last = '';
  return until(`pods ${what} on a node`, async () => {
    const all = await api.list(path);
    const names = all.map(({ metadata }) => metadata.name).join();
    const done = all.length > 0 && names === last && all.every(({ spec }) => spec.nodeName !== undefined);
    last = names;
    if (!done) await sleep(700);
    return done ? all : undefined;
  });
}

const unready = new Set(['not-ready', 'crash-loop', 'image-pull', 'config-error', 'create-error', 'creating']);

/** The status of a pod of which one container (or init container) is in a state, and the others are well. */
function statusOf(pod: Json, told: PodReport, host: string): Json {
  const { state } = told;
  const created = pod.metadata.creationTimestamp;
  const name = told.container ?? pod.spec.containers[0].name;
  const message = told.message === undefined ? undefined : fill(told.message, pod, told);
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

function fill(text: string, pod: Json, { container }: PodReport): string {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const one = all.find(({ name }) => name === container) ?? pod.spec.containers[0];
  const { name, namespace, uid } = pod.metadata;
  const values: Record<string, string> = {
    name,
    namespace,
    uid,
    image: one.image,
    container: one.name,
    node: pod.spec.nodeName,
  };
  return text.replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}

async function writeEvent(
  api: Api,
  pod: Json,
  { reason, message, count = 12, type = 'Warning', component = 'kubelet' }: NonNullable<PodReport['events']>[number],
): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  const unique = `${Date.now().toString(16)}${Math.floor(Math.random() * 65_536).toString(16)}`;
  await api.call('POST', `/api/v1/namespaces/${namespace}/events`, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${unique}`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
    type,
    reason,
    message,
    count,
    firstTimestamp: before(ageSeconds - 10),
    lastTimestamp: before(20),
    source: { component, host: pod.spec.nodeName },
    reportingComponent: component,
    reportingInstance: pod.spec.nodeName,
  });
}
