import { before } from './times.ts';
import type { Api, Json } from './api.ts';

/** What the simulated kubelet of a node says from now on, or that it says nothing more. */
export interface NodeReport {
  readonly node: string;
  /** The conditions that change: type, status, reason and message as kubelets write them. */
  readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  /** It was heard of last so many seconds ago: all conditions are then Unknown, as the node controller writes them. */
  readonly silentFor?: number;
  readonly allocatable?: Readonly<Record<string, string>>;
}

/** Reports conditions of a node. The annotation keeps the simulation from mending them. */
export async function reportNode(
  api: Api,
  { node, conditions = [], silentFor, allocatable }: NodeReport,
): Promise<void> {
  const path = `/api/v1/nodes/${node}`;
  const { status } = await api.merge(path, { metadata: { annotations: { 'node.example.com/agent': 'own' } } });
  const changed = status.conditions.map((one: Json) => {
    if (silentFor !== undefined && ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].includes(one.type)) {
      return { ...unknown(one.type), lastHeartbeatTime: before(silentFor), lastTransitionTime: before(silentFor - 40) };
    }
    const other = conditions.find(({ type }) => type === one.type);
    return other === undefined ? one : { ...other, lastHeartbeatTime: before(20), lastTransitionTime: before(500) };
  });
  await api.merge(`${path}/status`, {
    status: {
      conditions: changed,
      ...(allocatable === undefined ? {} : { allocatable: { ...status.allocatable, ...allocatable } }),
    },
  });
  if (silentFor === undefined) return;
  await stopLease(api, node, before(silentFor));
  for (const pod of await api.list(`/api/v1/pods?fieldSelector=spec.nodeName=${node}`))
    await doubt(api, pod, before(silentFor - 40));
}

function unknown(type: string): object {
  return { type, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
}

/** The lease is taken from the simulation, which renews only leases that it holds. */
async function stopLease(api: Api, node: string, renewTime: string): Promise<void> {
  await api.merge(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}`, {
    spec: { holderIdentity: node, renewTime: renewTime.replace('Z', '.000000Z'), leaseDurationSeconds: 40 },
  });
}

/** What the node controller does to the pods of a node that has fallen silent. */
async function doubt(api: Api, { metadata, status }: Json, since: string): Promise<void> {
  const conditions = (status.conditions ?? []).map((one: Json) =>
    one.type === 'Ready' && one.status === 'True' ? { ...one, status: 'False', lastTransitionTime: since } : one,
  );
  await api.merge(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`, { status: { conditions } });
}
