import { UserError } from '../errors.ts';
import { resourceByName, resourceWords } from '../graph/names.ts';
import { nearest } from '../graph/nearest.ts';
import type { Analyzer, Finding } from '../model/finding.ts';
import { resources } from '../model/resources.ts';

/**
 * Makes a test of filters: analyzers by id, or kinds by any of their names, in any case. A finding passes when one of them is its
 * analyzer, or the kind of an object it is about. Without filters everything passes.
 * @throws UserError for a filter that is neither.
 */
export function parseFilters(
  filters: readonly string[],
  analyzers: readonly Analyzer[],
): (finding: Finding) => boolean {
  if (filters.length === 0) return () => true;
  const ids = new Set(analyzers.map(({ id }) => id));
  const otherKinds = new Map(
    analyzers.flatMap(({ kinds }) => kinds.map((kind) => [kind.toLowerCase(), kind] as const)),
  );
  const wanted = { ids: new Set<string>(), kinds: new Set<string>() };
  for (const filter of filters) {
    const id = ids.has(filter.toLowerCase()) ? filter.toLowerCase() : undefined;
    const resource = resourceByName(filter);
    const kind = resource === undefined ? otherKinds.get(filter.toLowerCase()) : resources[resource].kind;
    if (id !== undefined) wanted.ids.add(id);
    if (kind !== undefined) wanted.kinds.add(kind);
    if (id === undefined && kind === undefined) throw unknownFilter(filter, [...ids, ...resourceWords()]);
  }
  return ({ analyzer, object, members, origins }) =>
    wanted.ids.has(analyzer) || [object, ...members, ...origins].some(({ kind }) => wanted.kinds.has(kind));
}

function unknownFilter(filter: string, known: readonly string[]): UserError {
  const like = nearest(filter, known);
  return new UserError('unknown-filter', `there is no analyzer or kind "${filter}"`, {
    hint: like === undefined ? 'See "mekhanikube analyzers" for their names.' : `Did you mean "${like}"?`,
  });
}
