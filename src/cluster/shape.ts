import { type Resource, resources } from '../model/resources.ts';

/** True for a JSON object: not null, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Says why a value cannot be an object of this resource as an API server stores it: `spec.containers is not a list`. Undefined
 * where it can be. Looks only at what every object of the kind has; the rest is optional to all who read it.
 */
export function shapeProblem(resource: Resource, raw: unknown): string | undefined {
  if (!isRecord(raw)) return 'is not an object';
  const metadata = raw['metadata'];
  if (!isRecord(metadata)) return 'has no metadata';
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || name === '') return 'has no metadata.name';
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    return 'metadata.namespace is not a string';
  if (resources[resource].namespaced && (typeof namespace !== 'string' || namespace === ''))
    return 'has no metadata.namespace';
  for (const [path, type] of shapes[resource]) {
    if (!is(type, at(raw, path))) return `${path.join('.')} is not ${words[type]}`;
  }
  return undefined;
}

type Type = 'object' | 'array' | 'string';

const words: Readonly<Record<Type, string>> = { object: 'an object', array: 'a list', string: 'a string' };

const shapes = Object.fromEntries(
  Object.entries(resources).map(([resource, { shape }]) => [
    resource,
    Object.entries(shape).map(([path, type]) => [path.split('.'), type] as const),
  ]),
) as unknown as Record<Resource, readonly (readonly [readonly string[], Type])[]>;

function at(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const part of path) {
    if (!isRecord(current)) return undefined;
    current = current[part];
  }
  return current;
}

function is(type: Type, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  return type === 'object' ? isRecord(value) : typeof value === 'string';
}
