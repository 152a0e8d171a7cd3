import type { Snapshot } from '../model/snapshot.ts';
import { type GpuHolder, gpuHolders } from './gpu-holders.ts';
import type { GpuNodeView, GpuStock } from './gpu-inventory.ts';
import type { GpuWaitReason } from './gpu-wait-reason.ts';
import { nowhere } from './gpu-waiting-nowhere.ts';
import { isNodeFault } from './scheduling/change.ts';
import type { Reason, Verdict } from './scheduling/reasons.ts';
import { taintText } from './scheduling/tolerations.ts';

/**
 * Why no node has what a pod asks of one resource, in the order in which a person would ask: is it offered, is it enough, may the pod go
 * there, are the nodes open, is it free. Undefined where a node has enough free.
 */
export function waitFor(
  snapshot: Snapshot,
  views: readonly GpuNodeView[],
  verdicts: readonly Verdict[],
  resource: string,
  asked: number,
): GpuWaitReason | undefined {
  // A device class may serve the classic name: then devices are counted under their driver.
  const served = snapshot
    .list('deviceclasses.resource.k8s.io')
    .items.some(({ spec }) => spec?.extendedResourceName === resource);
  const isIt = (one: GpuStock) => one.resource === resource || (served && one.through === 'dra');
  const stock = new Map(views.map((view) => [view.node.metadata.name, view.stock.find(isIt)]));
  const of = ({ node }: Verdict) => stock.get(node.metadata.name);
  const having = verdicts.filter((verdict) => (of(verdict)?.allocatable ?? 0) > 0);
  if (having.length === 0) return nowhere(snapshot, views, verdicts, resource);
  const most = Math.max(...having.map((verdict) => of(verdict)?.allocatable ?? 0));
  if (asked > most)
    return {
      cause: 'too-large',
      why: `asks for ${asked} ${resource}, and no node has more than ${most}`,
      change: `ask for at most ${most}`,
    };
  const chosen = having.filter(({ reasons }) => !reasons.some(({ kind }) => kind === 'affinity' || kind === 'name'));
  if (chosen.length === 0) {
    const rules = distinct(
      having.flatMap(({ reasons }) => reasons.flatMap((one) => (one.kind === 'affinity' ? [one.rule] : []))),
    );
    return {
      cause: 'selector',
      why: `no node with ${resource} matches ${rules.join(' or ')}`,
      change: `change its node selector, or label a node with ${rules[0] ?? 'what it asks for'}`,
    };
  }
  const tolerated = chosen.filter(({ reasons }) => !reasons.some((one) => one.kind === 'taint' && !isNodeFault(one)));
  if (tolerated.length === 0) {
    const taints = distinct(
      chosen.flatMap(({ reasons }) => reasons.flatMap((one) => (one.kind === 'taint' ? [taintText(one.taint)] : []))),
    );
    return {
      cause: 'taint',
      why: `every node with ${resource} has a taint that it does not tolerate: ${taints.join(', ')}`,
      change: `tolerate ${taints[0] ?? 'the taint'}`,
    };
  }
  const open = tolerated.filter(({ reasons }) => !reasons.some(isNodeFault));
  if (open.length === 0) {
    const names = tolerated.map(({ node }) => node.metadata.name);
    return {
      cause: 'node-unavailable',
      why: `the nodes with ${resource} are cordoned or not ready: ${names.join(', ')}`,
      change: `bring back ${names[0] ?? 'one'}`,
    };
  }
  const frees = open.map((verdict) => of(verdict)?.free ?? 0);
  const total = frees.reduce((sum, free) => sum + free, 0);
  const largest = Math.max(...frees);
  if (largest >= asked) return undefined;
  const change = freeing(snapshot, open, resource, asked);
  return total < asked || open.length === 1
    ? {
        cause: 'all-held',
        why: heldText(open, resource, total, asked),
        change,
      }
    : {
        cause: 'fragmented',
        why: `${total} ${resource} are free on ${open.length} nodes, but at most ${largest} on one, and it asks for ${asked}`,
        change,
      };
}

function heldText(open: readonly Verdict[], resource: string, total: number, asked: number): string {
  const [first] = open;
  const where = open.length === 1 ? `node ${first?.node.metadata.name ?? ''}` : `${open.length} nodes`;
  return total === 0
    ? `all ${resource} of ${where} are held`
    : `${total} ${resource} ${total === 1 ? 'is' : 'are'} free on ${where}, and it asks for ${asked}`;
}

/** Whom to end so that enough is free: on the node where the fewest need to go, those that do not run first. */
function freeing(snapshot: Snapshot, open: readonly Verdict[], resource: string, asked: number): string | undefined {
  const plans = open.flatMap(({ node, reasons }) => {
    const lack = reasons.find((one) => isLackOf(one, resource));
    if (lack === undefined || lack.kind !== 'resource' || asked > (lack.allocatable ?? 0)) return [];
    let missing = asked - lack.free;
    const gone: string[] = [];
    let idle = 0;
    const lacking = missing;
    for (const holder of gpuHolders(snapshot).get(node.metadata.name) ?? []) {
      if (missing <= 0) break;
      if (holder.resource !== resource) continue;
      missing -= holder.amount;
      idle += Number(!holder.runs);
      gone.push(nameOf(holder));
    }
    return missing > 0 ? [] : [{ node: node.metadata.name, lacking, gone, idle }];
  });
  const [best] = plans.toSorted(
    (one, other) =>
      one.gone.length - one.idle - (other.gone.length - other.idle) || one.gone.length - other.gone.length,
  );
  return best === undefined
    ? undefined
    : `free ${best.lacking} ${resource} on ${best.node}: held by ${best.gone.join(', ')}`;
}

function nameOf({ pod: { metadata }, state, runs }: GpuHolder): string {
  return `${metadata.namespace ?? ''}/${metadata.name}${runs ? '' : ` (${state})`}`;
}

function isLackOf(reason: Reason, resource: string): boolean {
  return reason.kind === 'resource' && reason.resource === resource;
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
