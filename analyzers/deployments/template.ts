/** The label that the Deployment controller adds to a ReplicaSet's template, and only there. */
const hashLabel = 'pod-template-hash';

/**
 * Whether two pod templates are the same but for the hash label, as the Deployment controller compares them (EqualIgnoreHash), for
 * templates that the API server has filled with defaults.
 */
export function sameTemplate(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(template: unknown): string {
  return JSON.stringify(template, (key, value: unknown) => {
    if (key === hashLabel || key === 'creationTimestamp') return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
