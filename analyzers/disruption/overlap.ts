import {
  computed,
  type Draft,
  field,
  isActive,
  matchesSelector,
  millis,
  ref,
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
  const byAge = [...budgets].sort((one, other) => created(other) - created(one));
  for (const [index, budget] of byAge.entries()) {
    const older = byAge.slice(index + 1).filter(({ metadata }) => metadata.namespace === budget.metadata.namespace);
    const pods = older.length === 0 ? [] : selected(snapshot, budget);
    const others = older.filter(({ spec }) =>
      pods.some(({ metadata }) => matchesSelector(spec.selector, metadata.labels)),
    );
    if (others.length === 0) continue;
    const shared = pods.filter(({ metadata }) =>
      others.some(({ spec }) => matchesSelector(spec.selector, metadata.labels)),
    );
    const names = others.map(({ metadata }) => metadata.name).join(', ');
    const owners = [...new Set(shared.map((pod) => refText(topOf(snapshot, pod))))];
    yield {
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
}

function selected(snapshot: Snapshot<'pods'>, { metadata, spec }: Budget) {
  return snapshot
    .list('pods', metadata.namespace)
    .items.filter((pod) => isActive(pod) && matchesSelector(spec.selector, pod.metadata.labels));
}

function created({ metadata }: Budget): number {
  return millis(metadata.creationTimestamp) ?? 0;
}
