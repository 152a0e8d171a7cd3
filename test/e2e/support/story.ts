import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { type Accelerators, installAccelerators } from './accelerators.ts';
import { applyAll, manifests } from './apply.ts';
import type { Json } from './api.ts';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
import { type PodReport, report } from './kubelet.ts';
import { Minted, type Wish } from './minted.ts';
import { type NodeReport, reportNode } from './nodes.ts';
import { deleteEvents, settledShop } from './prepared.ts';
import { allowingWebhook, denyingWebhook, metricsServer } from './servers.ts';
import { settled } from './settled.ts';
import type { TimePassing } from './snapshots.ts';
import { ageSeconds } from './times.ts';
import { sleep, until } from './wait.ts';

const folder = path.resolve(import.meta.dirname, '../stories');

/** One thing that happens in a story. */
type Step =
  /** A file of manifests; `as`: on behalf of this user, in this group. */
  | { readonly apply: string; readonly as?: { readonly user: string; readonly group: string } }
  /** Certificates that later manifests name: see {@link Minted}. */
  | { readonly certificates: Readonly<Record<string, Wish>> }
  /** A server that allows whatever it is asked about, with one of these certificates; manifests name its port. */
  | { readonly allowingWebhook: { readonly name: string; readonly certificate: string } }
  | { readonly delete: string }
  | { readonly kubelet: PodReport }
  | { readonly node: NodeReport }
  | { readonly accelerators: Accelerators }
  /** `NAMESPACE/SELECTOR`: until all these pods are ready. */
  | { readonly ready: string }
  | { readonly merge: { readonly object: string; readonly subresource?: string; readonly patch: Json } }
  | { readonly seconds: number }
  /** One of the cluster's programs ends. */
  | { readonly end: string }
  | { readonly denyingWebhook: Parameters<typeof denyingWebhook>[1] }
  | { readonly metricsServer: Parameters<typeof metricsServer>[1] }
  | { readonly settle: true }
  | { readonly forget: 'events' };

interface Script {
  readonly cluster?: Pick<ClusterOptions, 'leaderElect' | 'apiServer'>;
  /** How many seconds after its last step the story is looked at, where it is not the usual time. */
  readonly laterSeconds?: number;
  readonly steps?: readonly Step[];
}

/** The names of all stories, in alphabetical order. */
export function storyNames(): readonly string[] {
  return readdirSync(folder)
    .filter((name) => existsSync(storyFile(name)))
    .toSorted();
}

export function storyFile(name: string): string {
  return path.join(folder, name, 'story.yaml');
}

/** What to know of a story to date its recording: when it is looked at, and which programs had ended. */
export function passing(name: string): TimePassing {
  const { laterSeconds = ageSeconds, steps = [] } = scriptOf(name);
  return { seconds: laterSeconds, ended: steps.flatMap((step) => ('end' in step ? [step.end] : [])) };
}

function scriptOf(name: string): Script {
  return load(readFileSync(storyFile(name), 'utf8')) as Script;
}

/** Starts a cluster with the healthy shop, lets a story happen on it, and waits until it has come to rest. The caller stops it. */
export async function play(name: string): Promise<Cluster> {
  const script = scriptOf(name);
  const { steps = [{ apply: 'manifests.yaml' }] } = script;
  const cluster = await startCluster({ data: await settledShop(), ...script.cluster });
  try {
    await deleteEvents(cluster.api);
    const made = new Minted(Date.now() + (script.laterSeconds ?? ageSeconds) * 1_000);
    for (const step of steps) await take({ cluster, made, from: path.join(folder, name) }, step);
    await settled(cluster.api);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

interface Stage {
  readonly cluster: Cluster;
  readonly made: Minted;
  /** The story's folder. */
  readonly from: string;
}

async function take({ cluster, made, from }: Stage, step: Step): Promise<void> {
  const { api, processes } = cluster;
  if ('apply' in step) {
    const objects = (await manifests(path.join(from, step.apply))).map((one) => made.fill(one));
    await applyAll(step.as === undefined ? api : api.as(step.as), objects);
  } else if ('certificates' in step) made.mint(step.certificates);
  else if ('allowingWebhook' in step) {
    const { name, certificate } = step.allowingWebhook;
    made.listens(name, await allowingWebhook(cluster, made.pair(certificate)));
  } else if ('delete' in step) await api.call('DELETE', await pathOf(step.delete));
  else if ('kubelet' in step) await report(api, step.kubelet);
  else if ('node' in step) await reportNode(api, step.node);
  else if ('accelerators' in step) await installAccelerators(api, step.accelerators);
  else if ('merge' in step) {
    const { object, subresource, patch } = step.merge;
    const target = `${await pathOf(object)}${subresource === undefined ? '' : `/${subresource}`}`;
    await api.merge(target, patch);
  } else if ('seconds' in step) await sleep(step.seconds * 1_000);
  else if ('end' in step) await processes.end([step.end]);
  else if ('denyingWebhook' in step) await denyingWebhook(cluster, step.denyingWebhook);
  else if ('metricsServer' in step) await metricsServer(cluster, step.metricsServer);
  else if ('settle' in step) await settled(api);
  else if ('forget' in step) await deleteEvents(api);
  else {
    const [namespace = '', selector = ''] = step.ready.split('/', 2);
    await until(`ready pods ${step.ready}`, async () => {
      const pods = await api.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`);
      const isReady = ({ status }: Json) =>
        status.conditions?.some(({ type, status: holds }: Json) => type === 'Ready' && holds === 'True');
      return pods.length > 0 && pods.every(isReady) ? true : undefined;
    });
  }

  /** `apps/v1 Deployment shop/web`, or without a namespace. */
  function pathOf(text: string): Promise<string> {
    const [apiVersion = '', kind = '', where = ''] = text.split(' ');
    const [namespace, name] = where.includes('/') ? where.split('/', 2) : [undefined, where];
    return api.pathOf({ apiVersion, kind, metadata: { name, namespace } });
  }
}
