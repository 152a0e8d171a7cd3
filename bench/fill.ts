import { join } from 'node:path';
import { type Api, type Json } from '../test/e2e/support/api.ts';
import type { Cluster } from '../test/e2e/support/cluster.ts';
import { report } from '../test/e2e/support/kubelet.ts';
import { savedData } from '../test/e2e/support/saved.ts';
import { sleep } from '../test/e2e/support/wait.ts';
import { type ListPath, makeCluster } from './cluster.ts';

/** What people and installers create; all else the controllers, the scheduler and the kubelets make of it. */
const created = ['Node', 'Namespace', 'ConfigMap', 'Secret', 'Service', 'Deployment'];
/** One Deployment of so many crashes: no cluster of this size is without trouble. */
const crashing = 50;
const month = 30 * 24;
/** Endpoints and events follow the pods. */
const restSeconds = 10;

/**
 * The data of a cluster with so many pods, which the real controllers, the real scheduler and simulated kubelets made: some seconds per
 * thousand pods, once.
 * @param say is told how far it is.
 * @returns etcd's folder, for `startCluster({ data })`.
 */
export function filledCluster(pods: number, say: (line: string) => void): Promise<string> {
  return savedData({
    name: `bench-${pods}`,
    files: ['fill.ts', 'cluster.ts', '../test/e2e/support/kwok.yaml'].map((name) => join(import.meta.dirname, name)),
    hours: month,
    // On a machine that is busy filling, simulated kubelets are late with their leases: their pods would be called unready for good.
    cluster: { manager: ['--node-monitor-grace-period=1h'] },
    async setUp(cluster) {
      const { api } = cluster;
      say(`Filling a cluster with ${pods} pods; it is kept`);
      const lists = makeCluster(pods).filter(({ kind }) => created.includes(kind));
      for (const kind of created)
        await post(
          api,
          lists.find((list) => list.kind === kind)!,
        );
      await untilReady(api, pods, say);
      const deployments = lists
        .find(({ kind }) => kind === 'Deployment')!
        .items.map((item) => JSON.parse(item).metadata);
      let failing = 0;
      for (const { namespace, name } of deployments.filter((_, index) => index % crashing === crashing - 1))
        failing += await report(api, { pods: `${namespace}/app=${name}`, state: 'crash-loop', exitCode: 1 });
      await untilReady(api, pods - failing, say);
      await sleep(restSeconds * 1_000);
      await forgetHistory(cluster);
    },
  });
}

/** Posts all objects of a list, sixteen at a time. */
export async function post(api: Api, { path, apiVersion, kind, items }: ListPath): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const { metadata, ...rest } = JSON.parse(items[index]!);
      const { name, namespace, labels } = metadata;
      const where = namespace === undefined ? path : path.replace(/(?=\/[^/]+$)/, `/namespaces/${namespace}`);
      await api.call('POST', where, { apiVersion, kind, metadata: { name, labels }, ...rest });
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

/** Waits until so many pods are counted as ready by their Deployments. */
async function untilReady(api: Api, wanted: number, say: (line: string) => void): Promise<void> {
  for (let told = 0; ;) {
    await sleep(Math.max(2_000, wanted / 4));
    const deployments = await api.list('/apis/apps/v1/deployments?resourceVersion=0');
    const ready = deployments.reduce((sum: number, { status }: Json) => sum + (status?.readyReplicas ?? 0), 0);
    if (ready === wanted) return;
    if (ready - told >= wanted / 5) {
      say(`${ready} of ${wanted} pods are ready`);
      told = ready;
    }
  }
}

/** Every change of the filling is an entry of its own in etcd, and few are needed. */
async function forgetHistory({ api, ports }: Cluster): Promise<void> {
  const { metadata } = await api.get('/api/v1/namespaces?limit=1');
  const ask = async (path: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${ports.etcd}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`etcd: ${path}: ${answer.status} ${await answer.text()}`);
  };
  await ask('kv/compaction', { revision: metadata.resourceVersion, physical: true });
  await ask('maintenance/defragment', {});
}
