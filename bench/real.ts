import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestsOf } from '../test/e2e/support/audit.ts';
import { startCluster } from '../test/e2e/support/cluster.ts';
import { controlPlaneExecutable } from '../test/e2e/support/executable.ts';
import { applyReaders } from '../test/e2e/support/prepared.ts';
import { until } from '../test/e2e/support/wait.ts';
import { makeCluster } from './cluster.ts';
import { filledCluster, post } from './fill.ts';
import type { Target } from './target.ts';

const person = 'secrets-reader';

/** A real API server on etcd with a cluster of so many pods. Nothing else runs, so that nothing else is measured. */
export async function realTarget(pods: number, say: (line: string) => void): Promise<Target> {
  const cluster = await startCluster({
    data: await filledCluster(pods, say),
    controllers: false,
    // A page that curl fetches again has to be there still.
    apiServer: ['--etcd-compaction-interval=0'],
  });
  const { api, folder, server: url } = cluster;
  const kubeconfig = cluster.kubeconfig(person);
  await applyReaders(api);
  // Saved data has no leases of nodes, and those of then would say that all nodes are silent.
  await post(
    api,
    makeCluster(pods).find(({ kind }) => kind === 'Lease')!,
  );
  const { token } = JSON.parse(readFileSync(kubeconfig, 'utf8')).users[0].user;
  let seen = 0;
  return {
    url,
    kubeconfig,
    folder,
    curl: [`cacert = "${join(folder, 'pki', 'ca.crt')}"`, `header = "Authorization: Bearer ${token}"`],
    kubectl: { command: await controlPlaneExecutable(), args: ['kubectl', '--kubeconfig', kubeconfig] },
    async taken(requests) {
      const asked = await until('the audit log', async () => {
        const all = requestsOf(cluster, person).slice(seen);
        const own = all.filter(({ userAgent }) => userAgent.startsWith('mekhanikube'));
        return own.length >= requests ? own : undefined;
      });
      seen = requestsOf(cluster, person).length;
      if (asked.length > requests) throw new Error(`the server counted ${asked.length} requests, the tool ${requests}`);
      const other = asked.find(({ verb, status }) => (verb !== 'get' && verb !== 'list') || status !== 200);
      if (other !== undefined) throw new Error(`${other.verb} ${other.path}: ${other.status}`);
      return asked.map(({ path, query }) => path + query);
    },
    close: () => cluster.stop(),
  };
}
