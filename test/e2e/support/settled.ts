import type { Api, Json } from './api.ts';
import { sleep } from './wait.ts';

/** What has come to rest when a cluster is settled. Nodes and leases never do; events follow. */
const watched = [
  '/api/v1/pods',
  '/api/v1/persistentvolumeclaims',
  '/api/v1/namespaces',
  '/api/v1/services',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/replicasets',
  '/apis/apps/v1/statefulsets',
  '/apis/apps/v1/daemonsets',
  '/apis/batch/v1/jobs',
  '/apis/discovery.k8s.io/v1/endpointslices',
  '/apis/apiregistration.k8s.io/v1/apiservices',
  '/apis/autoscaling/v2/horizontalpodautoscalers',
];

/**
 * Waits until no workload, pod or endpoint has changed for some seconds.
 * @param options.longest after so many seconds it is settled enough: controllers that are refused try for ever.
 */
export async function settled(
  api: Api,
  { quietSeconds = 3, longest = 40 }: { quietSeconds?: number; longest?: number } = {},
): Promise<void> {
  const end = Date.now() + longest * 1_000;
  let last = '';
  let since = Date.now();
  while (Date.now() - since < quietSeconds * 1_000 && Date.now() < end) {
    await sleep(500);
    const state = await stateOf(api);
    if (state !== last) since = Date.now();
    last = state;
  }
}

async function stateOf(api: Api): Promise<string> {
  const lists = await Promise.all(watched.map((path) => api.list(path)));
  // The simulated kubelets may be late: until they have reported, each look counts as a change.
  if (lists[0]?.some(isUnreported)) return String(Date.now());
  return lists.flatMap((items) => items.map(({ metadata }) => `${metadata.uid}@${metadata.resourceVersion}`)).join();
}

function isUnreported({ metadata, spec, status }: Json): boolean {
  const simulated = metadata.annotations?.['node.example.com/agent'] === undefined;
  return simulated && spec.nodeName !== undefined && status.phase === 'Pending';
}
