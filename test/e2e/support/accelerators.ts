import type { Api } from './api.ts';

/** The accelerators of a node: what its discovery writes as labels, and what the kubelet gives out of what the plugin registered. */
export interface Accelerators {
  readonly node: string;
  readonly type: keyof typeof types;
  /** How many cards the machine has; one where it is not said. */
  readonly cards?: number;
  /**
   * `stopped`: since less than five minutes, in which the kubelet keeps the capacity and gives nothing out; `gone`: for longer, so that
   * both are 0; `never`: nothing was ever registered. Source: pkg/kubelet/cm/devicemanager, GetCapacity.
   */
  readonly plugin?: 'stopped' | 'gone' | 'never';
  /** So many devices (partitions, shares) are registered and not healthy. */
  readonly unhealthy?: number;
  /** Labels beside those of the type: what an operator or a person wrote. */
  readonly labels?: Readonly<Record<string, string>>;
}

type Texts = Readonly<Record<string, string>>;

interface Type {
  readonly labels: (cards: number) => Texts;
  /** How many devices of each name so many cards make. */
  readonly devices: (cards: number) => Readonly<Record<string, number>>;
}

/** NVIDIA's gpu-feature-discovery (internal/lm, mig-strategy.go), with the driver of CUDA 12.8. */
function nvidia(product: string, memory: number, more: Texts): Texts {
  return {
    'nvidia.com/gpu.present': 'true',
    'nvidia.com/gpu.product': product,
    'nvidia.com/gpu.memory': String(memory),
    'nvidia.com/cuda.driver-version.full': '570.26.00',
    'nvidia.com/cuda.runtime-version.full': '12.8',
    ...more,
  };
}

const a100 = 'NVIDIA-A100-SXM4-40GB';
const slice = '1g.5gb';
const slicesPerCard = 7;
const sharesPerCard = 4;

const types = {
  /** Whole cards. */
  'nvidia-a100': {
    labels: (cards) =>
      nvidia(a100, 40_960, {
        'nvidia.com/gpu.count': String(cards),
        'nvidia.com/gpu.replicas': '1',
        'nvidia.com/gpu.sharing-strategy': 'none',
        'nvidia.com/mig.capable': 'true',
        'nvidia.com/mig.strategy': 'none',
      }),
    devices: (cards) => ({ 'nvidia.com/gpu': cards }),
  },
  /** Each card in seven partitions, which are named by their profile. */
  'nvidia-a100-mig-mixed': {
    labels: (cards) =>
      nvidia(a100, 40_960, {
        'nvidia.com/gpu.count': String(cards),
        'nvidia.com/mig.capable': 'true',
        'nvidia.com/mig.strategy': 'mixed',
        'nvidia.com/mig.config': `all-${slice}`,
        'nvidia.com/mig.config.state': 'success',
        [`nvidia.com/mig-${slice}.count`]: String(cards * slicesPerCard),
        [`nvidia.com/mig-${slice}.product`]: `${a100}-MIG-${slice}`,
        [`nvidia.com/mig-${slice}.memory`]: '4864',
      }),
    devices: (cards) => ({ 'nvidia.com/gpu': 0, [`nvidia.com/mig-${slice}`]: cards * slicesPerCard }),
  },
  /** The same partitions under the name of whole cards. */
  'nvidia-a100-mig-single': {
    labels: (cards) =>
      nvidia(`${a100}-MIG-${slice}`, 4_864, {
        'nvidia.com/gpu.count': String(cards * slicesPerCard),
        'nvidia.com/gpu.replicas': '1',
        'nvidia.com/mig.capable': 'true',
        'nvidia.com/mig.strategy': 'single',
        'nvidia.com/mig.config': `all-${slice}`,
        'nvidia.com/mig.config.state': 'success',
      }),
    devices: (cards) => ({ 'nvidia.com/gpu': cards * slicesPerCard }),
  },
  /** Each card given out four times, by time slicing. */
  'nvidia-l4-shared': {
    labels: (cards) =>
      nvidia('NVIDIA-L4-SHARED', 23_034, {
        'nvidia.com/gpu.count': String(cards),
        'nvidia.com/gpu.replicas': String(sharesPerCard),
        'nvidia.com/gpu.sharing-strategy': 'time-slicing',
        'nvidia.com/mig.capable': 'false',
      }),
    devices: (cards) => ({ 'nvidia.com/gpu': cards * sharesPerCard }),
  },
  /** What a home lab has. */
  'nvidia-rtx4090': {
    labels: (cards) =>
      nvidia('NVIDIA-GeForce-RTX-4090', 24_564, {
        'nvidia.com/gpu.count': String(cards),
        'nvidia.com/gpu.replicas': '1',
        'nvidia.com/gpu.sharing-strategy': 'none',
        'nvidia.com/mig.capable': 'false',
      }),
    devices: (cards) => ({ 'nvidia.com/gpu': cards }),
  },
  /** AMD's node labeller and its operator's rule for Node Feature Discovery. */
  'amd-mi300x': {
    labels: () => ({
      'feature.node.kubernetes.io/amd-gpu': 'true',
      'amd.com/gpu.cu-count': '304',
      'amd.com/gpu.device-id': '74a1',
      'amd.com/gpu.family': 'AI',
      'amd.com/gpu.product-name': 'AMD_Instinct_MI300X_OAM',
      'amd.com/gpu.simd-count': '1216',
      'amd.com/gpu.vram': '192G',
    }),
    devices: (cards) => ({ 'amd.com/gpu': cards }),
  },
} as const satisfies Record<string, Type>;

/** Puts accelerators into a node, or changes what is said of those that it has. */
export async function installAccelerators(
  api: Api,
  { node, type, cards = 1, plugin, unhealthy = 0, labels = {} }: Accelerators,
): Promise<void> {
  const path = `/api/v1/nodes/${node}`;
  await api.merge(path, { metadata: { labels: { ...types[type].labels(cards), ...labels } } });
  if (plugin === 'never') return;
  const devices = Object.entries(types[type].devices(cards));
  const amounts = (of: (count: number) => number) =>
    Object.fromEntries(devices.map(([name, count]) => [name, String(Math.max(0, of(count)))]));
  await api.merge(`${path}/status`, {
    status: {
      capacity: amounts((count) => (plugin === 'gone' ? 0 : count)),
      allocatable: amounts((count) => (plugin === undefined ? count - unhealthy : 0)),
    },
  });
}
