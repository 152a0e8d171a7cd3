import {
  age,
  type Draft,
  duration,
  type Node,
  olderThan,
  ref,
  type SchedulingReads,
  type Settings,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code, settings } from './codes.ts';

export type NodeSnapshot = Snapshot<
  | SchedulingReads
  | 'certificatesigningrequests.certificates.k8s.io'
  | 'daemonsets.apps'
  | 'events'
  | 'leases.coordination.k8s.io'
  | 'poddisruptionbudgets.policy'
>;
export type NodeSettings = Settings<typeof settings>;

export interface NodeCase {
  readonly snapshot: NodeSnapshot;
  readonly settings: NodeSettings;
  readonly node: Node;
}

/** A finding about one node, and how to tell it of many: nodes that share code and reason within minutes are told together. */
export interface NodeDraft {
  readonly draft: Draft<Code>;
  /** What must be equal for nodes to be told together. */
  readonly reason: string;
  /** The message for several nodes, after "5 nodes": `are cordoned`. */
  readonly shared: string;
}

/** Makes a draft about a node; `since` is left out where it is not known. */
export function nodeDraft(
  { node }: NodeCase,
  code: Code,
  rest: Omit<Draft<Code>, 'code' | 'object' | 'since'> & {
    readonly since?: string | undefined;
    readonly reason?: string;
    readonly shared: string;
  },
): NodeDraft {
  const { since, reason = '', shared, ...fields } = rest;
  return {
    draft: { code, object: ref(node), ...fields, ...(since === undefined ? {} : { since }) },
    reason: `${code} ${fields.severity ?? ''} ${fields.key ?? ''} ${reason}`,
    shared,
  };
}

/** `for 12m`, or nothing where the time is not known. */
export function lasting({ snapshot }: NodeCase, since: string | undefined): string {
  const seconds = age(snapshot, since);
  return seconds === undefined ? '' : ` for ${duration(seconds)}`;
}

/** True for a node that was registered moments ago: it starts tainted and not ready. */
export function isNew({ snapshot, node }: NodeCase, grace: number): boolean {
  const { creationTimestamp } = node.metadata;
  return creationTimestamp !== undefined && !olderThan(snapshot, creationTimestamp, grace);
}

const leavingTaints = new Set([
  'ToBeDeletedByClusterAutoscaler',
  'karpenter.sh/disrupted',
  'karpenter.sh/disruption',
  'node.cloudprovider.kubernetes.io/shutdown',
]);

/** True for a node that is being taken out of the cluster on purpose. */
export function isLeaving({ node }: NodeCase): boolean {
  return (
    node.metadata.deletionTimestamp !== undefined ||
    (node.spec.taints ?? []).some((taint) => leavingTaints.has(taint.key))
  );
}
