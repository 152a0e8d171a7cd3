/**
 * A function of a snapshot, or of anything else that is never changed, computed once per argument. Indexes are built this way: the
 * first check that needs one pays for it, and it goes when the snapshot goes.
 */
export function once<Argument extends object, Result>(
  compute: (argument: Argument) => Result,
): (argument: Argument) => Result {
  const results = new WeakMap<Argument, { readonly value: Result }>();
  return (argument) => {
    const known = results.get(argument);
    if (known !== undefined) return known.value;
    const value = compute(argument);
    results.set(argument, { value });
    return value;
  };
}

/** Groups items by a key, in their order. Items without a key are left out. */
export function groupBy<Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key | undefined): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
