import { matchesGlob } from '../../graph/glob.ts';
import { find } from '../../graph/owners.ts';
import type { IgnoreRule } from '../../model/ignore.ts';
import { type KubeObject, type ObjectRef, refText } from '../../model/object.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Annotated, ignoreAnnotation, readAnnotations } from './annotations.ts';

/** What says that a problem is to be ignored. */
export interface Reason {
  readonly by: 'annotation' | 'configuration';
  /** The annotation and its object, or the entry of the configuration. */
  readonly rule: string;
  readonly reason?: string | undefined;
  /** RFC 3339. */
  readonly until?: string | undefined;
}

/** What says that a code is to be ignored on an object; what has ended counts only where it is asked for, and after all else. */
export type ReasonFor = (code: string, object: ObjectRef, options: { readonly ended: boolean }) => Reason | undefined;

/** The annotations of objects, and the entries of the configuration. */
export function reasonsIn(snapshot: Snapshot, rules: readonly IgnoreRule[]): ReasonFor {
  const readOnce = rememberedReading();
  const entries = rules.map((rule, index) => ({
    ...rule,
    kind: rule.kind.map((one) => one.toLowerCase()),
    reason: { by: 'configuration', rule: entryText(rule, index), reason: rule.reason, until: rule.until } as const,
  }));
  const inForce = entries.filter(({ reason }) => !hasEnded(reason, snapshot.takenAt));
  const ended = entries.filter((entry) => !inForce.includes(entry));

  const annotation = (code: string, object: ObjectRef): Reason | undefined => {
    const { codes, reason, until } = readOnce(find(snapshot, object)?.metadata.annotations);
    const pattern = codes.find((one) => matchesGlob(code, one));
    if (pattern === undefined) return undefined;
    return { by: 'annotation', rule: `${ignoreAnnotation}: ${pattern} on ${refText(object)}`, reason, until };
  };
  return (code, object, options) => {
    const own = annotation(code, object);
    if (own !== undefined && !hasEnded(own, snapshot.takenAt)) return own;
    const entry = inForce.find((one) => isAbout(one, code, object));
    if (entry !== undefined || !options.ended) return entry?.reason;
    return own ?? ended.find((one) => isAbout(one, code, object))?.reason;
  };
}

/** Reads annotations that many objects share once: the loader keeps one copy of those of equal replicas. */
function rememberedReading(): (annotations: KubeObject['metadata']['annotations']) => Annotated {
  const known = new WeakMap<object, Annotated>();
  return (annotations) => {
    const before = annotations === undefined ? undefined : known.get(annotations);
    if (before !== undefined) return before;
    const read = readAnnotations(annotations);
    if (annotations !== undefined) known.set(annotations, read);
    return read;
  };
}

/** A rule ends at the moment that it names. */
export function hasEnded({ until }: { readonly until?: string | undefined }, now: string): boolean {
  return until !== undefined && Date.parse(until) <= Date.parse(now);
}

/** An entry of the configuration, as people find it again. */
export function entryText(rule: IgnoreRule, index: number): string {
  const parts = (['code', 'kind', 'namespace', 'name'] as const).flatMap((field) =>
    rule[field].length === 0 ? [] : [`${field} ${rule[field].join(', ')}`],
  );
  return `ignore[${index}] of the configuration: ${parts.join('; ')}`;
}

/**
 * Whether an entry is about a code on an object. Kinds are compared in any case, the entry's being in small letters. A Namespace is in
 * itself; what is in no namespace is in none that a pattern means.
 */
function isAbout(
  rule: Pick<IgnoreRule, 'code' | 'kind' | 'namespace' | 'name'>,
  code: string,
  { kind, namespace, name }: ObjectRef,
): boolean {
  const place = kind === 'Namespace' ? name : namespace;
  return (
    passes(rule.code, code) &&
    passes(rule.kind, kind.toLowerCase()) &&
    (rule.namespace.length === 0 || (place !== undefined && passes(rule.namespace, place))) &&
    passes(rule.name, name)
  );
}

function passes(patterns: readonly string[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesGlob(text, pattern));
}
