import {
  conditionIs,
  controllerOf,
  type Draft,
  field,
  groupOf,
  isActive,
  isLagging,
  matchesSelector,
  olderThan,
  ref,
  type ResourceTypes,
  selectorText,
  type Snapshot,
  workloadsIn,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';

export type Budget = ResourceTypes['poddisruptionbudgets.policy'];

/** What can have pods. */
export const workloads = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicasets.apps',
  'replicationcontrollers',
  'jobs.batch',
  'cronjobs.batch',
] as const;

type Reads = 'poddisruptionbudgets.policy' | 'pods' | (typeof workloads)[number];

/** What single budgets suffer from, one finding each. */
export function* budgets(snapshot: Snapshot<Reads>, grace: number): Generator<Draft<Code>> {
  for (const budget of snapshot.list('poddisruptionbudgets.policy').items) {
    const { metadata } = budget;
    if (metadata.deletionTimestamp !== undefined || !olderThan(snapshot, metadata.creationTimestamp, grace)) continue;
    const draft = syncFailed(snapshot, budget, grace) ?? blocks(snapshot, budget) ?? matchesNothing(snapshot, budget);
    if (draft !== undefined) yield draft;
  }
}

/** The controller could not compute it, so it allows nothing. */
function syncFailed(snapshot: Snapshot<never>, budget: Budget, grace: number): Draft<Code> | undefined {
  const found = conditionIs(budget, 'DisruptionAllowed', 'False');
  if (found?.reason !== 'SyncFailed' || !olderThan(snapshot, found.lastTransitionTime, grace)) return undefined;
  const text = (found.message ?? '').replace(/\s+/g, ' ').replace(/[. ]+$/, '');
  return {
    code: 'PodDisruptionBudgetSyncFailed',
    object: ref(budget),
    message: `the controller cannot compute it, and no pod under it can be evicted${text === '' ? '' : `: ${text}`}`,
    evidence: [field(budget, 'status.conditions[type=DisruptionAllowed]', `False SyncFailed ${text}`.trim())],
    ...(found.lastTransitionTime === undefined ? {} : { since: found.lastTransitionTime }),
  };
}

/**
 * As many healthy pods are demanded as there are at all: a drain waits for ever. Where pods are merely unhealthy the budget does its
 * work. Budgets that an operator owns, or whose pods it makes one by one, are its way to say when eviction suits.
 */
function blocks(snapshot: Snapshot<'pods'>, budget: Budget): Draft<Code> | undefined {
  const { expectedPods = 0, desiredHealthy = 0, disruptionsAllowed = 0, currentHealthy = 0 } = budget.status ?? {};
  if (isLagging(budget) || expectedPods === 0 || disruptionsAllowed > 0 || desiredHealthy < expectedPods)
    return undefined;
  const { minAvailable, maxUnavailable } = budget.spec;
  const rule = minAvailable === undefined ? `maxUnavailable ${maxUnavailable}` : `minAvailable ${minAvailable}`;
  const owned = (budget.metadata.ownerReferences ?? []).length > 0 || isOfOperator(snapshot, budget);
  return {
    code: 'PodDisruptionBudgetBlocksEvictions',
    object: ref(budget),
    ...(owned ? { severity: 'info' } : {}),
    message: `with ${rule} it demands all of its ${expectedPods} ${expectedPods === 1 ? 'pod' : 'pods'}: none can be evicted, and a drain of their nodes waits`,
    evidence: [
      minAvailable === undefined
        ? field(budget, 'spec.maxUnavailable', maxUnavailable)
        : field(budget, 'spec.minAvailable', minAvailable),
      field(budget, 'status.expectedPods', expectedPods),
      field(budget, 'status.desiredHealthy', desiredHealthy),
      field(budget, 'status.currentHealthy', currentHealthy),
      field(budget, 'status.disruptionsAllowed', disruptionsAllowed),
    ],
  };
}

const builtIn = new Set(['', 'apps', 'batch']);

/** Whether all pods of a budget are made by resources of an operator, and none by a workload of Kubernetes. */
function isOfOperator(snapshot: Snapshot<'pods'>, { metadata, spec }: Budget): boolean {
  const pods = snapshot
    .list('pods', metadata.namespace)
    .items.filter((pod) => isActive(pod) && matchesSelector(spec.selector, pod.metadata.labels));
  return (
    pods.length > 0 &&
    pods.every((pod) => {
      const owner = controllerOf(pod);
      return owner !== undefined && !builtIn.has(groupOf(owner.apiVersion));
    })
  );
}

/** Selects neither a pod nor the template of a workload that may have pods again. */
function matchesNothing(snapshot: Snapshot<Reads>, budget: Budget): Draft<Code> | undefined {
  const { namespace } = budget.metadata;
  const { selector } = budget.spec;
  const pods = snapshot.list('pods', namespace);
  const seen = pods.complete && workloads.every((resource) => snapshot.list(resource, namespace).complete);
  if (!seen || (budget.status?.expectedPods ?? 0) > 0) return undefined;
  const labels = [
    ...pods.items.filter(isActive).map(({ metadata }) => metadata.labels),
    ...workloadsIn(snapshot, namespace).map((workload) => workload.labels),
  ];
  if (labels.some((one) => matchesSelector(selector, one))) return undefined;
  return {
    code: 'PodDisruptionBudgetMatchesNoPods',
    object: ref(budget),
    message: `its selector ${selectorText(selector)} matches no pod and no workload: it protects nothing`,
    evidence: [field(budget, 'spec.selector', selectorText(selector))],
  };
}
