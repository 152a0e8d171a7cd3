import { computed, draSlicesOf, field, isWSL, ref, taintedDevices } from '../../src/kit.ts';
import { type GpuCase, isSettingUp, type NodeDraft } from './case.ts';

/**
 * Devices that the plugin registered and does not give out: unhealthy. NVIDIA's plugin leaves faults of applications (Xid 13, 31, 43,
 * 45, 68, 109) out and never calls a device healthy again before it restarts.
 */
export function* unhealthy(one: GpuCase): Iterable<NodeDraft> {
  const { node, offers } = one;
  if (!offers.some(({ allocatable }) => allocatable > 0) || isSettingUp(one) || isUpgrading(one)) return;
  for (const { resource, capacity, allocatable } of offers) {
    const sick = capacity - allocatable;
    if (sick <= 0) continue;
    const be = sick === 1 ? 'is' : 'are';
    yield {
      shared: `have unhealthy ${resource}`,
      draft: {
        code: 'NodeGPUUnhealthy',
        object: ref(node),
        key: resource,
        message: `${sick} of ${capacity} ${resource} ${be} unhealthy and not given out`,
        evidence: [
          field(node, `status.capacity['${resource}']`, String(capacity)),
          field(node, `status.allocatable['${resource}']`, String(allocatable)),
        ],
        values: { node: node.metadata.name, extendedResource: resource, unhealthy: String(sick) },
      },
    };
  }
}

/**
 * Fewer devices than feature discovery counted: one fell off the bus before the plugin started, or the labels are old. Left alone where
 * devices are shared or partitioned, for then the count may rightly be another one, and on WSL2.
 */
export function* countMismatch(one: GpuCase): Iterable<NodeDraft> {
  const { node, vendor, offers } = one;
  const labels = node.metadata.labels ?? {};
  const count = Number(labels['nvidia.com/gpu.count'] ?? Number.NaN);
  const registered = offers.reduce((sum, { capacity }) => sum + capacity, 0);
  if (vendor !== 'nvidia' || !Number.isInteger(count) || registered === 0 || registered >= count) return;
  // Operators write their strategy on every node, also where no device can be partitioned.
  const partitioned =
    (labels['nvidia.com/mig.capable'] !== 'false' && !/^(none)?$/.test(labels['nvidia.com/mig.strategy'] ?? '')) ||
    offers.some(({ resource }) => resource !== 'nvidia.com/gpu');
  if (partitioned || isWSL(node) || isSettingUp(one) || isUpgrading(one)) return;
  const missing = count - registered;
  yield {
    shared: 'offer fewer GPUs than feature discovery counted',
    draft: {
      code: 'NodeGPUCountMismatch',
      object: ref(node),
      message: `offers ${registered} of the ${count} GPUs that feature discovery counted: ${missing} ${missing === 1 ? 'is' : 'are'} missing`,
      evidence: [
        field(node, "metadata.labels['nvidia.com/gpu.count']", labels['nvidia.com/gpu.count']),
        ...offers.map(({ resource, capacity }) => field(node, `status.capacity['${resource}']`, String(capacity))),
      ],
      values: { node: node.metadata.name },
    },
  };
}

/** Devices that their driver of Dynamic Resource Allocation took out of service: `gpu.nvidia.com/xid`, `gpu.nvidia.com/gpu-lost`. */
export function* taintedByDriver({ snapshot, node, vendor }: GpuCase): Iterable<NodeDraft> {
  const slices = draSlicesOf(snapshot, node).filter((one) => one.vendor === vendor);
  const faults = taintedDevices(slices).filter(({ taint }) => /\/(xid|gpu-lost)\b/.test(taint));
  const [first] = faults;
  if (first === undefined) return;
  const total = slices.reduce((sum, { slice }) => sum + (slice.spec.devices ?? []).length, 0);
  yield {
    shared: 'have GPUs that their driver took out of service',
    draft: {
      code: 'NodeGPUDeviceTainted',
      object: ref(node),
      key: vendor,
      message: `${faults.length} of ${total} devices ${faults.length === 1 ? 'is' : 'are'} out of service (${first.device}: ${first.taint})`,
      evidence: faults.map(({ slice, device, taint }) => computed(slice, `device ${device} has taint ${taint}`)),
      values: { node: node.metadata.name, device: first.device, slice: first.slice.metadata.name },
    },
  };
}

/** States of the operator's driver upgrade in which the plugin is away on purpose. */
export function isUpgrading({ node }: Pick<GpuCase, 'node'>): boolean {
  const state = node.metadata.labels?.['nvidia.com/gpu-driver-upgrade-state'] ?? '';
  return state !== '' && !/^(upgrade-done|upgrade-failed|upgrade-required)$/.test(state);
}

/** True where the operator gave up on upgrading the driver. */
export function hasFailedUpgrade({ node }: Pick<GpuCase, 'node'>): boolean {
  return node.metadata.labels?.['nvidia.com/gpu-driver-upgrade-state'] === 'upgrade-failed';
}
