import {
  type BackendReads,
  matchesLabels,
  nearest,
  type ObjectRef,
  ref,
  refText,
  type Service,
  type Snapshot,
  topOf,
  workloadsIn,
} from '../../src/kit.ts';

type Labels = Readonly<Record<string, string>>;

interface Candidate {
  readonly owner: () => ObjectRef;
  readonly labels: Labels;
}

/**
 * What a selector that matches nothing was probably meant for: pods of another namespace that match it, or those of this namespace
 * that differ in one label, by another value, or without that label. Undefined where nothing comes near.
 */
export function nearestLabels(snapshot: Snapshot<BackendReads>, service: Service): string | undefined {
  const selector = service.spec.selector ?? {};
  const here = candidates(snapshot, service.metadata.namespace);
  const elsewhere = snapshot.list('pods').items.find((pod) => matchesLabels(selector, pod.metadata.labels));
  if (elsewhere !== undefined) return `pods with these labels are in the namespace ${elsewhere.metadata.namespace}`;
  return anotherKey(selector, here) ?? anotherValue(selector, here);
}

/** All labels match but one: the best hint where the selector has several. */
function anotherValue(selector: Labels, here: readonly Candidate[]): string | undefined {
  const keys = Object.keys(selector);
  let best: string | undefined;
  for (const candidate of here) {
    const wrong = keys.filter((key) => candidate.labels[key] !== selector[key]);
    const [key] = wrong;
    if (key === undefined || wrong.length > 1) continue;
    const have = candidate.labels[key];
    const wanted = selector[key] ?? '';
    if (have === undefined && keys.length > 1) {
      best ??= `the pods of ${refText(candidate.owner())} lack the label ${key}`;
    } else if (have !== undefined && (keys.length > 1 || nearest(wanted, [have]) !== undefined)) {
      return `the pods of ${refText(candidate.owner())} have ${key}=${have}`;
    }
  }
  return best;
}

/** The same value under another name of the label: `app` for `app.kubernetes.io/name`. */
function anotherKey(selector: Labels, here: readonly Candidate[]): string | undefined {
  const [[key, value] = [], ...others] = Object.entries(selector);
  if (key === undefined || value === undefined || others.length > 0) return undefined;
  for (const candidate of here) {
    if (candidate.labels[key] !== undefined) continue;
    const other = Object.entries(candidate.labels).find(([, have]) => have === value);
    if (other !== undefined) return `the pods of ${refText(candidate.owner())} have ${other[0]}=${value} instead`;
  }
  return undefined;
}

function candidates(snapshot: Snapshot<BackendReads>, namespace: string | undefined): readonly Candidate[] {
  return [
    ...workloadsIn(snapshot, namespace).map(({ object, labels }) => ({ owner: () => ref(object), labels })),
    ...snapshot.list('pods', namespace).items.map((pod) => ({
      owner: () => topOf(snapshot, pod),
      labels: pod.metadata.labels ?? {},
    })),
  ];
}
