import {
  type CauseLink,
  computed,
  controllerOf,
  gpuOperatorLinks,
  type gpuPlugins,
  gpuVendorNames,
  isWSL,
  type ObjectRef,
  type Pod,
  ref,
  refText,
} from '../../src/kit.ts';
import { type GpuCase, isWaitedFor, type NodeDraft, resourceOfVendor, severityFor } from './case.ts';
import { offeredText, told } from './draft.ts';
import type { PluginState } from './plugin.ts';

/** The plugin runs, the kubelet counts devices, and none is healthy. */
export function allUnhealthy(one: GpuCase, { pod }: Extract<PluginState, { is: 'running' }>): NodeDraft {
  const total = one.offers.reduce((sum, { capacity }) => sum + capacity, 0);
  return told(one, 'NodeGPUAllUnhealthy', 'critical', {
    shared: 'have device plugins that run and call every GPU unhealthy',
    text: `none of ${total} ${resourceOfVendor(one)} can be given out: the device plugin runs, so all are unhealthy`,
    evidence: [computed(pod, 'the device plugin is Ready')],
    causes: [],
    values: podValues(pod),
  });
}

/** The plugin runs and has registered nothing. */
export function blind(one: GpuCase, { pod }: Extract<PluginState, { is: 'running' }>): NodeDraft {
  const wsl = isWSL(one.node) ? ' (WSL2)' : '';
  return told(one, 'NodeGPUPluginBlind', severityFor(one, true), {
    shared: 'have device plugins that are Ready and find no GPU',
    text: `its device plugin is Ready, but the node${wsl} offers no ${resourceOfVendor(one)}: the plugin finds no device`,
    evidence: [computed(pod, 'the device plugin is Ready')],
    causes: [],
    values: podValues(pod),
  });
}

/** The plugin's pod on the node fails. */
export function down(one: GpuCase, { pod, trouble, since }: Extract<PluginState, { is: 'failing' }>): NodeDraft {
  const owner = controllerOf(pod);
  const via = { field: 'spec.nodeName', value: pod.spec.nodeName ?? '' };
  return told(one, 'NodeGPUPluginDown', severityFor(one, true), {
    shared: `have device plugins that do not work (${trouble})`,
    text: `${offeredText(one)}: its device plugin does not work (${trouble})`,
    evidence: [computed(pod, `device plugin: ${trouble}`)],
    causes: [
      { object: ref(pod), needs: 'run', via, certainty: 'sure' },
      ...(owner === undefined ? [] : [{ object: owner, needs: 'run', via, certainty: 'sure' } as const]),
      ...gpuOperatorLinks(one.snapshot, pod),
    ],
    values: { ...podValues(pod), ...(owner === undefined ? {} : pluginValues(owner)) },
    ...(since === undefined ? {} : { since }),
  });
}

/** The plugin is meant to run on the node and has no pod there. */
export function notMade(one: GpuCase, { plugin: { set } }: Extract<PluginState, { is: 'not made' }>): NodeDraft {
  return told(one, 'NodeGPUPluginDown', severityFor(one, true), {
    shared: 'have no pod of the device plugin, which is meant to run there',
    text: `${offeredText(one)}: ${refText(ref(set))} is meant to run here and has no pod`,
    evidence: [computed(one.node, `no pod of ${refText(ref(set))} on it`)],
    causes: [setLink(set, 'no pod on the node')],
    values: pluginValues(ref(set)),
  });
}

const controlPlane = /^node-role\.kubernetes\.io\/(control-plane|master)[=:]/;

/** Plugins exist, and none makes a pod for the node. Where nobody waits that may well be meant: a rule says so, as do control planes. */
export function keptAway(one: GpuCase, state: Extract<PluginState, { is: 'kept away' }>): NodeDraft {
  const { why, text, plugin } = state;
  const set = ref(plugin.set);
  const does = why === 'taint' ? `does not tolerate ${text}` : `needs ${text}`;
  const meant = !isWaitedFor(one) && (why === 'rule' || controlPlane.test(text));
  return told(one, 'NodeGPUNotOffered', meant ? 'info' : severityFor(one, true), {
    shared: `have ${gpuVendorNames[one.vendor]} GPUs, but no device plugin: ${refText(set)} ${does}`,
    text: `${offeredText(one)}: no device plugin runs here, for ${refText(set)} ${does}`,
    evidence: [computed(set, `makes no pod for it: ${does}`)],
    causes: [setLink(plugin.set, text)],
    values: { ...pluginValues(set), ...(why === 'taint' ? { taint: text } : { rule: text }) },
  });
}

/** Nothing in the cluster looks like a plugin of the vendor. */
export function notInstalled(one: GpuCase): NodeDraft {
  const vendor = gpuVendorNames[one.vendor];
  // Devices that were given out before are missed.
  return told(one, 'NodeGPUNotOffered', severityFor(one, one.offers.length > 0), {
    shared: `have ${vendor} GPUs, but no device plugin is installed in the cluster`,
    text: `${offeredText(one)}: no device plugin for ${vendor} is installed in the cluster`,
    evidence: [computed(one.node, `no DaemonSet and no pod of a device plugin for ${vendor}`)],
    causes: policyLinks(one),
    values: { missingPlugin: vendor },
  });
}

/** Pods wait for the devices, and too little could be seen to say why. */
export function unseen(one: GpuCase): NodeDraft {
  return told(one, 'NodeGPUNotOffered', 'warning', {
    shared: 'offer no GPU; why cannot be told, for their device plugins could not be seen',
    text: `${offeredText(one)}; why cannot be told, for its device plugin could not be seen`,
    evidence: [],
    causes: [],
    values: {},
  });
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
