import { computed, type Evidence, type KubeObject, nearest, ref, refText, resources } from '../../src/kit.ts';
import type { Use, View } from './use.ts';

/** The keys of a Secret or ConfigMap; undefined where they are not known. */
export function keysOf(snapshot: View, { resource, object }: Use): readonly string[] | undefined {
  if (resource !== 'secrets' && resource !== 'configmaps') return undefined;
  const found = snapshot.lookup(resource, object.name, object.namespace);
  return found.state === 'found' ? found.object.keys : undefined;
}

/** What may have been meant. */
export interface Hint {
  readonly name: string | undefined;
  readonly evidence: readonly Evidence[];
}

/** The nearest name in the same place, and the same name elsewhere. */
export function nearName(snapshot: View, { resource, object }: Use): Hint {
  const here = snapshot.list(resource, resources[resource].namespaced ? object.namespace : undefined).items;
  const name = nearest(
    object.name,
    here.map(({ metadata }) => metadata.name),
  );
  const all: readonly KubeObject[] = snapshot.list(resource).items;
  const elsewhere = all.filter(
    ({ metadata }) => metadata.name === object.name && metadata.namespace !== object.namespace,
  );
  const evidence = [
    ...(name === undefined ? [] : [computed(object, `the nearest name that exists is ${name}`)]),
    ...elsewhere.slice(0, 2).map((one) => computed(object, `${refText(ref(one))} exists`)),
  ];
  return { name, evidence };
}

/** The nearest key, and which keys there are. */
export function nearKey(snapshot: View, one: Use, key: string): Hint {
  const keys = keysOf(snapshot, one);
  if (keys === undefined) return { name: undefined, evidence: [] };
  const shown = keys.slice(0, 10).join(', ');
  const text = keys.length === 0 ? 'it has no keys' : `keys that exist: ${shown}${keys.length > 10 ? ', ...' : ''}`;
  return { name: nearest(key, keys), evidence: [computed(one.object, text)] };
}
