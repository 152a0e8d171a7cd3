import { draOn, gpuHardware, gpuOffers, gpuPlugins, type Node } from '../../src/kit.ts';
import { type GpuCase, isSettingUp, isWaitedFor, type NodeDraft } from './case.ts';
import { hasFailedUpgrade, isUpgrading } from './devices.ts';
import { exclusion } from './excluded.ts';
import { pluginState, type PluginState } from './plugin.ts';
import { allUnhealthy, blind, down, keptAway, notInstalled, notMade, unseen } from './verdicts.ts';

/**
 * Nodes that give out none of the devices they have. The kubelet's status tells how: the key is absent where no plugin ever registered,
 * 0 of 0 where it has been gone for five minutes, 0 of 4 where it stopped just now or calls every device unhealthy.
 * Source: pkg/kubelet/cm/devicemanager, GetCapacity.
 */
export function* notOffered(one: GpuCase): Iterable<NodeDraft> {
  const { snapshot, node, vendor, offers } = one;
  if (offers.some(({ allocatable }) => allocatable > 0) || givesByModel(one)) return;
  const excluded = exclusion(one);
  if (excluded === 'quiet') return;
  if (excluded !== undefined) {
    yield excluded;
    return;
  }
  // An upgrade of the driver, also one that failed, is told by itself.
  if (isSettingUp(one) || isUpgrading(one) || hasFailedUpgrade(one) || draOn(snapshot, node, vendor) !== 'no') return;
  const state = pluginState(one);
  if (state.is === 'starting') return;
  const verdict = judge(one, state);
  if (verdict !== undefined) yield verdict;
}

/** Devices handed through to virtual machines go by the name of their model: `nvidia.com/A10`. */
function givesByModel({ node, vendor }: GpuCase): boolean {
  return (
    vendor === 'nvidia' &&
    Object.entries(node.status?.allocatable ?? {}).some(
      ([name, amount]) => /^nvidia\.com\/(?!gpu|mig-|hostdev|rdma|mlnx|sriov)/.test(name) && amount !== '0',
    )
  );
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
      if (state.fresh || (counted && !isWaitedFor(one, one.settings.pluginGrace))) return undefined;
      return notMade(one, state);
    case 'kept away':
      return keptAway(one, state);
    case 'none':
      return notInstalled(one);
    default:
      return isWaitedFor(one) ? unseen(one) : undefined;
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
  // Where labels say which machine has the devices, no other is blamed for having none.
  const wanted = isWaitedFor(one) && noneOffered(one) && (hardware !== undefined || !anySure(one));
  if (offers.length > 0) return wanted || (anyPlugin && state.is !== 'kept away');
  if (state.is === 'running' || state.is === 'failing') return wanted;
  return hardware !== undefined && wanted;
}

function anySure({ snapshot, vendor }: GpuCase): boolean {
  return snapshot
    .list('nodes')
    .items.some((node) => gpuHardware(node).some((one) => one.vendor === vendor && one.sure));
}

function noneOffered({ snapshot, vendor }: GpuCase): boolean {
  const nodes = snapshot.list('nodes');
  const gives = (node: Node) => gpuOffers(node).some((one) => one.vendor === vendor && one.allocatable > 0);
  return nodes.complete && !nodes.items.some(gives);
}
