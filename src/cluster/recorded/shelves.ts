import type { KubeObject } from '../../model/object.ts';
import { type Resource, resources } from '../../model/resources.ts';
import { intake } from '../redact/intake.ts';
import { isRecord } from '../shape.ts';
import { createClock } from './clock.ts';

/** The objects of a recording, each once. */
export interface Shelves {
  /** Takes an object in. Gives what is wrong with it, as a sentence without a full stop, or undefined. */
  add(resource: Resource, raw: unknown): string | undefined;
  readonly objects: ReadonlyMap<Resource, ReadonlyMap<string, KubeObject>>;
  /** The newest time that they bear, in milliseconds. */
  newest(): number | undefined;
}

/** Empty shelves. */
export function createShelves(): Shelves {
  const objects = new Map<Resource, Map<string, KubeObject>>();
  const clock = createClock();
  return {
    objects,
    newest: () => clock.newest(),
    add(resource, raw) {
      const result = intake(resource, raw);
      if ('problem' in result) return `${nameOf(resource, raw)} ${result.problem}`;
      const { object } = result;
      const shelf = objects.get(resource) ?? new Map<string, KubeObject>();
      objects.set(resource, shelf);
      const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
      const before = shelf.get(key);
      if (before !== undefined && isNewer(before, object)) return undefined;
      shelf.set(key, object);
      clock.see(resource, object);
      return undefined;
    },
  };
}

/** Of the same object read twice, the one with the higher resourceVersion is newer; where they cannot be compared, the later one. */
function isNewer(before: KubeObject, now: KubeObject): boolean {
  const [one, other] = [before, now].map(({ metadata }) => metadata.resourceVersion ?? '');
  if (one === undefined || other === undefined || !/^\d+$/.test(one) || !/^\d+$/.test(other)) return false;
  return BigInt(one) > BigInt(other);
}

/** A field of an object's metadata, where it has any. */
export function metadataField(raw: unknown, name: string): unknown {
  return isRecord(raw) && isRecord(raw['metadata']) ? raw['metadata'][name] : undefined;
}

function nameOf(resource: Resource, raw: unknown): string {
  const [name, namespace] = [metadataField(raw, 'name'), metadataField(raw, 'namespace')];
  const { kind } = resources[resource];
  if (typeof name !== 'string') return `a ${kind}`;
  return `${kind} ${typeof namespace === 'string' ? `${namespace}/` : ''}${name}`;
}
