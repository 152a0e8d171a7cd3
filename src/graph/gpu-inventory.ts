import type { Node } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { condition } from './conditions.ts';
import { draSlicesOf, taintedDevices } from './gpu-dra.ts';
import { type GpuHolder, gpuHolders } from './gpu-holders.ts';
import { type GpuVendor, gpuVendorOf } from './gpu-names.ts';
import { gpuHardware, gpuOffers, gpuSharing } from './gpu-node.ts';

/** One kind of device of one node. */
export interface GpuStock {
  /** The extended resource, or the driver that hands devices out through claims. */
  readonly resource: string;
  readonly vendor: GpuVendor;
  readonly through: 'plugin' | 'dra';
  readonly capacity: number;
  readonly allocatable: number;
  readonly requested: number;
  /** Allocatable less requested; 0 where more is held than can be given out. */
  readonly free: number;
  readonly unhealthy: number;
}

/** One node with accelerators, or with labels that say that it has some. */
export interface GpuNodeView {
  readonly node: Node;
  readonly ready: boolean;
  readonly cordoned: boolean;
  readonly product: string | undefined;
  readonly sharing: string | undefined;
  readonly driver: string | undefined;
  /** The newest CUDA that the driver supports. */
  readonly cuda: string | undefined;
  /** A label that says that there is hardware, where the node offers none of it. */
  readonly silent: string | undefined;
  readonly stock: readonly GpuStock[];
  readonly holders: readonly GpuHolder[];
}

/** The nodes with accelerators, by name. */
export function gpuNodes(snapshot: Snapshot): readonly GpuNodeView[] {
  const holders = gpuHolders(snapshot);
  return snapshot.list('nodes').items.flatMap((node) => {
    const own = holders.get(node.metadata.name) ?? [];
    const stock = [...fromPlugins(node, own), ...fromClaims(snapshot, node, own)];
    const hardware = gpuHardware(node).find(({ sure }) => sure);
    if (stock.length === 0 && hardware === undefined) return [];
    const labels = node.metadata.labels ?? {};
    const version = (name: string, old: string) =>
      labels[`nvidia.com/cuda.${name}-version.full`] ??
      joined([labels[`nvidia.com/cuda.${old}.major`], labels[`nvidia.com/cuda.${old}.minor`]]);
    const offers = stock.some(({ capacity }) => capacity > 0);
    return [
      {
        node,
        ready: condition(node, 'Ready')?.status === 'True',
        cordoned: node.spec.unschedulable === true,
        product: productOf(snapshot, node),
        sharing: gpuSharing(node),
        driver: version('driver', 'driver'),
        cuda: version('runtime', 'runtime'),
        silent: hardware === undefined || offers ? undefined : `${hardware.label}=${hardware.value}`,
        stock,
        holders: own,
      },
    ];
  });
}

/** What the devices are called by the labels of discovery, else by the attributes that a driver publishes. */
function productOf(snapshot: Snapshot, node: Node): string | undefined {
  const labels = node.metadata.labels ?? {};
  const names = ['nvidia.com/gpu.product', 'amd.com/gpu.product-name', 'cloud.google.com/gke-accelerator'];
  const label = names.flatMap((name) => labels[name] ?? [])[0];
  if (label !== undefined) return label;
  const devices = draSlicesOf(snapshot, node).flatMap(({ slice }) => slice.spec.devices ?? []);
  return devices.flatMap(({ attributes }) => {
    const entry = Object.entries(attributes ?? {}).find(([name]) => /(^|\/)productName$/.test(name));
    return entry?.[1].string ?? [];
  })[0];
}

function fromPlugins(node: Node, holders: readonly GpuHolder[]): readonly GpuStock[] {
  const offers = gpuOffers(node);
  const used = (resource: string) =>
    sum(holders.filter((one) => one.resource === resource).map(({ amount }) => amount));
  // What was renamed or partitioned anew stays behind as 0 of 0: of no interest beside what is really offered.
  return offers
    .filter(({ capacity, resource }) => capacity > 0 || used(resource) > 0 || offers.length === 1)
    .map(({ resource, vendor, capacity, allocatable }) => {
      const requested = used(resource);
      const free = Math.max(0, allocatable - requested);
      return {
        resource,
        vendor,
        through: 'plugin',
        capacity,
        allocatable,
        requested,
        free,
        unhealthy: Math.max(0, capacity - allocatable),
      };
    });
}

function fromClaims(snapshot: Snapshot, node: Node, holders: readonly GpuHolder[]): readonly GpuStock[] {
  const drivers = Map.groupBy(draSlicesOf(snapshot, node), ({ slice }) => slice.spec.driver);
  return [...drivers].map(([driver, slices]) => {
    const capacity = sum(slices.map(({ slice }) => (slice.spec.devices ?? []).length));
    const unhealthy = taintedDevices(slices).length;
    const served = slices[0]?.vendor ?? 'other';
    // Classic requests that the driver serves count here, for no plugin offers them.
    const classic = gpuOffers(node).every((one) => one.vendor !== served || one.capacity === 0);
    const requested = sum(
      holders
        .filter(({ resource }) => resource === driver || (classic && gpuVendorOf(resource) === served))
        .map(({ amount }) => amount),
    );
    const allocatable = capacity - unhealthy;
    return {
      resource: driver,
      vendor: served,
      through: 'dra',
      capacity,
      allocatable,
      requested,
      free: Math.max(0, allocatable - requested),
      unhealthy,
    };
  });
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : known.join('.');
}
