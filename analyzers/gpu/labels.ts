import { field, gpuOffers, type Node, ref } from '../../src/kit.ts';
import type { NodeDraft } from './case.ts';
import { hasFailedUpgrade, isUpgrading } from './devices.ts';

const upgradeLabel = 'nvidia.com/gpu-driver-upgrade-state';

/** What the GPU operator's upgrade controller says of a node's driver. */
export function* driverUpgrade(node: Node): Iterable<NodeDraft> {
  const state = node.metadata.labels?.[upgradeLabel] ?? '';
  const failed = hasFailedUpgrade({ node });
  if (!failed && !isUpgrading({ node })) return;
  const usable = node.spec.unschedulable !== true && gpuOffers(node).some(({ allocatable }) => allocatable > 0);
  const text = failed ? 'failed' : `is under way (${state})`;
  yield {
    shared: failed ? 'have a GPU driver whose upgrade failed' : 'have a GPU driver whose upgrade is under way',
    draft: {
      code: failed ? 'NodeGPUDriverUpgradeFailed' : 'NodeGPUDriverUpgrading',
      object: ref(node),
      ...(failed && usable ? { severity: 'warning' as const } : {}),
      message: `the upgrade of its GPU driver ${text}`,
      evidence: [field(node, `metadata.labels['${upgradeLabel}']`, state)],
      values: { node: node.metadata.name, state },
    },
  };
}

/** What the MIG manager and the plugin say of the partitions of a node's GPUs. */
export function* partitions(node: Node): Iterable<NodeDraft> {
  const labels = node.metadata.labels ?? {};
  const config = labels['nvidia.com/mig.config'] ?? '';
  const state = labels['nvidia.com/mig.config.state'] ?? '';
  const incapable = labels['nvidia.com/mig.capable'] === 'false' && !['', 'all-disabled', 'default'].includes(config);
  if (state === 'failed' || incapable) {
    const why = incapable ? 'its GPUs cannot be partitioned' : 'the MIG manager failed';
    yield {
      shared: `cannot be given the MIG configuration ${config}: ${why}`,
      draft: {
        code: 'NodeMIGConfigFailed',
        object: ref(node),
        message: `MIG configuration ${config === '' ? 'of the node' : config} is not applied: ${why}`,
        evidence: [
          field(node, "metadata.labels['nvidia.com/mig.config']", config),
          ...(state === '' ? [] : [field(node, "metadata.labels['nvidia.com/mig.config.state']", state)]),
          ...(incapable ? [field(node, "metadata.labels['nvidia.com/mig.capable']", 'false')] : []),
        ],
        values: { node: node.metadata.name, config },
      },
    };
  }
  const slices = gpuOffers(node).filter(
    ({ resource, allocatable }) => resource.startsWith('nvidia.com/mig-') && allocatable > 0,
  );
  if (labels['nvidia.com/mig.strategy'] !== 'single' || slices.length === 0) return;
  const names = slices.map(({ resource }) => resource).join(', ');
  yield {
    shared: 'offer MIG devices by their profile although their MIG strategy is single',
    draft: {
      code: 'NodeMIGStrategyMismatch',
      object: ref(node),
      message: `offers ${names}, though its MIG strategy is single, which offers nvidia.com/gpu`,
      evidence: [
        field(node, "metadata.labels['nvidia.com/mig.strategy']", 'single'),
        ...slices.map(({ resource, capacity }) => field(node, `status.capacity['${resource}']`, String(capacity))),
      ],
      values: { node: node.metadata.name },
    },
  };
}
