import { UserError } from '../errors.ts';
import { resourceByName, resourceWords } from '../graph/names.ts';
import { nearest } from '../graph/nearest.ts';
import type { Resource } from '../model/resources.ts';

/** Something a user asked about: one object by name, or, without a name, every object of a resource. */
export interface Target {
  readonly resource: Resource;
  readonly name?: string;
}

/**
 * Reads targets as kubectl does: `deployment/web pod/web-1`, `deploy web api`, `pods,services`.
 * @throws UserError for a kind that the tool does not read, and for words that are no target.
 */
export function parseTargets(words: readonly string[]): readonly Target[] {
  // A shell variable that is not set gives an empty word, and no target at all would be everything.
  const isEmpty = words.some((word) => /^[\s,]*$/.test(word));
  if (isEmpty || words.some((word) => word.includes('/'))) return words.map(parsePair);
  const [types = '', ...names] = words;
  const found = types === '' ? [] : types.split(',').map(knownResource);
  return found.flatMap((resource) => (names.length === 0 ? [{ resource }] : names.map((name) => ({ resource, name }))));
}

/** The word as it goes into the report: `deployment/web`. */
export function targetText({ resource, name }: Target): string {
  const plural = resource.split('.')[0] ?? resource;
  return name === undefined ? plural : `${plural}/${name}`;
}

function parsePair(word: string): Target {
  const [type = '', name = '', ...rest] = word.split('/');
  if (type === '' || name === '' || rest.length > 0)
    throw new UserError('bad-target', `"${word}" is not a target`, {
      hint: 'Write TYPE/NAME for each, as in: deployment/web pod/api-0. Namespaces are named with -n.',
    });
  return { resource: knownResource(type), name };
}

function knownResource(type: string): Resource {
  const resource = resourceByName(type);
  if (resource !== undefined) return resource;
  const like = nearest(type, resourceWords());
  throw new UserError('unknown-kind', `there is no kind "${type}" among those that mekhanikube reads`, {
    hint: like === undefined ? 'Write TYPE/NAME, as in deployment/web.' : `Did you mean "${like}"?`,
  });
}
