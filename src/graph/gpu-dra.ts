import type { Node, ResourceTypes } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type GpuVendor, gpuVendorOfDriver } from './gpu-names.ts';
import { groupBy, once } from './memo.ts';
import { matchesNodeSelector } from './scheduling/node-affinity.ts';

export type DraReads = 'daemonsets.apps' | 'deviceclasses.resource.k8s.io' | 'pods' | 'resourceslices.resource.k8s.io';

type ResourceSlice = ResourceTypes['resourceslices.resource.k8s.io'];

/** A slice of devices, and whose they are. */
export interface DraSlice {
  readonly slice: ResourceSlice;
  readonly vendor: GpuVendor;
}

const slices = once((snapshot: Snapshot<'resourceslices.resource.k8s.io'>): readonly DraSlice[] => {
  const all = snapshot.list('resourceslices.resource.k8s.io').items.flatMap((slice) => {
    const vendor = gpuVendorOfDriver(slice.spec?.driver ?? '');
    return vendor === undefined ? [] : [{ slice, vendor }];
  });
  // Of a pool only the slices of its newest generation count.
  const newest = new Map<string, number>();
  const pool = ({ slice }: DraSlice) => `${slice.spec.driver}/${slice.spec.pool?.name ?? ''}`;
  const generation = ({ slice }: DraSlice) => slice.spec.pool?.generation ?? 0;
  for (const one of all) newest.set(pool(one), Math.max(newest.get(pool(one)) ?? 0, generation(one)));
  return all.filter((one) => generation(one) === newest.get(pool(one)));
});

const byNode = once((snapshot: Snapshot<'resourceslices.resource.k8s.io'>) =>
  groupBy(slices(snapshot), ({ slice }) => slice.spec.nodeName),
);

const bySelector = once((snapshot: Snapshot<'resourceslices.resource.k8s.io'>) =>
  slices(snapshot).filter(({ slice }) => slice.spec.nodeSelector !== undefined),
);

/** The slices with accelerators that a node has: its own, and those whose selector admits it. */
export function draSlicesOf(
  snapshot: Snapshot<'resourceslices.resource.k8s.io'>,
  { metadata }: Pick<Node, 'metadata'>,
): readonly DraSlice[] {
  const selected = bySelector(snapshot).filter(
    ({ slice: { spec } }) =>
      spec.nodeSelector !== undefined && matchesNodeSelector(spec.nodeSelector, metadata.labels ?? {}, metadata.name),
  );
  return [...(byNode(snapshot).get(metadata.name) ?? []), ...selected];
}

/**
 * Whether Dynamic Resource Allocation hands out a node's accelerators, which leaves its status without them: `unknown` where slices
 * could not be seen although something in the cluster speaks of such a driver.
 */
export function draOn(
  snapshot: Snapshot<DraReads>,
  node: Pick<Node, 'metadata'>,
  vendor: GpuVendor,
): 'yes' | 'no' | 'unknown' {
  const seen = draSlicesOf(snapshot, node);
  if (seen.some((one) => one.vendor === vendor && (one.slice.spec.devices ?? []).length > 0)) return 'yes';
  if (snapshot.list('resourceslices.resource.k8s.io').complete) return 'no';
  return mentionsDra(snapshot) ? 'unknown' : 'no';
}

/** Whether a driver, or a pod that claims devices, is in sight. */
const mentionsDra = once(
  (snapshot: Snapshot<DraReads>) =>
    !snapshot.list('pods').complete ||
    snapshot.list('deviceclasses.resource.k8s.io').items.length > 0 ||
    snapshot
      .list('daemonsets.apps')
      .items.some(({ metadata, spec }) =>
        [metadata.name, ...(spec.template.spec?.containers ?? []).map(({ image }) => image ?? '')].some((text) =>
          /(^|[-/])dra([-/]|$)/.test(text),
        ),
      ) ||
    snapshot.list('pods').items.some(({ spec }) => (spec.resourceClaims ?? []).length > 0),
);

/** A device that a driver of Dynamic Resource Allocation took out of service by a taint. */
export interface TaintedDevice {
  readonly slice: ResourceSlice;
  readonly device: string;
  /** `gpu.nvidia.com/xid=79:NoSchedule` */
  readonly taint: string;
}

/** Devices of accelerators that may not be given out any more; taints of effect None only tell. */
export function taintedDevices(all: readonly DraSlice[]): readonly TaintedDevice[] {
  return all.flatMap(({ slice }) =>
    (slice.spec.devices ?? []).flatMap(({ name, taints = [] }) =>
      taints
        .filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
        .slice(0, 1)
        .map(({ key, value = '', effect }) => ({
          slice,
          device: name,
          taint: `${key}${value === '' ? '' : `=${value}`}:${effect}`,
        })),
    ),
  );
}
