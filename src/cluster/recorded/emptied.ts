import type { KubeObject } from '../../model/object.ts';
import type { Resource } from '../../model/resources.ts';
import { isRecord } from '../shape.ts';

/** Types whose Secrets the API server refuses without their keys, and the one that a controller fills at once. */
const neverEmpty = new Set([
  'kubernetes.io/tls',
  'kubernetes.io/dockerconfigjson',
  'kubernetes.io/dockercfg',
  'kubernetes.io/ssh-auth',
  'helm.sh/release.v1',
]);

/**
 * People take the data out of Secrets and ConfigMaps before they hand a recording on. What is left says nothing of keys, so it must
 * not read as "the key is missing". True where an object of this resource cannot have been empty in the cluster.
 */
function wasEmptied(resource: 'secrets' | 'configmaps', objects: Iterable<KubeObject>): boolean {
  for (const object of objects) {
    if (!isEmpty(object)) continue;
    if (resource === 'configmaps' && object.metadata.name === 'kube-root-ca.crt') return true;
    if (resource === 'secrets' && 'type' in object && neverEmpty.has(String(object.type))) return true;
  }
  return false;
}

/** The same objects; of a resource whose data was taken out only those that still have keys. */
export function withoutEmptied(all: ReadonlyMap<Resource, ReadonlyMap<string, KubeObject>>): {
  objects: readonly (readonly [Resource, KubeObject])[];
  emptied: readonly Resource[];
} {
  const emptied = (['secrets', 'configmaps'] as const).filter((one) => wasEmptied(one, all.get(one)?.values() ?? []));
  const names: readonly Resource[] = emptied;
  const objects = [...all].flatMap(([resource, shelf]) =>
    [...shelf.values()]
      .filter((object) => !names.includes(resource) || !isEmpty(object))
      .map((object) => [resource, object] as const),
  );
  return { objects, emptied };
}

function isEmpty(object: KubeObject): boolean {
  return isRecord(object) && Array.isArray(object['keys']) && object['keys'].length === 0;
}
