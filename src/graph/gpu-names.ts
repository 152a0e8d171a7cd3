/** Who makes an accelerator; `other` for names that only look like one. */
export type GpuVendor = 'nvidia' | 'amd' | 'intel' | 'habana' | 'google' | 'aws' | 'huawei' | 'other';

/** Vendors as people write them. */
export const gpuVendorNames: Readonly<Record<GpuVendor, string>> = {
  nvidia: 'NVIDIA',
  amd: 'AMD',
  intel: 'Intel',
  habana: 'Habana',
  google: 'Google TPU',
  aws: 'AWS Neuron',
  huawei: 'Huawei Ascend',
  other: 'other',
};

/** Whole devices, shares or slices of them, as their vendors' plugins name them. */
const known: readonly (readonly [RegExp, GpuVendor])[] = [
  [/^nvidia\.com\/(gpu|gpu\.shared|pgpu|mig-[a-z0-9.+]+|(TU|GA|GB|GH|GP|GV|AD|GRID|NVIDIA)\w[\w.-]*)$/, 'nvidia'],
  [/^amd\.com\/(gpu|[a-z]+_nps\d+)$/, 'amd'],
  [/^gpu\.intel\.com\/(i915|xe)$/, 'intel'],
  [/^habana\.ai\/gaudi$/, 'habana'],
  [/^(google\.com\/tpu|cloud-tpus\.google\.com\/[\w-]+)$/, 'google'],
  [/^aws\.amazon\.com\/(neuron|neuroncore|neurondevice)$/, 'aws'],
  [/^huawei\.com\/(Ascend[\w-]+|npu)$/, 'huawei'],
];

/** What plugins count beside devices: parts of one that somebody else shares out. */
const measure =
  /(mem|memory|cores?|percent|percentage|monitoring|millicores|tiles|ratio|priority|\.max)$|^gpu\.intel\.com\//i;

const looksLikeOne = /(^|[^a-z])(v?gpu|mig|npu|tpu|xpu|dcu|mlu|gaudi|neuron|ascend)([^a-z]|$)/i;

/**
 * The vendor of an extended resource that stands for accelerators; undefined for every other resource, and for those by which shares
 * of memory or compute of a device are counted.
 */
export function gpuVendorOf(resource: string): GpuVendor | undefined {
  const slash = resource.indexOf('/');
  if (slash === -1 || resource.startsWith('kubernetes.io/')) return undefined;
  const vendor = known.find(([pattern]) => pattern.test(resource))?.[1];
  if (vendor !== undefined) return vendor;
  if (/^(nvidia\.com|amd\.com)\//.test(resource) || measure.test(resource)) return undefined;
  return looksLikeOne.test(resource) ? 'other' : undefined;
}

/** The vendor of a driver of Dynamic Resource Allocation: `gpu.nvidia.com`. */
export function gpuVendorOfDriver(driver: string): GpuVendor | undefined {
  const vendors: readonly GpuVendor[] = ['nvidia', 'amd', 'intel', 'habana', 'google', 'aws', 'huawei'];
  const found = vendors.find((vendor) => new RegExp(`(^|\\.)${vendor}(\\.|$)`).test(driver));
  return found ?? (looksLikeOne.test(driver) ? 'other' : undefined);
}
