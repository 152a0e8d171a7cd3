import type { Node, ResourceTypes } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { groupBy, once } from '../memo.ts';
import type { Device } from './device-selector.ts';
import { matchesNodeSelector, type NodeSelector } from './node-affinity.ts';

export type DevicePoolReads = 'resourceclaims.resource.k8s.io' | 'resourceslices.resource.k8s.io';

type Slice = ResourceTypes['resourceslices.resource.k8s.io'];

/** A device that a driver lists, and what it is told by. */
export interface ListedDevice {
  readonly driver: string;
  readonly device: Device;
  /** `DRIVER/POOL/DEVICE` */
  readonly key: string;
}

interface Scoped extends ListedDevice {
  readonly nodeName: string | undefined;
  readonly nodeSelector: NodeSelector | undefined;
  readonly allNodes: boolean;
}

/** The devices that a node can use, as ResourceSlices list them. */
export function devicesOf(
  snapshot: Snapshot<'resourceslices.resource.k8s.io'>,
  node: Pick<Node, 'metadata'>,
): readonly ListedDevice[] {
  const { byNode, wider } = index(snapshot);
  const { name, labels = {} } = node.metadata;
  const reached = wider.filter(
    ({ allNodes, nodeSelector }) =>
      allNodes || (nodeSelector !== undefined && matchesNodeSelector(nodeSelector, labels, name)),
  );
  return [...(byNode.get(name) ?? []), ...reached];
}

/** The devices that a claim has; those that may be had several times, and looks for administrators, take nothing away. */
export const takenDevices = once((snapshot: Snapshot<'resourceclaims.resource.k8s.io'>): ReadonlySet<string> => {
  const results = snapshot
    .list('resourceclaims.resource.k8s.io')
    .items.flatMap(({ status }) => status?.allocation?.devices?.results ?? []);
  return new Set(
    results
      .filter(({ adminAccess, shareID }) => adminAccess !== true && shareID === undefined)
      .map(({ driver, pool, device }) => `${driver}/${pool}/${device}`),
  );
});

const index = once((snapshot: Snapshot<'resourceslices.resource.k8s.io'>) => {
  const all = currentSlices(snapshot).flatMap(scoped);
  return {
    byNode: groupBy(all, ({ nodeName }) => nodeName),
    wider: all.filter(({ nodeName }) => nodeName === undefined),
  };
});

/** The slices that the scheduler looks at: of a pool the newest generation, and that only once all of it is there. */
function currentSlices(snapshot: Snapshot<'resourceslices.resource.k8s.io'>): readonly Slice[] {
  const pools = groupBy(
    snapshot.list('resourceslices.resource.k8s.io').items.filter(({ spec }) => spec?.pool !== undefined),
    ({ spec }) => `${spec.driver}/${spec.pool.name}`,
  );
  return [...pools.values()].flatMap((slices) => {
    const newest = Math.max(...slices.map(({ spec }) => spec.pool.generation));
    const current = slices.filter(({ spec }) => spec.pool.generation === newest);
    return current.length < (current[0]?.spec.pool.resourceSliceCount ?? 1) ? [] : current;
  });
}

function scoped({ spec }: Slice): readonly Scoped[] {
  return (spec.devices ?? []).map((device) => {
    const { nodeName, nodeSelector, allNodes } = spec.perDeviceNodeSelection === true ? device : spec;
    return {
      driver: spec.driver,
      device,
      key: `${spec.driver}/${spec.pool.name}/${device.name}`,
      nodeName,
      nodeSelector,
      allNodes: allNodes === true,
    };
  });
}
