import { matchesGlob } from '../../graph/glob.ts';
import { find } from '../../graph/owners.ts';
import type { IgnoreRule } from '../../model/ignore.ts';
import { type ObjectRef, refKey, refText } from '../../model/object.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { ignoreAnnotation, readAnnotations } from './annotations.ts';

/** What says that a problem is to be ignored. */
export interface Reason {
  readonly by: 'annotation' | 'configuration';
  /** The annotation and its object, or the entry of the configuration. */
  readonly rule: string;
  readonly reason?: string | undefined;
  /** RFC 3339. */
  readonly until?: string | undefined;
}

/** What says that a code is to be ignored on an object, ended or not; in force first. */
export type ReasonsFor = (code: string, object: ObjectRef) => readonly Reason[];

/** The annotations of objects, and the entries of the configuration. */
export function reasonsIn(snapshot: Snapshot, rules: readonly IgnoreRule[]): ReasonsFor {
  const annotated = new Map<string, ReturnType<typeof readAnnotations>>();
  const annotationsOf = (object: ObjectRef) => {
    const key = refKey(object);
    let own = annotated.get(key);
    if (own === undefined) annotated.set(key, (own = readAnnotations(find(snapshot, object)?.metadata.annotations)));
    return own;
  };
  return (code, object) => {
    const { codes, reason, until } = annotationsOf(object);
    const pattern = codes.find((one) => matchesGlob(code, one));
    const annotation: readonly Reason[] =
      pattern === undefined
        ? []
        : [{ by: 'annotation', rule: `${ignoreAnnotation}: ${pattern} on ${refText(object)}`, reason, until }];
    const entries = rules.flatMap((rule, index): readonly Reason[] =>
      isAbout(rule, code, object)
        ? [{ by: 'configuration', rule: entryText(rule, index), reason: rule.reason, until: rule.until }]
        : [],
    );
    return [...annotation, ...entries].sort(
      (one, other) => Number(hasEnded(one, snapshot.takenAt)) - Number(hasEnded(other, snapshot.takenAt)),
    );
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

/** Kinds are compared in any case. A Namespace is in itself; what is in no namespace is in none that a pattern means. */
function isAbout(rule: IgnoreRule, code: string, { kind, namespace, name }: ObjectRef): boolean {
  const place = kind === 'Namespace' ? name : namespace;
  return (
    passes(rule.code, code) &&
    passes(
      rule.kind.map((one) => one.toLowerCase()),
      kind.toLowerCase(),
    ) &&
    (rule.namespace.length === 0 || (place !== undefined && passes(rule.namespace, place))) &&
    passes(rule.name, name)
  );
}

function passes(patterns: readonly string[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesGlob(text, pattern));
}
