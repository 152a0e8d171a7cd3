/**
 * Replicas of one workload repeat nearly everything: images, paths, label values, whole lists of tolerations. The objects of a
 * snapshot are read-only, so equal parts can be one part. What has been seen is forgotten from time to time, which costs a little
 * memory and bounds the books that are kept for it.
 */
const strings = new Map<string, string>();

const stringLimit = 20_000;
const longestString = 128;
const partLimit = 2_000;
const longestPart = 8_192;

/** The same text, as the one copy that is kept of it. */
export function shareString(value: string): string {
  // The JSON parser itself keeps only one copy of texts up to ten characters.
  if (value.length <= 10 || value.length > longestString) return value;
  const known = strings.get(value);
  if (known !== undefined) return known;
  if (strings.size >= stringLimit) strings.clear();
  strings.set(value, value);
  return value;
}

/**
 * What a field is reduced to, computed once for all equal fields: replicas come one after another. The books are those of one
 * resource; they hold what came in and stay in the loader.
 */
export function sharePart(parts: Map<string, unknown>, name: string, field: unknown, reduce: () => unknown): unknown {
  const text = name + JSON.stringify(field);
  if (text.length > longestPart) return reduce();
  const known = parts.get(text);
  if (known !== undefined) return known;
  const reduced = reduce();
  if (reduced === undefined) return undefined;
  if (parts.size >= partLimit) parts.clear();
  parts.set(text, reduced);
  return reduced;
}
