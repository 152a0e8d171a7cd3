import type { Api, Json } from './api.ts';
import { statusOf } from './pod-status.ts';
import { ageSeconds, before } from './times.ts';
import { sleep, until } from './wait.ts';

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

/** Reports a state for pods, as the kubelet of their node does. @returns how many pods it was. */
export async function report(api: Api, told: PodReport): Promise<number> {
  const [namespace = '', selector = ''] = told.pods.split('/', 2);
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const pods = await scheduled(api, `${path}?labelSelector=${encodeURIComponent(selector)}`, told.pods);
  for (const pod of pods) {
    const node = await api.get(`/api/v1/nodes/${pod.spec.nodeName}`);
    const host = node.status.addresses.find(({ type }: Json) => type === 'InternalIP').address;
    const message = told.message === undefined ? undefined : fill(told.message, pod, told);
    await api.merge(`${path}/${pod.metadata.name}/status`, { status: statusOf(pod, told, host, message) });
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
