import {
  type CauseLink,
  gpuHardware,
  gpuVendorOf,
  isNodeFault,
  type Placement,
  quantity,
  type Reason,
  ref,
  taintText,
  type Verdict,
} from '../../src/kit.ts';
import type { PendingCase } from './pending-case.ts';
import { claimLink } from './unschedulable-claims.ts';

const mostLinks = 100;

/**
 * Nodes that only a fault of their own keeps from taking the pod. Nodes that are merely full are no cause: the pod asks too much, or
 * the cluster is too small.
 */
export function nodeLinks(verdicts: readonly Verdict[]): readonly CauseLink[] {
  const labelled = (verdict: Verdict) => Number(gpuHardware(verdict.node).length > 0);
  return verdicts
    .toSorted((one, other) => labelled(other) - labelled(one))
    .flatMap((verdict) => nodeLink(verdict) ?? [])
    .slice(0, mostLinks);
}

function nodeLink({ node, reasons }: Verdict): CauseLink | undefined {
  const link = (field: string, value: string): CauseLink => ({
    object: ref(node),
    needs: 'schedule',
    via: { field, value },
    certainty: 'sure',
  });
  if (reasons.every(isNodeFault)) {
    const taints = reasons.flatMap((reason) => (reason.kind === 'taint' ? [taintText(reason.taint)] : []));
    return taints.length > 0 ? link('spec.taints', taints.join(', ')) : link('spec.unschedulable', 'true');
  }
  // What devices a node that is down offers says nothing.
  if (reasons.some(isNodeFault) && reasons.every((reason) => isNodeFault(reason) || isOwnDevice(node, reason))) {
    const taint = reasons.flatMap((reason) => (reason.kind === 'taint' ? [taintText(reason.taint)] : []))[0];
    return taint === undefined ? link('spec.unschedulable', 'true') : link('spec.taints', taint);
  }
  if (reasons.every(isTaken)) return link('spec.devices[].taints', 'NoSchedule');
  if (!reasons.every((reason) => isDeviceFault(node, reason))) return undefined;
  const [first] = reasons;
  if (first?.kind !== 'resource') return undefined;
  return link('status.allocatable', `${first.resource}: ${node.status?.allocatable?.[first.resource] ?? 'absent'}`);
}

/** Devices of which there would be enough, had their driver not taken some out of service. */
function isTaken(reason: Reason): boolean {
  if (reason.kind !== 'resource' && reason.kind !== 'devices') return false;
  const { tainted = 0, asked, free } = reason;
  return tainted > 0 && free + tainted >= asked;
}

/** A device resource of which the node has more than it can give out: its plugin is gone, or devices are unhealthy. */
function isDeviceFault(node: Verdict['node'], reason: Reason): boolean {
  if (reason.kind !== 'resource' || !reason.resource.includes('/')) return false;
  // What a driver hands out is not in the node's status.
  if (reason.tainted !== undefined) return false;
  const { capacity, allocatable } = node.status ?? {};
  const owned = quantity(capacity?.[reason.resource]);
  const given = quantity(allocatable?.[reason.resource]) ?? 0n;
  // Not every node with a GPU has a label that says so: the link counts only where the node is found at fault.
  if (owned === undefined) return gpuVendorOf(reason.resource) !== undefined;
  return given < owned || owned === 0n;
}

/** A device fault of a node that has, or by its labels had, such devices. */
function isOwnDevice(node: Verdict['node'], reason: Reason): boolean {
  if (reason.kind !== 'resource' || !isDeviceFault(node, reason)) return false;
  return node.status?.capacity?.[reason.resource] !== undefined || gpuHardware(node).length > 0;
}

/** Claims whose volumes keep the pod from every node, and these volumes. */
export function claimLinks(
  { pod, snapshot }: PendingCase,
  { waiting }: Placement,
  verdicts: readonly Verdict[],
): readonly CauseLink[] {
  const [first] = verdicts;
  const everywhere = (first?.reasons ?? []).flatMap((reason) =>
    reason.kind === 'volume' &&
    verdicts.every(({ reasons }) => reasons.some((other) => other.kind === 'volume' && other.claim === reason.claim))
      ? [reason.claim]
      : [],
  );
  return everywhere.flatMap((claim) => {
    const volume = (pod.spec.volumes ?? []).findIndex(
      (one) => one.persistentVolumeClaim?.claimName === claim || `${pod.metadata.name}-${one.name}` === claim,
    );
    const links: CauseLink[] = [claimLink(pod, Math.max(0, volume), claim)];
    const found = snapshot.lookup('persistentvolumeclaims', claim, pod.metadata.namespace);
    const name =
      found.state === 'found' && !waiting.some((one) => one.claim === claim) ? found.object.spec.volumeName : undefined;
    if (name !== undefined && name !== '') {
      links.push({
        object: { apiVersion: 'v1', kind: 'PersistentVolume', name },
        needs: 'bind',
        via: { field: 'spec.volumeName', value: name },
        certainty: 'sure',
      });
    }
    return links;
  });
}
