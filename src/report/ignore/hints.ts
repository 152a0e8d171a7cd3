import { matchesGlob } from '../../graph/glob.ts';
import { nearest } from '../../graph/nearest.ts';
import type { IgnoreRule } from '../../model/ignore.ts';
import { type KubeObject, ref, refText } from '../../model/object.ts';
import { allResources } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { ignoreAnnotation, readAnnotations } from './annotations.ts';
import { entryText, hasEnded, type Reason } from './rules.ts';

/** How many different mistakes in annotations are told. */
const shown = 5;

export interface HintContext {
  readonly snapshot: Snapshot;
  readonly rules: readonly IgnoreRule[];
  /** Every code that can be found. */
  readonly codes: readonly string[];
  /** Whose annotations are looked at; empty means all. */
  readonly namespaces: readonly string[];
}

/** What is wrong with the annotations and the entries that say what to ignore, and which of them have ended. */
export function ignoreHints({ snapshot, rules, codes, namespaces }: HintContext, ended: readonly Reason[]): string[] {
  const unknown = (pattern: string) => unknownCode(pattern, codes);
  const entries = rules.flatMap((rule, index) => [
    ...rule.code.flatMap((pattern) => unknown(pattern).map((fault) => `${entryText(rule, index)}: ${fault}`)),
    ...(hasEnded(rule, snapshot.takenAt) ? [endedText({ rule: entryText(rule, index), until: rule.until })] : []),
  ]);
  const annotations = ended.filter(({ by }) => by === 'annotation').map(endedText);
  return [...entries, ...bounded(annotations), ...bounded(annotationFaults(snapshot, namespaces, unknown))];
}

function endedText({ rule, until = '' }: Pick<Reason, 'rule' | 'until'>): string {
  return `${rule} ended on ${until.replace('T00:00:00Z', '')}: what it ignored counts again.`;
}

/** Mistakes in annotations, each once, with the first object that has it. */
function annotationFaults(
  snapshot: Snapshot,
  namespaces: readonly string[],
  unknown: (pattern: string) => readonly string[],
): readonly string[] {
  const found = new Map<string, { readonly first: string; count: number }>();
  const faultsOf = new Map<string, readonly string[]>();
  const unknownOnce = (pattern: string) => {
    const known = faultsOf.get(pattern) ?? unknown(pattern).map((fault) => `${ignoreAnnotation}: ${fault}`);
    faultsOf.set(pattern, known);
    return known;
  };
  for (const object of annotatedObjects(snapshot, namespaces)) {
    const { faults, codes } = readAnnotations(object.metadata.annotations);
    for (const fault of [...faults, ...codes.flatMap(unknownOnce)]) {
      const same = found.get(fault);
      if (same === undefined) found.set(fault, { first: refText(ref(object)), count: 1 });
      else same.count += 1;
    }
  }
  return [...found].map(([fault, { first, count }]) => {
    const who = count === 1 ? first : `${first} and ${count - 1} more`;
    return `${who}: ${fault}`;
  });
}

function* annotatedObjects(snapshot: Snapshot, namespaces: readonly string[]): Iterable<KubeObject> {
  for (const resource of allResources) {
    for (const object of snapshot.list(resource).items) {
      const { annotations, namespace = '' } = object.metadata;
      if (annotations === undefined || (namespaces.length > 0 && !namespaces.includes(namespace))) continue;
      yield object;
    }
  }
}

/** What is said of a pattern that no code is of. */
function unknownCode(pattern: string, codes: readonly string[]): readonly string[] {
  if (codes.some((code) => matchesGlob(code, pattern))) return [];
  const like = pattern.includes('*') ? undefined : nearest(pattern, codes);
  return [`there is no code ${pattern}${like === undefined ? '' : `: did you mean ${like}?`}`];
}

function bounded(hints: readonly string[]): readonly string[] {
  const rest = hints.length - shown;

  return rest > 0
    ? [...hints.slice(0, shown), `${rest} more annotations that say what to ignore are wrong or have ended.`]
    : hints;
}
