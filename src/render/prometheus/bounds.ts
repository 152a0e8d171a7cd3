/**
 * What keeps the number of series within bounds in large clusters. Names that are left out are summed up under `_other`, which can be
 * the name of no object, so that sums over all series stay exact.
 */
const other = '_other';

/** How many series a report may make of each. */
export const most = { namespaces: 300, nodes: 1_000, certificates: 500 } as const;

/** The first names, each once, and how many there were beyond those. */
export interface Kept {
  /** The name itself, or `_other`. */
  readonly as: (name: string) => string;
  readonly left: number;
}

/** @param names in order of weight: the first are kept. */
export function keepFirst(names: Iterable<string>, limit: number): Kept {
  const all = [...new Set(names)];
  const kept = new Set(all.slice(0, limit));
  return { as: (name) => (kept.has(name) ? name : other), left: all.length - kept.size };
}
