/**
 * Replicas of one workload repeat nearly everything: images, paths, label values, whole lists of tolerations. The objects of a
 * snapshot are read-only, so equal parts can be one part. What has been seen is forgotten from time to time, which costs a little
 * memory and bounds the books that are kept for it.
 */
const strings = new Map<string, string>();
const parts = new Map<string, unknown>();

const stringLimit = 20_000;
const longestString = 128;
const partLimit = 4_000;
const longestPart = 4_096;

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

/** An equal value, as the one copy that is kept of it. The value must be plain data that nobody changes. */
export function sharePart<T>(value: T): T {
  const text = JSON.stringify(value);
  if (text.length > longestPart) return value;
  const known = parts.get(text);
  if (known !== undefined) return known as T;
  if (parts.size >= partLimit) parts.clear();
  parts.set(text, value);
  return value;
}
