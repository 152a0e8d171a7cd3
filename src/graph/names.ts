import { groupOf } from '../model/object.ts';
import { allResources, type Resource, resources } from '../model/resources.ts';

/**
 * The resource that a person means by a word, in any case: its kind (`Deployment`), singular or plural (`deployments`), short name
 * (`deploy`), or one of these with its group (`deployments.apps`). Undefined where the tool reads no such resource.
 */
export function resourceByName(word: string): Resource | undefined {
  return index.get(word.toLowerCase());
}

/** kubectl's name of a kind in commands: `deployment`; with its group where the tool does not know the kind. */
export function singularOf(apiVersion: string, kind: string): string {
  const singular = kind.toLowerCase();
  const group = groupOf(apiVersion);
  return group === '' || index.has(singular) ? singular : `${singular}.${group}`;
}

/** Every word that resourceByName understands, groups left out: for "did you mean". */
export function resourceWords(): readonly string[] {
  return [...index.keys()].filter((word) => !word.includes('.'));
}

const index = new Map<string, Resource>(
  allResources.flatMap((resource) => {
    const { apiVersion, kind, plural, short = [] } = resources[resource];
    const group = groupOf(apiVersion);
    const words = [kind.toLowerCase(), plural, ...short];
    const all = group === '' ? words : [...words, `${plural}.${group}`, `${kind.toLowerCase()}.${group}`];
    return all.map((word) => [word, resource] as const);
  }),
);
