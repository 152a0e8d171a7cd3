import {
  candidates,
  computed,
  controllerOf,
  type Draft,
  field,
  type KubeObject,
  millis,
  type ObjectRef,
  type Pod,
  placementWithout,
  refText,
  ref,
  type ResourceTypes,
  sameRef,
  takesRoom,
  type Verdict,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { conditionEvidence, type PendingCase, pendingDraft, type PendingSnapshot, severityOf } from './pending-case.ts';
import { reasonsText } from './unschedulable-text.ts';

/** Reasons that go when a pod goes. */
const heldByPods = new Set(['resource', 'port', 'in-use', 'pod-anti-affinity', 'spread', 'volume-limit']);

/**
 * A rollout that waits for itself: the new pod needs what a pod of the same Deployment's older template holds, and the Deployment may
 * not end that one before the new one is ready. Undefined where that is not so.
 */
export function blockedByOldReplica(one: PendingCase, verdicts: readonly Verdict[]): Draft<Code> | undefined {
  const { snapshot, pod } = one;
  const blocked = verdicts.filter(({ reasons }) => reasons.every(({ kind }) => heldByPods.has(kind)));
  if (blocked.length === 0) return undefined;
  const rollout = rolloutOf(snapshot, pod);
  if (rollout === undefined) return undefined;
  const freed = candidates(placementWithout(snapshot, pod, rollout.older), pod);
  const fits = new Set(freed.filter(({ reasons }) => reasons.length === 0).map(({ node }) => node.metadata.name));
  const held = blocked.filter(({ node }) => fits.has(node.metadata.name));
  const [first] = held;
  if (first === undefined) return undefined;
  const { deployment, surge, older } = rollout;
  return pendingDraft(one, 'PodBlockedByOldReplica', {
    severity: severityOf(one),
    message: `waits for what an older replica of ${refText(ref(deployment))} holds on ${first.node.metadata.name}, which ${reasonsText(first)}; the rollout may not end that one first (maxSurge ${surge}, maxUnavailable 0)`,
    evidence: [
      field(deployment, 'spec.strategy', deployment.spec.strategy ?? { type: 'RollingUpdate' }),
      field(deployment, 'spec.replicas', deployment.spec.replicas ?? 1),
      ...held.slice(0, 3).map((verdict) => computed(verdict.node, reasonsText(verdict))),
      ...older.slice(0, 3).map((other) => field(other, 'spec.nodeName', other.spec.nodeName)),
      ...conditionEvidence(one),
    ],
    values: { deployment: deployment.metadata.name },
  });
}

interface Rollout {
  readonly deployment: ResourceTypes['deployments.apps'];
  readonly surge: number;
  /** Placed pods of its older templates. */
  readonly older: readonly Pod[];
}

/** The rolling update that made a pod, where it has to start new pods before it may end old ones. */
function rolloutOf(snapshot: PendingSnapshot, pod: Pod): Rollout | undefined {
  const own = replicaSetOf(snapshot, pod);
  const owner = own === undefined ? undefined : deploymentOf(own);
  if (own === undefined || owner === undefined) return undefined;
  const found = snapshot.lookup('deployments.apps', owner.name, owner.namespace);
  if (found.state !== 'found') return undefined;
  const deployment = found.object;
  const { strategy, replicas = 1 } = deployment.spec;
  if ((strategy?.type ?? 'RollingUpdate') !== 'RollingUpdate') return undefined;
  const surge = share(strategy?.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
  const unavailable = share(strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
  if (surge === 0 || unavailable > 0) return undefined;
  const older = snapshot.list('pods', pod.metadata.namespace).items.filter((other) => {
    if (!takesRoom(other)) return false;
    const set = replicaSetOf(snapshot, other);
    const above = set === undefined ? undefined : deploymentOf(set);
    return set !== undefined && above !== undefined && sameRef(above, owner) && isOlder(set, own);
  });
  return older.length === 0 ? undefined : { deployment, surge, older };
}

function replicaSetOf(snapshot: PendingSnapshot, pod: Pod) {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'ReplicaSet') return undefined;
  const found = snapshot.lookup('replicasets.apps', owner.name, owner.namespace);
  return found.state === 'found' ? found.object : undefined;
}

function deploymentOf(replicaSet: KubeObject): ObjectRef | undefined {
  const owner = controllerOf(replicaSet);
  return owner?.kind === 'Deployment' ? owner : undefined;
}

/** Older by the revision that the Deployment counts, else by time of creation. */
function isOlder(one: KubeObject, other: KubeObject): boolean {
  const revision = ({ metadata }: KubeObject) => Number(metadata.annotations?.['deployment.kubernetes.io/revision']);
  const difference = revision(one) - revision(other);
  if (!Number.isNaN(difference)) return difference < 0;
  const made = millis(one.metadata.creationTimestamp);
  const later = millis(other.metadata.creationTimestamp);
  return made !== undefined && later !== undefined && made < later;
}

/** A number or percentage of replicas, rounded as the Deployment controller does: surge up, unavailable down. */
function share(value: number | string, replicas: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = Number.parseInt(value, 10);
  if (Number.isNaN(percent)) return 0;
  return value.endsWith('%') ? round((percent * replicas) / 100) : percent;
}
