import { field, gpuVendorNames, ref } from '../../src/kit.ts';
import type { GpuCase, NodeDraft } from './case.ts';

/**
 * Whether somebody keeps the node's devices from pods on purpose: a finding that says so; `quiet` while the operator itself has paused
 * the plugin, or where the devices go to virtual machines. Source: labels of the NVIDIA GPU operator.
 */
export function exclusion({ node, vendor, hardware }: GpuCase): NodeDraft | 'quiet' | undefined {
  const labels = node.metadata.labels ?? {};
  if (vendor !== 'nvidia') return undefined;
  if (labels['nvidia.com/gpu.workload.config']?.startsWith('vm-') === true) return 'quiet';
  if (labels['nvidia.com/gpu.deploy.device-plugin']?.startsWith('paused-') === true) return 'quiet';
  const off = ['nvidia.com/gpu.deploy.operands', 'nvidia.com/gpu.deploy.device-plugin'].find(
    (label) => labels[label] === 'false',
  );
  if (off === undefined) return undefined;
  return {
    shared: `are kept out of GPU work by the label ${off}=false`,
    draft: {
      code: 'NodeGPUExcluded',
      object: ref(node),
      message: `kept out of GPU work by the label ${off}=false`,
      evidence: [
        field(node, `metadata.labels['${off}']`, 'false'),
        ...(hardware === undefined ? [] : [field(node, `metadata.labels['${hardware.label}']`, hardware.value)]),
      ],
      values: { node: node.metadata.name, label: off, vendor: gpuVendorNames[vendor] },
    },
  };
}
