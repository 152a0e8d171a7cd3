import type { Pod } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { conditionIs } from './conditions.ts';
import { type GpuVendor, gpuVendorOf } from './gpu-names.ts';
import { once } from './memo.ts';
import { requestsOf } from './scheduling/requests.ts';
import { isActive } from './settling.ts';

/** What a pod asks of accelerators, by resource. */
export const gpuRequestsOf = once(
  (pod: Pod): ReadonlyMap<string, number> =>
    new Map([...requestsOf(pod)].filter(([resource, amount]) => amount > 0 && gpuVendorOf(resource) !== undefined)),
);

/** Who wants the accelerators of a vendor. */
export interface GpuDemand {
  /** Pods that have a node. */
  readonly placed: readonly Pod[];
  /** Pods for which the scheduler finds no node. */
  readonly waiting: readonly Pod[];
}

const none: GpuDemand = { placed: [], waiting: [] };

/** The pods that ask for accelerators of a vendor and are not over. */
export function gpuDemand(snapshot: Snapshot<'pods'>, vendor: GpuVendor): GpuDemand {
  return demand(snapshot).get(vendor) ?? none;
}

const demand = once((snapshot: Snapshot<'pods'>) => {
  const result = new Map<GpuVendor, { placed: Pod[]; waiting: Pod[] }>();
  for (const pod of snapshot.list('pods').items) {
    if (!isActive(pod)) continue;
    const vendors = new Set([...gpuRequestsOf(pod).keys()].flatMap((resource) => gpuVendorOf(resource) ?? []));
    for (const vendor of vendors) {
      const known = result.get(vendor) ?? { placed: [], waiting: [] };
      result.set(vendor, known);
      if ((pod.spec.nodeName ?? '') !== '') known.placed.push(pod);
      else if (conditionIs(pod, 'PodScheduled', 'False')?.reason === 'Unschedulable') known.waiting.push(pod);
    }
  }
  return result;
});
