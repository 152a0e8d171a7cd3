import type { Node } from '../model/resources.ts';
import { type GpuVendor, gpuVendorOf } from './gpu-names.ts';
import { amountsOf } from './scheduling/amounts.ts';

/** One accelerator resource of a node, in whole devices or shares. */
export interface GpuOffer {
  readonly resource: string;
  readonly vendor: GpuVendor;
  /**
   * What the plugin registered. The kubelet writes 0 when the plugin has been gone for five minutes, to show that it was there.
   * Source: pkg/kubelet/cm/devicemanager, GetCapacity.
   */
  readonly capacity: number;
  /** What is healthy of it: 0 as soon as the plugin stops. */
  readonly allocatable: number;
}

/** The accelerator resources in a node's status, by name. */
export function gpuOffers({ status }: Pick<Node, 'status'>): readonly GpuOffer[] {
  const capacity = amountsOf(status?.capacity);
  const allocatable = amountsOf(status?.allocatable);
  return [...new Set([...capacity.keys(), ...allocatable.keys()])].sort().flatMap((resource) => {
    const vendor = gpuVendorOf(resource);
    const given = allocatable.get(resource) ?? 0;
    return vendor === undefined
      ? []
      : [{ resource, vendor, capacity: capacity.get(resource) ?? given, allocatable: given }];
  });
}

/** A label that says that a machine has an accelerator. */
export interface GpuHardware {
  readonly vendor: GpuVendor;
  readonly label: string;
  readonly value: string;
  /** False where the label may also stand for the graphics of a CPU, which nobody computes on. */
  readonly sure: boolean;
}

/** Labels of Node Feature Discovery, of vendors' discovery and of cloud providers, strongest first. */
const hardware: readonly (readonly [RegExp, RegExp, GpuVendor, boolean])[] = [
  [/^nvidia\.com\/gpu\.present$/, /^true$/, 'nvidia', true],
  [/^feature\.node\.kubernetes\.io\/pci-(03\d\d_)?10de\.present$/, /^true$/, 'nvidia', true],
  [/^cloud\.google\.com\/gke-accelerator$/, /^nvidia/, 'nvidia', true],
  [/^k8s\.amazonaws\.com\/accelerator$/, /^nvidia/, 'nvidia', true],
  [/^kubernetes\.azure\.com\/accelerator$/, /^nvidia$/, 'nvidia', true],
  [/^feature\.node\.kubernetes\.io\/amd-gpu$/, /^true$/, 'amd', true],
  [/^amd\.com\/gpu\.(device-id|family|product-name|vram)$/, /./, 'amd', true],
  [/^feature\.node\.kubernetes\.io\/pci-(03\d\d_|1200_)?1002\.present$/, /^true$/, 'amd', false],
  [/^intel\.feature\.node\.kubernetes\.io\/gpu$/, /^true$/, 'intel', false],
];

/** The accelerators that a node's labels speak of, one for each vendor. */
export function gpuHardware({ metadata }: Pick<Node, 'metadata'>): readonly GpuHardware[] {
  const labels = Object.entries(metadata.labels ?? {}).filter(([label]) => /gpu|10de|1002|accelerator/.test(label));
  if (labels.length === 0) return [];
  const found = new Map<GpuVendor, GpuHardware>();
  for (const [key, values, vendor, sure] of hardware) {
    const pair = labels.find(([label, value]) => key.test(label) && values.test(value));
    if (pair !== undefined && !found.has(vendor)) found.set(vendor, { vendor, label: pair[0], value: pair[1], sure });
  }
  return [...found.values()];
}

/** A node under WSL2: its GPUs share one device file, /dev/dxg, and Node Feature Discovery cannot see them. */
export function isWSL({ status }: Pick<Node, 'status'>): boolean {
  return /microsoft/i.test(status?.nodeInfo?.kernelVersion ?? '');
}

/** How the devices of a node are shared out, as its labels say; undefined for whole devices. */
export function gpuSharing(node: Pick<Node, 'metadata' | 'status'>): string | undefined {
  const labels = node.metadata.labels ?? {};
  const offered = gpuOffers(node).filter(({ capacity }) => capacity > 0);
  const parts: string[] = [];
  const strategy = labels['nvidia.com/mig.strategy'];
  if (offered.some(({ resource }) => resource.startsWith('nvidia.com/mig-'))) parts.push('MIG mixed');
  else if (strategy === 'single' && /-MIG-/.test(labels['nvidia.com/gpu.product'] ?? '')) parts.push('MIG single');
  const replicas = labels['nvidia.com/gpu.replicas'];
  const way = labels['nvidia.com/gpu.sharing-strategy'] ?? '';
  const shared = offered.some(({ resource }) => resource.endsWith('.shared'));
  if (shared || (way !== '' && way !== 'none') || (replicas !== undefined && Number(replicas) > 1)) {
    const name = way === '' || way === 'none' ? 'shared' : way;
    parts.push(replicas === undefined ? name : `${name} x${replicas}`);
  }
  return parts.length === 0 ? undefined : parts.join(', ');
}
