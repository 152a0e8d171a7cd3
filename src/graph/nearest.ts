/**
 * The name most like the one asked for, for "did you mean"; undefined where none is alike. Alike are, best first: names that differ
 * only in case or separators, names that differ in the hash that kustomize appends, names a few typing errors apart (at most one
 * letter in three), and names of which one continues the other. Equally good ones are decided by code unit order.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly rank: number } | undefined;
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const rank = unlikeness(name, candidate);
    if (rank === undefined) continue;
    if (best === undefined || rank < best.rank || (rank === best.rank && candidate < best.name))
      best = { name: candidate, rank };
  }
  return best?.name;
}

/** 0 for equal after folding, then 0.5 for another hash, the number of typing errors, and above 1,000 a shared beginning. */
function unlikeness(one: string, other: string): number | undefined {
  const left = fold(one);
  const right = fold(other);
  if (left === right) return 0;
  if (stem(left) === stem(right)) return 0.5;
  const limit = Math.floor(Math.max(left.length, right.length) / 3);
  const errors = typingErrors(left, right, limit);
  if (errors !== undefined) return errors;
  const shared = sharedBeginning(left, right);
  const shorter = Math.min(left.length, right.length);
  return continues(left, right) || (shared >= 4 && shared * 3 >= shorter * 2) ? 2_000 - shared : undefined;
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[._]/g, '-');
}

/** Without the ten characters that kustomize appends to generated ConfigMaps and Secrets (its alphabet has no vowels). */
function stem(name: string): string {
  return name.replace(/-[bcdfghkmt2456789]{10}$/, '-#');
}

function continues(one: string, other: string): boolean {
  return one.startsWith(`${other}-`) || other.startsWith(`${one}-`);
}

function sharedBeginning(one: string, other: string): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1;
  return length;
}

/** Letters to insert, delete, replace or swap with their neighbour; undefined above the limit. */
function typingErrors(one: string, other: string, limit: number): number | undefined {
  if (Math.abs(one.length - other.length) > limit) return undefined;
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let cost = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    before = above;
    above = current;
  }
  const errors = above[other.length] ?? Infinity;
  return errors <= limit ? errors : undefined;
}
