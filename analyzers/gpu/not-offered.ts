import {
  type CauseLink,
  computed,
  controllerOf,
  draOn,
  type Evidence,
  field,
  gpuPlugins,
  gpuVendorNames,
  isWSL,
  type ObjectRef,
  type Pod,
  ref,
  refText,
  type Severity,
} from '../../src/kit.ts';
import { type GpuCase, isSettingUp, type NodeDraft, resourceOfVendor, severityFor, waiters } from './case.ts';
import type { Code } from './codes.ts';
import { exclusion } from './excluded.ts';
import { pluginState, type PluginState } from './plugin.ts';

/**
 * Nodes that give out none of the devices they have. The kubelet's status tells how: the key is absent where no plugin ever registered,
 * 0 of 0 where it has been gone for five minutes, 0 of 4 where it stopped just now or calls every device unhealthy.
 * Source: pkg/kubelet/cm/devicemanager, GetCapacity.
 */
export function* notOffered(one: GpuCase): Iterable<NodeDraft> {
  const { snapshot, node, vendor, offers } = one;
  if (offers.some(({ allocatable }) => allocatable > 0)) return;
  const excluded = exclusion(one);
  if (excluded === 'quiet') return;
  if (excluded !== undefined) {
    yield excluded;
    return;
  }
  if (isSettingUp(one) || draOn(snapshot, node, vendor) !== 'no') return;
  const state = pluginState(one);
  if (state.is === 'starting') return;
  const verdict = judge(one, state);
  if (verdict !== undefined) yield verdict;
}

function judge(one: GpuCase, state: PluginState): NodeDraft | undefined {
  const { offers } = one;
  const counted = offers.some(({ capacity }) => capacity > 0);
  if (counted && state.is === 'running') return allUnhealthy(one, state);
  if (!isMeant(one, state)) return undefined;
  switch (state.is) {
    case 'running':
      return blind(one, state);
    case 'failing':
      return down(one, state);
    case 'not made':
      // A pod that was just deleted is made again within seconds; the kubelet keeps the count for five minutes.
      if (state.fresh || (counted && waiters(one, one.settings.pluginGrace).length === 0)) return undefined;
      return told(one, 'NodeGPUPluginDown', severityFor(one, true), {
        shared: 'have no pod of the device plugin, which is meant to run there',
        text: `${offeredText(one)}: ${refText(ref(state.plugin.set))} is meant to run here and has no pod`,
        evidence: [computed(one.node, `no pod of ${refText(ref(state.plugin.set))} on it`)],
        causes: [setLink(state.plugin.set, 'no pod on the node')],
        values: pluginValues(ref(state.plugin.set)),
      });
    case 'kept away': {
      const why = state.why === 'taint' ? `does not tolerate ${state.text}` : `needs ${state.text}`;
      return told(one, 'NodeGPUNotOffered', severityFor(one, true), {
        shared: `have ${gpuVendorNames[one.vendor]} GPUs, but no device plugin: ${refText(ref(state.plugin.set))} ${why}`,
        text: `${offeredText(one)}: no device plugin runs here, for ${refText(ref(state.plugin.set))} ${why}`,
        evidence: [computed(state.plugin.set, `makes no pod for it: ${why}`)],
        causes: [setLink(state.plugin.set, state.text)],
        values: {
          ...pluginValues(ref(state.plugin.set)),
          ...(state.why === 'taint' ? { taint: state.text } : { rule: state.text }),
        },
      });
    }
    case 'none':
      return told(one, 'NodeGPUNotOffered', severityFor(one, false), {
        shared: `have ${gpuVendorNames[one.vendor]} GPUs, but no device plugin is installed in the cluster`,
        text: `${offeredText(one)}: no device plugin for ${gpuVendorNames[one.vendor]} is installed in the cluster`,
        evidence: [computed(one.node, `no DaemonSet and no pod of a device plugin for ${gpuVendorNames[one.vendor]}`)],
        causes: policyLinks(one),
        values: { missingPlugin: gpuVendorNames[one.vendor] },
      });
    default:
      if (waiters(one).length === 0) return undefined;
      return told(one, 'NodeGPUNotOffered', 'warning', {
        shared: 'offer no GPU; why cannot be told, for their device plugins could not be seen',
        text: `${offeredText(one)}; why cannot be told, for its device plugin could not be seen`,
        evidence: [],
        causes: [],
        values: {},
      });
  }
}

/**
 * Whether the node is meant to offer devices at all. Plugins run on machines without any, too, and weak labels stand for the graphics
 * of a CPU: then only pods that wait for what no node offers make it so.
 */
function isMeant(one: GpuCase, state: PluginState): boolean {
  const { snapshot, hardware, offers, vendor } = one;
  const anyPlugin = gpuPlugins(snapshot).some((other) => other.vendor === vendor);
  if (hardware?.sure === true) return true;
  const wanted = waiters(one).length > 0 && noneOffered(one);
  if (offers.length > 0) return wanted || (anyPlugin && state.is !== 'kept away');
  if (state.is === 'running' || state.is === 'failing') return wanted;
  return hardware !== undefined && wanted;
}

function noneOffered({ snapshot, vendor }: GpuCase): boolean {
  const nodes = snapshot.list('nodes');
  return (
    nodes.complete &&
    nodes.items.every((node) =>
      Object.entries(node.status?.allocatable ?? {}).every(
        ([name, amount]) => !name.startsWith(`${prefixes[vendor] ?? vendor}/`) || amount === '0',
      ),
    )
  );
}

const prefixes: Readonly<Record<string, string>> = {
  nvidia: 'nvidia.com',
  amd: 'amd.com',
  intel: 'gpu.intel.com',
};

function allUnhealthy(one: GpuCase, { pod }: Extract<PluginState, { is: 'running' }>): NodeDraft {
  const total = one.offers.reduce((sum, { capacity }) => sum + capacity, 0);
  return told(one, 'NodeGPUAllUnhealthy', 'critical', {
    shared: 'have device plugins that run and call every GPU unhealthy',
    text: `none of ${total} ${resourceOfVendor(one)} can be given out: the device plugin runs, so all are unhealthy`,
    evidence: [computed(pod, 'the device plugin is Ready')],
    causes: [],
    values: podValues(pod),
  });
}

function blind(one: GpuCase, { pod }: Extract<PluginState, { is: 'running' }>): NodeDraft {
  const wsl = isWSL(one.node) ? ' (WSL2)' : '';
  return told(one, 'NodeGPUPluginBlind', severityFor(one, true), {
    shared: 'have device plugins that are Ready and find no GPU',
    text: `its device plugin is Ready, but the node${wsl} offers no ${resourceOfVendor(one)}: the plugin finds no device`,
    evidence: [computed(pod, 'the device plugin is Ready')],
    causes: [],
    values: podValues(pod),
  });
}

function down(one: GpuCase, { pod, trouble, since }: Extract<PluginState, { is: 'failing' }>): NodeDraft {
  const owner = controllerOf(pod);
  const via = { field: 'spec.nodeName', value: pod.spec.nodeName ?? '' };
  return told(one, 'NodeGPUPluginDown', severityFor(one, true), {
    shared: `have device plugins that do not work (${trouble})`,
    text: `${offeredText(one)}: its device plugin does not work (${trouble})`,
    evidence: [computed(pod, `device plugin: ${trouble}`)],
    causes: [
      { object: ref(pod), needs: 'run', via, certainty: 'sure' },
      ...(owner === undefined ? [] : [{ object: owner, needs: 'run', via, certainty: 'sure' } as const]),
    ],
    values: { ...podValues(pod), ...(owner === undefined ? {} : pluginValues(owner)) },
    ...(since === undefined ? {} : { since }),
  });
}

/** "offers no nvidia.com/gpu", with what it has and what its status says. */
function offeredText(one: GpuCase): string {
  const { offers, hardware, vendor } = one;
  const has = hardware === undefined ? '' : `has a GPU of ${gpuVendorNames[vendor]} but `;
  const gone = offers.find(({ capacity }) => capacity > 0);
  if (gone !== undefined) return `offers 0 of ${gone.capacity} ${gone.resource}`;
  return `${has}offers no ${resourceOfVendor(one)}${offers.length > 0 ? ' any more' : ''}`;
}

interface Told {
  readonly shared: string;
  readonly text: string;
  readonly evidence: readonly Evidence[];
  readonly causes: readonly CauseLink[];
  readonly values: Readonly<Record<string, string>>;
  readonly since?: string;
}

function told(one: GpuCase, code: Code, severity: Severity, rest: Told): NodeDraft {
  const { node, hardware, offers } = one;
  const { shared, text, evidence, since, ...fields } = rest;
  return {
    shared,
    draft: {
      code,
      object: ref(node),
      key: one.vendor,
      severity,
      message: text,
      evidence: [
        ...(hardware === undefined ? [] : [field(node, `metadata.labels['${hardware.label}']`, hardware.value)]),
        ...(offers.length === 0
          ? [field(node, `status.allocatable['${resourceOfVendor(one)}']`, 'absent')]
          : offers.flatMap(({ resource, capacity, allocatable }) => [
              field(node, `status.capacity['${resource}']`, String(capacity)),
              field(node, `status.allocatable['${resource}']`, String(allocatable)),
            ])),
        ...evidence,
      ],
      ...fields,
      values: { node: node.metadata.name, extendedResource: resourceOfVendor(one), ...fields.values },
      ...(since === undefined ? {} : { since }),
    },
  };
}

function setLink(set: GpuPluginSet, value: string): CauseLink {
  return { object: ref(set), needs: 'run', via: { field: 'spec.template.spec', value }, certainty: 'sure' };
}

type GpuPluginSet = ReturnType<typeof gpuPlugins>[number]['set'];

/** The GPU operator, which would install the plugin. */
function policyLinks({ snapshot, vendor }: GpuCase): readonly CauseLink[] {
  if (vendor !== 'nvidia') return [];
  return snapshot.list('clusterpolicies.nvidia.com').items.map((policy) => ({
    object: ref(policy),
    needs: 'schedule',
    via: { field: 'status.state', value: policy.status?.state ?? 'unknown' },
    certainty: 'likely',
  }));
}

function podValues(pod: Pod): Readonly<Record<string, string>> {
  return { pluginPod: pod.metadata.name, pluginNamespace: pod.metadata.namespace ?? 'default' };
}

function pluginValues({ kind, namespace = 'default', name }: ObjectRef): Readonly<Record<string, string>> {
  return kind === 'DaemonSet' ? { plugin: name, pluginNamespace: namespace } : {};
}
