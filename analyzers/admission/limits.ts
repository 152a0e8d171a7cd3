import {
  type Bound,
  type Draft,
  type FailedCreation,
  field,
  groupBy,
  type ObjectRef,
  quantity,
  ref,
  refKey,
  type ResourceTypes,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { editedName } from './denials.ts';
import type { Reads } from './reads.ts';

type LimitRange = ResourceTypes['limitranges'];

/** LimitRanges that deny pods: those of the namespace that hold a bound which the API server named. */
export function* limitRanges(snapshot: Snapshot<Reads>, denials: readonly FailedCreation[]): Iterable<Draft<Code>> {
  const pairs = denials.flatMap((denial) => limitRangesOf(snapshot, denial).map((range) => ({ range, denial })));
  for (const group of groupBy(pairs, ({ range }) => refKey(ref(range))).values()) {
    const [one] = group;
    if (one === undefined) continue;
    const { object, text, since, denial } = one.denial;
    const others = group.length > 1 ? ` (and ${group.length - 1} more)` : '';
    yield {
      code: 'LimitRangeDenies',
      object: ref(one.range),
      message: `denies the pods of ${editedName(object)}${others}: ${brief(text, 400)}`,
      evidence: [
        ...(denial.kind === 'limitRange' ? denial.bounds.flatMap((bound) => boundEvidence(one.range, bound)) : []),
        ...group.slice(0, 3).map((pair) => pair.denial.evidence),
      ],
      ...(since === undefined ? {} : { since }),
    };
  }
}

/** The LimitRanges behind a denial. */
export function limitRangesOf(snapshot: Snapshot<Reads>, { denial, object }: FailedCreation): readonly LimitRange[] {
  if (denial.kind !== 'limitRange') return [];
  return snapshot
    .list('limitranges', object.metadata.namespace)
    .items.filter((range) => denial.bounds.some((bound) => boundEvidence(range, bound).length > 0));
}

function boundEvidence(range: LimitRange, { bound, resource, type, value }: Bound) {
  return (range.spec.limits ?? []).flatMap((limit, index) => {
    const set = limit[bound]?.[resource];
    const same = limit.type === type && set !== undefined && quantity(set) === quantity(value);
    return same ? [field(range, `spec.limits[${index}].${bound}.${resource}`, set)] : [];
  });
}

const enforce = 'pod-security.kubernetes.io/enforce';

/** Namespaces whose Pod Security level denies pods. Without the label the level is the API server's default. */
export function* podSecurity(snapshot: Snapshot<Reads>, denials: readonly FailedCreation[]): Iterable<Draft<Code>> {
  const byNamespace = groupBy(denials, ({ denial, object }) =>
    denial.kind === 'podSecurity' ? object.metadata.namespace : undefined,
  );
  for (const [name, group] of byNamespace) {
    const [one] = group;
    const namespace = snapshot.lookup('namespaces', name);
    if (one?.denial.kind !== 'podSecurity' || namespace.state === 'absent') continue;
    const { level, violations } = one.denial;
    const label = namespace.state === 'found' ? namespace.object.metadata.labels?.[enforce] : undefined;
    const others = group.length > 1 ? ` (and ${group.length - 1} more)` : '';
    yield {
      code: 'NamespacePodSecurityDenies',
      object: namespaceRef(name),
      message: `enforces Pod Security ${level}, which ${editedName(one.object)}${others} violates: ${brief(violations, 400)}`,
      evidence: [
        ...(label === undefined ? [] : [field(namespaceRef(name), `metadata.labels[${enforce}]`, label)]),
        ...group.slice(0, 3).map(({ evidence }) => evidence),
      ],
      values: { level: level.split(':')[0] ?? level },
      ...(one.since === undefined ? {} : { since: one.since }),
    };
  }
}

export function namespaceRef(name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Namespace', name };
}
