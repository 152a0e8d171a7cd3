import { refText } from '../model/object.ts';
import type { Pod } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { gpuRequestsOf } from './gpu-demand.ts';
import { gpuVendorOfDriver } from './gpu-names.ts';
import { groupBy, once } from './memo.ts';
import { topOf } from './owners.ts';
import { takesRoom } from './scheduling/occupancy.ts';
import { isReady } from './serving.ts';
import { podTrouble } from './settling.ts';

/** A pod that has devices of a node to itself. */
export interface GpuHolder {
  readonly pod: Pod;
  /** What a person would edit to change it: `Deployment shop/llm`. */
  readonly owner: string;
  readonly resource: string;
  readonly amount: number;
  /** In a word or two what it does: `running`, `not ready`, `ImagePullBackOff`, `terminating`. */
  readonly state: string;
  /** False where it holds its devices and does no work with them. */
  readonly runs: boolean;
}

/** Who holds accelerators on each node: those that do not run first, then by how much they hold. */
export const gpuHolders = once((snapshot: Snapshot): ReadonlyMap<string, readonly GpuHolder[]> => {
  const found = snapshot
    .list('pods')
    .items.filter(takesRoom)
    .flatMap((pod) =>
      [...gpuRequestsOf(pod), ...claimed(snapshot, pod)].map(([resource, amount]) =>
        holder(snapshot, pod, resource, amount),
      ),
    );
  const groups = groupBy(found, ({ pod }) => pod.spec.nodeName);
  return new Map(
    [...groups].flatMap(([node, all]) => (node === undefined ? [] : [[node, all.sort(compare)] as const])),
  );
});

function holder(snapshot: Snapshot, pod: Pod, resource: string, amount: number): GpuHolder {
  const state = stateOf(pod);
  return {
    pod,
    owner: refText(topOf(snapshot, pod)),
    resource,
    amount,
    state,
    runs: state === 'running' || state === 'not ready',
  };
}

function stateOf(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'terminating';
  const trouble = podTrouble(pod);
  if (trouble !== undefined) return trouble;
  if (pod.status?.phase === 'Pending') return 'starting';
  return isReady(pod) ? 'running' : 'not ready';
}

/** Devices that a pod got through claims, by driver. Source: resource.k8s.io ResourceClaim, status.allocation and reservedFor. */
function claimed(snapshot: Snapshot, pod: Pod): ReadonlyMap<string, number> {
  const result = new Map<string, number>();
  const names = new Set([
    ...(pod.spec.resourceClaims ?? []).flatMap(({ resourceClaimName }) => resourceClaimName ?? []),
    ...(pod.status?.resourceClaimStatuses ?? []).flatMap(({ resourceClaimName }) => resourceClaimName ?? []),
  ]);
  const extended = pod.status?.extendedResourceClaimStatus?.resourceClaimName;
  // Classic requests that a driver serves are counted as what they ask for.
  if (extended !== undefined) names.delete(extended);
  for (const name of names) {
    const claim = snapshot.lookup('resourceclaims.resource.k8s.io', name, pod.metadata.namespace);
    const results = claim.state === 'found' ? (claim.object.status?.allocation?.devices?.results ?? []) : [];
    for (const { driver, adminAccess } of results) {
      if (adminAccess === true || gpuVendorOfDriver(driver) === undefined) continue;
      result.set(driver, (result.get(driver) ?? 0) + 1);
    }
  }
  return result;
}

function compare(one: GpuHolder, other: GpuHolder): number {
  const name = ({ pod: { metadata } }: GpuHolder) => `${metadata.namespace ?? ''}/${metadata.name}`;
  return Number(one.runs) - Number(other.runs) || other.amount - one.amount || (name(one) < name(other) ? -1 : 1);
}
