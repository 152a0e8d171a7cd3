import {
  computed,
  type Draft,
  field,
  groupBy,
  isActive,
  millis,
  type Pod,
  ref,
  selectorIndex,
  selectorText,
  type Snapshot,
  topOf,
  refText,
} from '../../src/kit.ts';
import type { Budget } from './budgets.ts';
import type { Code } from './codes.ts';

/**
 * Budgets that share pods with another: the API server refuses to evict a pod under more than one ("does not support").
 * The youngest of such budgets is named. Source: pkg/registry/core/pod/storage/eviction.go.
 */
export function* overlaps(snapshot: Snapshot<'poddisruptionbudgets.policy' | 'pods'>): Generator<Draft<Code>> {
  const budgets = snapshot
    .list('poddisruptionbudgets.policy')
    .items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  for (const [namespace, own] of groupBy(budgets, ({ metadata }) => metadata.namespace)) {
    if (own.length < 2) continue;
    const matching = selectorIndex(own, ({ spec }) => spec.selector);
    const shared = snapshot
      .list('pods', namespace)
      .items.filter(isActive)
      .map((pod) => ({ pod, under: [...matching(pod.metadata.labels)].sort(youngestFirst) }))
      .filter(({ under }) => under.length > 1);
    for (const [budget, group] of groupBy(shared, ({ under }) => under[0])) yield draft(snapshot, budget, group);
  }
}

interface Shared {
  readonly pod: Pod;
  readonly under: readonly Budget[];
}

function draft(snapshot: Snapshot<'pods'>, budget: Budget, shared: readonly Shared[]): Draft<Code> {
  const others = [...new Set(shared.flatMap(({ under }) => under.slice(1)))].sort(byName);
  const names = others.map(({ metadata }) => metadata.name).join(', ');
  const owners = [...new Set(shared.map(({ pod }) => refText(topOf(snapshot, pod))))];
  return {
    code: 'PodDisruptionBudgetOverlap',
    object: ref(budget),
    message: `pods of ${owners.slice(0, 3).join(', ')} are also under ${names}: the API server evicts no pod under two budgets`,
    evidence: [
      field(budget, 'spec.selector', selectorText(budget.spec.selector)),
      ...others.map((other) => field(other, 'spec.selector', selectorText(other.spec.selector))),
      computed(budget, `${shared.length} ${shared.length === 1 ? 'pod is' : 'pods are'} under more than one budget`),
    ],
    values: { others: names },
  };
}

function youngestFirst(one: Budget, other: Budget): number {
  return created(other) - created(one) || -byName(one, other);
}

function byName(one: Budget, other: Budget): number {
  return one.metadata.name < other.metadata.name ? -1 : 1;
}

function created({ metadata }: Budget): number {
  return millis(metadata.creationTimestamp) ?? 0;
}
