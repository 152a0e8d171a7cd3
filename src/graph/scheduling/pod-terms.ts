import type { Pod } from '../../model/resources.ts';
import { type LabelSelector, selectorMatcher } from '../selectors.ts';

/** One term of a pod's affinity or anti-affinity to other pods. */
export interface AffinityTerm {
  readonly topologyKey: string;
  readonly selector: LabelSelector | undefined;
  readonly matches: (labels: Readonly<Record<string, string>> | undefined) => boolean;
  readonly namespaces: readonly string[];
  readonly namespaceSelector: LabelSelector | undefined;
}

type PodAffinity = NonNullable<NonNullable<Pod['spec']['affinity']>['podAffinity']>;
type Term = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];

/** The required affinity of a pod to other pods. */
export function affinityTerms(pod: Pod): readonly AffinityTerm[] {
  const terms = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.map((term) => termOf(pod, term));
}

/** The required anti-affinity of a pod to other pods. */
export function antiAffinityTerms(pod: Pod): readonly AffinityTerm[] {
  const terms = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.map((term) => termOf(pod, term));
}

/**
 * Adds what `matchLabelKeys` and `mismatchLabelKeys` stand for: the pod's own values of these labels. The API server writes them into
 * the selector of a stored pod; to add them twice changes nothing. An absent selector still matches nothing.
 */
export function withLabelKeys(
  pod: Pod,
  selector: LabelSelector | undefined,
  same: readonly string[] = [],
  different: readonly string[] = [],
): LabelSelector | undefined {
  if (selector === undefined || same.length + different.length === 0) return selector;
  const labels = pod.metadata.labels ?? {};
  const requirement = (operator: string) => (key: string) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  };
  return {
    ...selector,
    matchExpressions: [
      ...(selector.matchExpressions ?? []),
      ...same.flatMap(requirement('In')),
      ...different.flatMap(requirement('NotIn')),
    ],
  };
}

/** Without namespaces and namespace selector a term is about the pod's own namespace. */
function termOf(pod: Pod, term: Term): AffinityTerm {
  const { topologyKey, labelSelector, namespaces = [], namespaceSelector, matchLabelKeys, mismatchLabelKeys } = term;
  const selector = withLabelKeys(pod, labelSelector, matchLabelKeys, mismatchLabelKeys);
  return {
    topologyKey,
    selector,
    matches: selectorMatcher(selector),
    namespaces:
      namespaces.length === 0 && namespaceSelector === undefined ? [pod.metadata.namespace ?? ''] : namespaces,
    namespaceSelector,
  };
}
