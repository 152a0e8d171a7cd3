type Labels = Readonly<Record<string, string>>;

/** One requirement of a selector: `In`, `NotIn`, `Exists` or `DoesNotExist`. */
export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** A LabelSelector as in `metav1.LabelSelector`. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly Requirement[];
}

/**
 * Whether labels match a LabelSelector. An absent selector matches nothing, an empty one everything (metav1.LabelSelector). An
 * operator that is none of In, NotIn, Exists, DoesNotExist matches nothing: the API server refuses it.
 */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  return selectorMatcher(selector)(labels);
}

/** `matchesSelector` with the selector taken apart beforehand, for many sets of labels. */
export function selectorMatcher(selector: LabelSelector | undefined): (labels: Labels | undefined) => boolean {
  if (selector === undefined || selector === null) return () => false;
  const pairs = Object.entries(selector.matchLabels ?? {});
  const requirements = selector.matchExpressions ?? [];
  return (labels = {}) => {
    for (const [key, value] of pairs) if (labels[key] !== value || !Object.hasOwn(labels, key)) return false;
    for (const requirement of requirements) if (!matchesRequirement(requirement, labels)) return false;
    return true;
  };
}

/** Whether labels contain every pair of a map selector (`Service.spec.selector`, `nodeSelector`). An empty map matches all. */
export function matchesLabels(wanted: Labels, labels: Labels | undefined): boolean {
  const have = labels ?? {};
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(have, key) && have[key] === value);
}

/** Whether labels meet one requirement. `NotIn` holds for labels without the key; an operator that is not known never holds. */
export function matchesRequirement({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** A selector as kubectl writes it: `app=web,tier in (a,b),!canary`. */
export function selectorText(selector: LabelSelector | undefined): string {
  if (selector === undefined || selector === null) return '<none>';
  const pairs = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const rest = (selector.matchExpressions ?? []).map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${(values ?? []).join(',')})`;
  });
  return [...pairs, ...rest].join(',') || '<everything>';
}
