import {
  condition,
  conditionIs,
  type Draft,
  type DraReads,
  gpuDemand,
  gpuHardware,
  type GpuHardware,
  type GpuOffer,
  gpuOffers,
  gpuPluginPodsOn,
  type GpuVendor,
  type Node,
  nodeIsReady,
  olderThan,
  type Severity,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code, GpuSettings } from './codes.ts';

export const reads = [
  'clusterpolicies.nvidia.com',
  'daemonsets.apps',
  'deviceclasses.resource.k8s.io',
  'nodes',
  'pods',
  'replicasets.apps',
  'resourceslices.resource.k8s.io',
  'runtimeclasses.node.k8s.io',
] as const;

export type GpuSnapshot = Snapshot<(typeof reads)[number] | DraReads>;

/** One node and one vendor whose devices it has, offers, or is meant to offer. */
export interface GpuCase {
  readonly snapshot: GpuSnapshot;
  readonly settings: GpuSettings;
  readonly node: Node;
  readonly vendor: GpuVendor;
  readonly offers: readonly GpuOffer[];
  readonly hardware: GpuHardware | undefined;
}

/** A draft about a node, with what makes it one with those of other nodes. */
export interface NodeDraft {
  readonly draft: Draft<Code>;
  /** The same for nodes that suffer from the same: what comes after "3 nodes". */
  readonly shared: string;
}

/** The vendors whose plugins and labels are known well enough to judge them. */
const judged: readonly GpuVendor[] = ['nvidia', 'amd', 'intel'];

/** The cases of a node. A node that is not Ready says nothing about its devices; one that is new is being set up. */
export function casesOf(snapshot: GpuSnapshot, settings: GpuSettings, node: Node): readonly GpuCase[] {
  if (!nodeIsReady(node) || node.metadata.deletionTimestamp !== undefined) return [];
  const hardware = gpuHardware(node);
  const offers = gpuOffers(node);
  const vendors = new Set([
    ...hardware.map(({ vendor }) => vendor),
    ...offers.map(({ vendor }) => vendor),
    ...gpuPluginPodsOn(snapshot, node.metadata.name).map(({ vendor }) => vendor),
  ]);
  return judged
    .filter((vendor) => vendors.has(vendor))
    .map((vendor) => ({
      snapshot,
      settings,
      node,
      vendor,
      offers: offers.filter((one) => one.vendor === vendor),
      hardware: hardware.find((one) => one.vendor === vendor),
    }));
}

/** True while the node itself is being set up, rebooted, or partitioned anew: its devices may be away meanwhile. */
export function isSettingUp({ snapshot, settings, node, offers }: GpuCase): boolean {
  const labels = node.metadata.labels ?? {};
  const ready = condition(node, 'Ready');
  // A plugin that has registered once needs no drivers any more.
  const fresh = offers.length === 0 && !olderThan(snapshot, node.metadata.creationTimestamp, settings.setUpGrace);
  return (
    (fresh && node.metadata.creationTimestamp !== undefined) ||
    (ready?.lastTransitionTime !== undefined && !olderThan(snapshot, ready.lastTransitionTime, settings.pluginGrace)) ||
    /^(pending|rebooting)$/.test(labels['nvidia.com/mig.config.state'] ?? '')
  );
}

/** Whether pods wait for devices of the vendor, and have for long enough that it is no accident. */
export function isWaitedFor({ snapshot, vendor }: GpuCase, seconds = 60): boolean {
  return gpuDemand(snapshot, vendor).waiting.some((pod) =>
    olderThan(snapshot, conditionIs(pod, 'PodScheduled', 'False')?.lastTransitionTime, seconds),
  );
}

/** Critical where somebody waits for the devices, a warning where others use them or a plugin is meant to bring them. */
export function severityFor(one: GpuCase, wanted: boolean): Severity {
  if (isWaitedFor(one)) return 'critical';
  return wanted || gpuDemand(one.snapshot, one.vendor).placed.length > 0 ? 'warning' : 'info';
}

/** The resource by which whole devices of a vendor are asked for. */
export function resourceOfVendor({ offers, vendor }: Pick<GpuCase, 'offers' | 'vendor'>): string {
  const names: Partial<Record<GpuVendor, string>> = { nvidia: 'nvidia.com/gpu', amd: 'amd.com/gpu' };
  return offers[0]?.resource ?? names[vendor] ?? 'gpu.intel.com/i915';
}
