import {
  computed,
  field,
  gpuPlugins,
  isActive,
  isWSL,
  latest,
  nodeAffinityMiss,
  olderThan,
  ref,
  type Snapshot,
  specChanged,
  taintText,
  untolerated,
} from '../../src/kit.ts';
import { daemonSets, type DaemonSet, isEligible } from './daemon-set-view.ts';
import type { Out } from './waits.ts';

type Reads = 'daemonsets.apps' | 'pods' | 'nodes';

/** Labels that say what a machine is: a cluster without such machines is not broken. */
const machineLabel =
  /^kubernetes\.io\/(os|arch)$|^node\.kubernetes\.io\/(instance-type|windows-build)$|^feature\.node\.kubernetes\.io\/|(^|[^a-z])(gpu|accelerator|nvidia|amd|intel|habana|neuron|tpu|rdma|sriov|infiniband|fpga)([^a-z]|$)/i;

/** A well-known way to switch a DaemonSet off: a label that no node is meant to have. */
const switchedOff = /(^|[-_/.])(non-?existing|non-?existent|disabled|none|never|nope|off)([-_/.]|$)/i;

/** Under WSL2 Node Feature Discovery sees no PCI device, so there a person has to put this label on. */
const byHand = 'nvidia.com/gpu.present';

/**
 * DaemonSets that no node matches though there are nodes. Information only where the rule is about hardware or a platform that nobody
 * has and nobody asks for, or in kube-system, where providers leave add-ons that are switched on by a label.
 */
export function* matchesNoNode(snapshot: Snapshot<Reads>, grace: number): Generator<Out> {
  const nodes = snapshot.list('nodes');
  if (!nodes.complete || nodes.items.length === 0) return;
  for (const { set, desired, lagging } of daemonSets(snapshot)) {
    const { spec } = set.spec.template;
    const began = latest([set.metadata.creationTimestamp, specChanged(set)]);
    if (desired > 0 || lagging || spec === undefined || !olderThan(snapshot, began, grace)) continue;
    if (nodes.items.some((node) => isEligible(set, node))) continue;
    const misses = nodes.items.map((node) => nodeAffinityMiss(spec, node));
    const rules = [...new Set(misses.flatMap((miss) => miss?.rule ?? []))];
    const keys = [...new Set(misses.flatMap((miss) => miss?.keys ?? []))];
    if ([...keys, ...rules].some((one) => switchedOff.test(one))) continue;
    const matching = nodes.items.filter((_, index) => misses[index] === undefined);
    const taints = new Set(matching.flatMap((node) => untolerated(spec.tolerations, node.spec.taints).map(taintText)));
    const why =
      taints.size > 0 ? `it does not tolerate ${[...taints].join(', ')}` : `no node has ${rules.join(' or ')}`;
    const hidden = nodes.items.find(isWSL);
    const normal = set.metadata.namespace === 'kube-system' || keys.some((key) => machineLabel.test(key));
    yield {
      code: 'DaemonSetMatchesNoNode',
      object: ref(set),
      values: keys.includes(byHand) && hidden !== undefined ? { wslNode: hidden.metadata.name } : {},
      severity: normal && !isWanted(snapshot, set, keys) ? 'info' : 'warning',
      message: `none of ${nodes.items.length} nodes gets a pod: ${why}`,
      evidence: [
        field(set, 'status.desiredNumberScheduled', 0),
        ...(rules.length === 0
          ? []
          : [field(set, misses.find((miss) => miss !== undefined)?.field ?? 'spec', rules.join(' or '))]),
        ...(taints.size === 0 ? [] : [computed(set, `taints that it does not tolerate: ${[...taints].join(', ')}`)]),
      ],
    };
  }
}

/**
 * Whether some pod asks for a device of the vendor whose labels a DaemonSet goes by: `nvidia.com/gpu.present`, `nvidia.com/gpu`. Where a
 * device plugin of the vendor runs, its companions (MPS, discovery, exporters) may have no node to go to.
 */
function isWanted(
  snapshot: Snapshot<'daemonsets.apps' | 'pods'>,
  { metadata }: DaemonSet,
  keys: readonly string[],
): boolean {
  const vendors = [...keys, metadata.name].flatMap(
    (text) => /nvidia|amd|intel|habana/i.exec(text)?.[0].toLowerCase() ?? [],
  );
  const served = gpuPlugins(snapshot).some(
    ({ vendor, set }) => vendors.includes(vendor) && (set.status?.desiredNumberScheduled ?? 0) > 0,
  );
  if (vendors.length === 0 || served) return false;
  return snapshot
    .list('pods')
    .items.some(
      (pod) =>
        isActive(pod) &&
        pod.spec.containers.some(({ resources }) =>
          Object.keys({ ...resources?.limits, ...resources?.requests }).some((name) =>
            vendors.some((vendor) => name.startsWith(`${vendor}.`)),
          ),
        ),
    );
}
