import { type Evidence, field, type Node } from '../../src/kit.ts';

/** What the NVIDIA runtime refuses a container for. */
export interface GpuRefusal {
  readonly what: string;
  readonly evidence: readonly Evidence[];
}

const label = 'nvidia.com/cuda.runtime-version.full';

/**
 * Reads a refusal: an image for a newer CUDA than the driver supports, a driver that was changed under its libraries, no driver, a
 * device that the node does not describe. Source: nvidia-container-cli (libnvidia-container), nvidia-container-runtime.
 */
export function gpuRefusal(text: string, node: Node | undefined): GpuRefusal {
  const cuda = /unsatisfied condition: cuda ?>= ?(\d{1,3}(?:\.\d{1,3})?)/.exec(text)?.[1];
  if (cuda !== undefined) {
    const newest = node?.metadata.labels?.[label];
    const most = newest === undefined ? 'less' : `CUDA up to ${newest}`;
    return {
      what: `its image needs CUDA ${cuda}, and the driver of the node supports ${most}`,
      evidence: node === undefined || newest === undefined ? [] : [field(node, `metadata.labels['${label}']`, newest)],
    };
  }
  const what = refusals.find(([pattern]) => pattern.test(text))?.[1] ?? 'the NVIDIA runtime refuses it';
  return { what, evidence: [] };
}

const refusals: readonly (readonly [RegExp, string])[] = [
  [
    /driver\/library version mismatch/i,
    "the driver's kernel module and its libraries on the node are of different versions",
  ],
  [
    /driver not loaded|libnvidia-ml\.so|ERROR_LIBRARY_NOT_FOUND|ERROR_DRIVER_NOT_LOADED|couldn't communicate with the NVIDIA driver/i,
    'no NVIDIA driver is loaded on the node',
  ],
  [/unresolvable CDI devices/i, 'the node has no CDI description of its GPU'],
];
