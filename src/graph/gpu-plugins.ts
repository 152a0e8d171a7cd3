import { ref, sameRef } from '../model/object.ts';
import type { Container, Node, Pod, PodSpec, ResourceTypes } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type GpuVendor } from './gpu-names.ts';
import { groupBy, once } from './memo.ts';
import { controllerOf } from './owners.ts';
import { nodeAffinityMiss } from './scheduling/node-affinity.ts';
import { taintText, untolerated } from './scheduling/tolerations.ts';

type DaemonSet = ResourceTypes['daemonsets.apps'];
type Reads = 'daemonsets.apps' | 'pods';

/** A DaemonSet that brings the device plugin of a vendor to the nodes. */
export interface GpuPlugin {
  readonly vendor: GpuVendor;
  readonly set: DaemonSet;
}

/** Containers of the same image that are not the plugin: discovery of features, MPS, choice of configuration, validation. */
const others = /feature-discovery|mps-control|config-manager|validator|exporter|labell?er|metrics/;

const images: readonly (readonly [RegExp, GpuVendor])[] = [
  [/rocm\/k8s-device-plugin|amd-?gpu-(dp|device-plugin)|amd-gpu-operator-.*device-plugin/, 'amd'],
  [/intel-gpu-plugin|intel-gpu-device-plugin|intel-device-plugin-gpu/, 'intel'],
  [/nvidia-(gpu-)?device-plugin|nvidia\/k8s-device-plugin|nvdp-nvidia|nvidia-gpu-device-plugin/, 'nvidia'],
  [/hami-device-plugin|volcano-vgpu-device-plugin|\/k8s-device-plugin|gpu-device-plugin/, 'nvidia'],
];

/** The vendor whose device plugin a pod template runs; undefined where it runs none. */
function pluginVendor(name: string, spec: Pick<PodSpec, 'containers'> | undefined): GpuVendor | undefined {
  for (const container of spec?.containers ?? []) {
    const own = [container.name, container.command?.[0] ?? '', container.args?.[0] ?? ''].join(' ');
    if (others.test(own) || others.test(name)) continue;
    const image = withoutTag(container);
    const vendor = images.find(([pattern]) => pattern.test(image) || pattern.test(name))?.[1];
    if (vendor !== undefined) return vendor;
  }
  return undefined;
}

function withoutTag({ image = '' }: Pick<Container, 'image'>): string {
  return image.replace(/@.*$/, '').replace(/:[^/]*$/, '');
}

/** The DaemonSets of device plugins, by image or name. */
export const gpuPlugins = once((snapshot: Snapshot<'daemonsets.apps'>): readonly GpuPlugin[] =>
  snapshot.list('daemonsets.apps').items.flatMap((set) => {
    const vendor = pluginVendor(set.metadata.name, set.spec.template.spec);
    return vendor === undefined ? [] : [{ vendor, set }];
  }),
);

/** A pod that runs a device plugin. */
export interface GpuPluginPod {
  readonly vendor: GpuVendor;
  readonly pod: Pod;
}

const pluginPods = once((snapshot: Snapshot<Reads>) => {
  const sets = gpuPlugins(snapshot);
  const found = snapshot.list('pods').items.flatMap((pod): readonly GpuPluginPod[] => {
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return [];
    const owner = controllerOf(pod);
    const own = owner?.kind === 'DaemonSet' ? sets.find(({ set }) => sameRef(ref(set), owner))?.vendor : undefined;
    const loose = owner === undefined ? pluginVendor(pod.metadata.name, pod.spec) : undefined;
    const vendor = own ?? loose;
    return vendor === undefined ? [] : [{ vendor, pod }];
  });
  return groupBy(found, ({ pod }) => pod.spec.nodeName);
});

/** The pods on a node that run a device plugin, of a DaemonSet or static. */
export function gpuPluginPodsOn(snapshot: Snapshot<Reads>, node: string): readonly GpuPluginPod[] {
  return pluginPods(snapshot).get(node) ?? [];
}

/** Taints for which the controller gives a DaemonSet's pods tolerations. Source: pkg/controller/daemon/util. */
const tolerated =
  /^node\.kubernetes\.io\/(not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|unschedulable|network-unavailable)$/;

/** Why a DaemonSet makes no pod for a node: the rule or the taint; undefined where it makes one. */
export function daemonSetMiss(
  { spec }: DaemonSet,
  node: Node,
): { readonly why: 'rule' | 'taint'; readonly text: string } | undefined {
  const template = spec.template.spec;
  if (template === undefined) return undefined;
  const miss = nodeAffinityMiss(template, node);
  if (miss !== undefined) return { why: 'rule', text: miss.rule };
  const taints = untolerated(template.tolerations, node.spec.taints).filter(({ key }) => !tolerated.test(key));
  return taints.length === 0 ? undefined : { why: 'taint', text: taints.map(taintText).join(', ') };
}
