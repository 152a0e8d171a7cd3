import type { Snapshot } from '../model/snapshot.ts';
import type { GpuNodeView } from './gpu-inventory.ts';
import { gpuVendorNames, gpuVendorOf } from './gpu-names.ts';
import { isWSL } from './gpu-node.ts';
import { gpuPlugins } from './gpu-plugins.ts';
import type { GpuWaitReason } from './gpu-wait-reason.ts';
import type { Verdict } from './scheduling/reasons.ts';

/** No node gives the resource out: by another name, not at all, or its plugin is silent. */
export function nowhere(
  snapshot: Snapshot,
  views: readonly GpuNodeView[],
  verdicts: readonly Verdict[],
  resource: string,
): GpuWaitReason {
  const names = new Set(verdicts.map(({ node }) => node.metadata.name));
  const here = views.filter(({ node }) => names.has(node.metadata.name));
  const silent = here.filter(
    ({ silent: label, stock }) => label !== undefined || stock.some((one) => one.resource === resource),
  );
  if (silent.length > 0)
    return {
      cause: 'plugin-silent',
      why: `${silent.map(({ node }) => node.metadata.name).join(', ')} should offer ${resource} and does not`,
      change: 'repair the device plugin there',
    };
  const others = [
    ...new Set(
      here.flatMap(({ stock }) => stock.filter(({ allocatable }) => allocatable > 0).map((one) => one.resource)),
    ),
  ];
  return others.length > 0
    ? {
        cause: 'name-not-offered',
        why: `no node offers ${resource}; offered are ${others.join(', ')}`,
        change: otherName(resource, others[0] ?? ''),
      }
    : {
        cause: 'no-gpu',
        why: `no node offers ${resource}, and none is known to have a GPU`,
        change: bringing(snapshot, verdicts, resource),
      };
}

/** Partitions and shares need only another name; another vendor's devices need another image. */
function otherName(resource: string, other: string): string {
  const [own, others] = [gpuVendorOf(resource), gpuVendorOf(other)];
  if (own === others || own === undefined || others === undefined) return `ask for ${other}`;
  return `ask for ${other}, with an image that is built for ${gpuVendorNames[others]}, or add a node with ${resource}`;
}

/** What would bring devices where no node is known to have one. */
function bringing(snapshot: Snapshot, verdicts: readonly Verdict[], resource: string): string {
  const idle = gpuPlugins(snapshot).find(
    ({ vendor, set }) => vendor === gpuVendorOf(resource) && set.status?.desiredNumberScheduled === 0,
  );
  if (idle === undefined) return 'add a node with GPUs, or install the device plugin';
  const { namespace = '', name } = idle.set.metadata;
  const wsl = verdicts.find(({ node }) => isWSL(node));
  return idle.vendor === 'nvidia' && wsl !== undefined
    ? `label ${wsl.node.metadata.name} nvidia.com/gpu.present=true if it has a GPU: under WSL2 no discovery does, and so DaemonSet ${namespace}/${name} matches no node`
    : `let DaemonSet ${namespace}/${name}, which matches no node, run where the GPUs are, or add a node with GPUs`;
}
