import { UserError } from '../errors.ts';
import { nearest } from '../graph/nearest.ts';
import { suggestion } from '../graph/suggestion.ts';
import type { Finding } from '../model/finding.ts';
import { allResources, resources } from '../model/resources.ts';
import type { Gap, Snapshot } from '../model/snapshot.ts';
import { type Target, targetText } from './targets.ts';

/**
 * Checks that namespaces exist.
 * @returns a gap for each whose existence cannot be told. @throws UserError for one that does not exist, with the nearest name.
 */
export function checkNamespaces(names: readonly string[], snapshot: Snapshot): readonly Gap[] {
  return names.flatMap((name) => {
    const answer = snapshot.lookup('namespaces', name);
    if (answer.state === 'found' || hasObjects(snapshot, name)) return [];
    if (answer.state === 'absent') {
      const known = namesOf(snapshot.list('namespaces').items);
      throw missing(`there is no namespace "${name}"`, name, known, suggestion(name, known, 'namespaces'));
    }
    return [{ what: 'namespace', name, reason: `whether it exists could not be checked: ${answer.reason}` }];
  });
}

/**
 * Checks that a target exists in one of the namespaces given, or anywhere. A missing object that a finding is about will do.
 * @returns a gap where that cannot be told. @throws UserError where it does not exist, with the nearest name.
 */
export function checkTarget(
  target: Target,
  places: readonly string[] | undefined,
  { snapshot, findings }: { readonly snapshot: Snapshot; readonly findings: readonly Finding[] },
): readonly Gap[] {
  const { resource, name } = target;
  if (name === undefined) return [];
  const { kind, namespaced } = resources[resource];
  const wanted = namespaced ? places : undefined;
  const lists = wanted === undefined ? [snapshot.list(resource)] : wanted.map((one) => snapshot.list(resource, one));
  const names = lists.flatMap(({ items }) => namesOf(items));
  const isWanted = (one: { kind: string; name: string; namespace?: string }) =>
    one.kind === kind && one.name === name && (wanted === undefined || wanted.includes(one.namespace ?? ''));
  if (names.includes(name)) return [];
  if (findings.some(({ object, members, origins }) => [object, ...members, ...origins].some(isWanted))) return [];
  const unseen = lists.find(({ complete }) => !complete);
  if (unseen !== undefined) {
    const like = nearest(name, names);
    const meant = like === undefined ? '' : ` (did you mean ${like}?)`;
    const reason = `whether it exists could not be checked: ${unseen.reason ?? 'not collected'}${meant}`;
    return [{ what: 'resource', name: targetText(target), reason }];
  }
  const where = wanted === undefined ? '' : ` in namespace ${wanted.map((one) => `"${one}"`).join(' or ')}`;
  throw missing(`there is no ${kind} "${name}"${where}`, name, names, elsewhere(target, snapshot));
}

/** Where else an object of that name is, for the hint. */
function elsewhere({ resource, name }: Target, snapshot: Snapshot): string | undefined {
  const namespace = snapshot.list(resource).items.find(({ metadata }) => metadata.name === name)?.metadata.namespace;
  return namespace === undefined ? undefined : `It is in namespace "${namespace}": add -n ${namespace}.`;
}

/** True when objects of that namespace were seen, whatever is known of the namespace itself. */
function hasObjects(snapshot: Snapshot, namespace: string): boolean {
  return allResources.some(
    (resource) => resources[resource].namespaced && snapshot.list(resource, namespace).items.length > 0,
  );
}

function namesOf(items: readonly { readonly metadata: { readonly name: string } }[]): readonly string[] {
  return items.map(({ metadata }) => metadata.name);
}

function missing(message: string, name: string, known: readonly string[], hint?: string): UserError {
  const like = nearest(name, known);
  const told = hint ?? (like === undefined ? undefined : `Did you mean "${like}"?`);
  return new UserError('not-found', message, told === undefined ? {} : { hint: told });
}
