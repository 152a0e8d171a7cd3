import {
  controllerOf,
  type Draft,
  type Evidence,
  field,
  gpuOffers,
  gpuPlugins,
  gpuRequestsOf,
  type GpuVendor,
  isActive,
  type Node,
  nodeAffinityMiss,
  once,
  type Pod,
  ref,
  refText,
  takesRoom,
} from '../../src/kit.ts';
import type { GpuSnapshot } from './case.ts';
import type { Code } from './codes.ts';
import { type GpuImage, gpuImage } from './images.ts';

/**
 * Pods that mean to use a GPU and ask for none: they run on the CPU, or, where the runtime shows them devices all the same, on GPUs that
 * the scheduler has promised to others. Silent in clusters that offer no GPU, about DaemonSets, and where the plugins themselves live.
 */
export function* unrequested(snapshot: GpuSnapshot): Iterable<Draft<Code>> {
  const offering = offeringNodes(snapshot);
  if (offering.size === 0) return;
  const hasNvidia = [...offering.values()].some(({ vendors }) => vendors.has('nvidia'));
  const homes = new Set(gpuPlugins(snapshot).map(({ set }) => set.metadata.namespace));
  for (const pod of snapshot.list('pods').items) {
    const owner = controllerOf(pod)?.kind;
    if (!isActive(pod) || owner === 'DaemonSet' || homes.has(pod.metadata.namespace)) continue;
    if (gpuRequestsOf(pod).size > 0 || (pod.spec.resourceClaims ?? []).length > 0 || asksForPart(pod)) continue;
    const on = offering.get(pod.spec.nodeName ?? '');
    const seen = on === undefined ? undefined : deviceAccess(snapshot, pod, on.vendors);
    if (on !== undefined && seen !== undefined) yield unaccounted(snapshot, pod, on.node, seen);
    else yield* onCPU(pod, hasNvidia && !avoids(pod, offering));
  }
}

/** True where a pod's own rules keep it off every node with GPUs: it is meant to compute on the CPU. */
function avoids({ spec }: Pod, offering: ReadonlyMap<string, Offering>): boolean {
  return [...offering.values()].every(({ node }) => nodeAffinityMiss(spec, node) !== undefined);
}

/** Schedulers that share GPUs out by memory or by fractions have resources and annotations of their own: `gpu-fraction`, `gpu-mem`. */
function asksForPart({ metadata, spec }: Pod): boolean {
  const resources = [...(spec.initContainers ?? []), ...spec.containers].flatMap((one) =>
    Object.keys({ ...one.resources?.limits, ...one.resources?.requests }),
  );
  return [...resources, ...Object.keys(metadata.annotations ?? {})].some((name) => /gpu|vcuda/i.test(name));
}

interface Offering {
  readonly node: Node;
  readonly vendors: ReadonlySet<GpuVendor>;
}

/** The nodes that give out GPUs, and whose. */
const offeringNodes = once((snapshot: GpuSnapshot): ReadonlyMap<string, Offering> => {
  const all = snapshot.list('nodes').items.map((node) => {
    const given = gpuOffers(node).filter(({ allocatable, vendor }) => allocatable > 0 && gpus.has(vendor));
    return { node, vendors: new Set(given.map(({ vendor }) => vendor)) };
  });
  return new Map(all.filter(({ vendors }) => vendors.size > 0).map((one) => [one.node.metadata.name, one]));
});

/** Vendors of what models are served on by images for everybody; TPUs and their like have images of their own. */
const gpus: ReadonlySet<GpuVendor> = new Set(['nvidia', 'amd', 'intel']);

function* onCPU(pod: Pod, mayHaveOne: boolean): Iterable<Draft<Code>> {
  // Keeps images of models for others, as operators of Ollama have it, and computes nothing.
  if (/(^|-)(models?|images?)-store(-|$)/.test(pod.metadata.name)) return;
  for (const [index, container] of pod.spec.containers.entries()) {
    const kind = gpuImage(container);
    if (kind === undefined || (kind === 'could' && !aimsAtGpus(pod)) || (kind === 'slow' && !mayHaveOne)) continue;
    const what: Readonly<Record<GpuImage, string>> = {
      needs: 'needs a GPU and asks for none',
      slow: 'asks for no GPU and so computes on the CPU, though the cluster has GPUs',
      could: 'is built for GPUs and meant for GPU nodes, but asks for no GPU',
    };
    yield {
      code: 'PodGPUServerWithoutGPU',
      object: ref(pod),
      key: container.name,
      message: `container ${container.name} ${what[kind]}`,
      evidence: [
        field(pod, `spec.containers[${index}].image`, container.image ?? ''),
        field(pod, `spec.containers[${index}].resources`, container.resources ?? {}),
      ],
      values: { container: container.name },
    };
  }
}

/** Whether a pod's rules about nodes speak of accelerators. */
function aimsAtGpus({ spec }: Pod): boolean {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const keys = [
    ...Object.keys(spec.nodeSelector ?? {}),
    ...terms.flatMap(({ matchExpressions = [] }) => matchExpressions.map(({ key }) => key)),
    ...(spec.tolerations ?? []).flatMap(({ key }) => key ?? []),
  ];
  return keys.some((key) => /(^|[^a-z])(gpu|nvidia|amd\.com|accelerator)([^a-z]|$)/i.test(key));
}

/** By what a pod gets at devices that it did not ask for. */
function deviceAccess(snapshot: GpuSnapshot, pod: Pod, vendors: ReadonlySet<GpuVendor>): Evidence | undefined {
  const { spec } = pod;
  const files = vendors.has('nvidia') ? /^\/dev\/(nvidia\w*|dxg)$/ : /^\/dev\/kfd$/;
  const volume = (spec.volumes ?? []).findIndex(({ hostPath }) => files.test(hostPath?.path ?? ''));
  if (volume !== -1) return field(pod, `spec.volumes[${volume}].hostPath.path`, spec.volumes?.[volume]?.hostPath?.path);
  if (!vendors.has('nvidia')) return undefined;
  for (const [index, { env = [] }] of spec.containers.entries()) {
    const shown = env.find(({ name }) => name === 'NVIDIA_VISIBLE_DEVICES')?.value;
    if (shown !== undefined && !/^(void|none|)$/.test(shown))
      return field(pod, `spec.containers[${index}].env[NVIDIA_VISIBLE_DEVICES]`, shown);
  }
  const name = spec.runtimeClassName;
  if (name === undefined || !spec.containers.some((container) => gpuImage(container) !== undefined)) return undefined;
  const found = snapshot.lookup('runtimeclasses.node.k8s.io', name);
  const handler = found.state === 'found' ? found.object.handler : name;
  return /nvidia/.test(handler) ? field(pod, 'spec.runtimeClassName', name) : undefined;
}

function unaccounted(snapshot: GpuSnapshot, pod: Pod, node: Node, seen: Evidence): Draft<Code> {
  const { name } = node.metadata;
  const holders = holdersByNode(snapshot).get(name) ?? [];
  const [first] = holders;
  const beside =
    first === undefined
      ? ''
      : `, beside ${refText(ref(first))}${holders.length > 1 ? ` and ${holders.length - 1} more` : ''}, which asked for theirs`;
  return {
    code: 'PodGPUUnaccounted',
    object: ref(pod),
    severity: first === undefined ? 'info' : 'warning',
    message: `sees the GPUs of node ${name} without asking for one${beside}`,
    evidence: [
      seen,
      field(pod, 'spec.nodeName', name),
      ...holders.slice(0, 3).map((one) => field(one, 'spec.nodeName', name)),
    ],
    values: { node: name },
  };
}

const holdersByNode = once((snapshot: GpuSnapshot) =>
  Map.groupBy(
    snapshot.list('pods').items.filter((pod) => takesRoom(pod) && gpuRequestsOf(pod).size > 0),
    ({ spec }) => spec.nodeName ?? '',
  ),
);
