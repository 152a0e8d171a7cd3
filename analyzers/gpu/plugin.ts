import {
  conditionIs,
  daemonSetMiss,
  type GpuPlugin,
  gpuPluginPodsOn,
  gpuPlugins,
  latest,
  olderThan,
  type Pod,
  podTrouble,
} from '../../src/kit.ts';
import type { GpuCase } from './case.ts';

/** How the device plugin of a vendor stands on a node. */
export type PluginState =
  /** No DaemonSet and no pod in the whole cluster. */
  | { readonly is: 'none' }
  /** DaemonSets exist, and none makes a pod for this node, for these reasons. */
  | { readonly is: 'kept away'; readonly plugin: GpuPlugin; readonly why: 'rule' | 'taint'; readonly text: string }
  /** A DaemonSet should have a pod here and has none. */
  | { readonly is: 'not made'; readonly plugin: GpuPlugin; readonly fresh: boolean }
  /** Its pod fails, or has not been ready for long. */
  | { readonly is: 'failing'; readonly pod: Pod; readonly trouble: string; readonly since: string | undefined }
  /** Its pod started just now. */
  | { readonly is: 'starting' }
  | { readonly is: 'running'; readonly pod: Pod; readonly since: string | undefined }
  /** Too little could be seen. */
  | { readonly is: 'unknown' };

/** Tells how the plugin of a case's vendor stands on its node. */
export function pluginState(one: GpuCase): PluginState {
  const { snapshot, node, vendor, settings } = one;
  const pods = gpuPluginPodsOn(snapshot, node.metadata.name)
    .filter((other) => other.vendor === vendor)
    .map(({ pod }) => pod)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const states = pods.map((pod) => podState(one, pod));
  const best = states.find(({ is }) => is === 'running') ?? states.find(({ is }) => is === 'starting') ?? states[0];
  if (best !== undefined) return best;
  const podsSeen = snapshot.list('pods').complete;
  const sets = snapshot.list('daemonsets.apps');
  const plugins = gpuPlugins(snapshot).filter((other) => other.vendor === vendor);
  const misses = plugins.map((plugin) => ({ plugin, miss: daemonSetMiss(plugin.set, node) }));
  const meant = misses.find(({ miss }) => miss === undefined);
  if (meant !== undefined) {
    if (!podsSeen) return { is: 'unknown' };
    const { metadata, status } = meant.plugin.set;
    const desired = status?.desiredNumberScheduled ?? 0;
    const fresh =
      !olderThan(snapshot, metadata.creationTimestamp, settings.pluginGrace) ||
      (status?.observedGeneration ?? 0) < (metadata.generation ?? 0) ||
      (status?.updatedNumberScheduled ?? desired) < desired;
    return { is: 'not made', plugin: meant.plugin, fresh };
  }
  const [first] = misses.toSorted((a, b) => Number(b.miss?.why === 'taint') - Number(a.miss?.why === 'taint'));
  if (first?.miss !== undefined) return { is: 'kept away', plugin: first.plugin, ...first.miss };
  return sets.complete && podsSeen ? { is: 'none' } : { is: 'unknown' };
}

function podState({ snapshot, settings }: GpuCase, pod: Pod): PluginState {
  const ready = conditionIs(pod, 'Ready', 'True');
  const started = latest([
    pod.status?.startTime,
    ready?.lastTransitionTime,
    ...(pod.status?.containerStatuses ?? []).map(({ state }) => state?.running?.startedAt),
  ]);
  if (ready !== undefined) {
    return olderThan(snapshot, started, settings.pluginGrace)
      ? { is: 'running', pod, since: started }
      : { is: 'starting' };
  }
  const trouble = podTrouble(pod);
  const lost = conditionIs(pod, 'Ready', 'False')?.lastTransitionTime ?? pod.metadata.creationTimestamp;
  if (trouble !== undefined) return { is: 'failing', pod, trouble, since: lost };
  return olderThan(snapshot, lost, settings.pluginGrace)
    ? { is: 'failing', pod, trouble: 'not ready', since: lost }
    : { is: 'starting' };
}
