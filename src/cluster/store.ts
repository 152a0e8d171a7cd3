import type { KubeObject } from '../model/object.ts';
import { allResources, type Resource, resources, type ResourceTypes } from '../model/resources.ts';
import type { AccessFacts, Coverage, Listing, Lookup, Snapshot } from '../model/snapshot.ts';

/** Collects objects and what is known of their completeness, and makes a snapshot of them. */
export interface Store {
  /** Adds an object; one of the same namespace and name is replaced. */
  add(resource: Resource, object: KubeObject): void;
  /** Says that a resource was read to the end: everywhere, or in one namespace. */
  complete(resource: Resource, namespace?: string): void;
  /** Says why a resource is not complete (everywhere, or beyond the namespaces that are). */
  missing(resource: Resource, reason: string): void;
  coverage(): Readonly<Record<Resource, Coverage>>;
  /** How many objects of a resource it holds. */
  count(resource: Resource): number;
  snapshot(meta: SnapshotMeta): Snapshot;
}

interface SnapshotMeta {
  readonly takenAt: string;
  readonly serverVersion?: string;
  readonly access?: AccessFacts;
}

interface Shelf {
  readonly objects: Map<string, KubeObject>;
  complete: 'all' | Set<string>;
  reason: string | undefined;
}

/** An empty store: nothing in it, nothing complete. */
export function createStore(): Store {
  const shelves = new Map<Resource, Shelf>(
    allResources.map((resource) => [resource, { objects: new Map(), complete: new Set(), reason: undefined }]),
  );
  const shelf = (resource: Resource) => shelves.get(resource)!;
  return {
    add: (resource, object) =>
      void shelf(resource).objects.set(key(object.metadata.namespace, object.metadata.name), object),
    complete: (resource, namespace) => {
      const own = shelf(resource);
      if (namespace === undefined || !resources[resource].namespaced) own.complete = 'all';
      else if (own.complete !== 'all') own.complete.add(namespace);
    },
    missing: (resource, reason) => void (shelf(resource).reason ??= reason),
    coverage: () =>
      Object.fromEntries(
        [...shelves].map(([resource, { complete, reason }]) => [
          resource,
          { complete: complete === 'all' ? 'all' : [...complete].sort(), ...(reason === undefined ? {} : { reason }) },
        ]),
      ) as unknown as Record<Resource, Coverage>,
    count: (resource) => shelf(resource).objects.size,
    snapshot: (meta) => new StoredSnapshot(shelves, meta),
  };
}

const key = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`;

class StoredSnapshot implements Snapshot {
  readonly takenAt: string;
  readonly serverVersion?: string;
  readonly access?: AccessFacts;
  readonly #shelves: ReadonlyMap<Resource, Shelf>;
  readonly #all = new Map<Resource, readonly KubeObject[]>();
  readonly #byNamespace = new Map<Resource, Map<string, KubeObject[]>>();

  constructor(shelves: ReadonlyMap<Resource, Shelf>, meta: SnapshotMeta) {
    this.#shelves = shelves;
    this.takenAt = meta.takenAt;
    if (meta.serverVersion !== undefined) this.serverVersion = meta.serverVersion;
    if (meta.access !== undefined) this.access = meta.access;
  }

  list<R extends Resource>(resource: R, namespace?: string): Listing<ResourceTypes[R]> {
    const { complete, reason } = this.#shelves.get(resource)!;
    const whole = complete === 'all' || (namespace !== undefined && complete.has(namespace));
    const items = (
      namespace === undefined ? this.#sorted(resource) : this.#inNamespace(resource, namespace)
    ) as readonly ResourceTypes[R][];
    return whole ? { items, complete: true } : { items, complete: false, reason: reason ?? 'not collected' };
  }

  lookup<R extends Resource>(resource: R, name: string, namespace?: string): Lookup<ResourceTypes[R]> {
    const { objects, complete, reason } = this.#shelves.get(resource)!;
    const object = objects.get(key(resources[resource].namespaced ? namespace : undefined, name));
    if (object !== undefined) return { state: 'found', object: object as unknown as ResourceTypes[R] };
    const whole = complete === 'all' || (namespace !== undefined && complete.has(namespace));
    return whole ? { state: 'absent' } : { state: 'unknown', reason: reason ?? 'not collected' };
  }

  #sorted(resource: Resource): readonly KubeObject[] {
    let items = this.#all.get(resource);
    if (items === undefined) {
      const { objects } = this.#shelves.get(resource)!;
      items = [...objects.values()].sort(byName);
      this.#all.set(resource, items);
    }
    return items;
  }

  #inNamespace(resource: Resource, namespace: string): readonly KubeObject[] {
    let index = this.#byNamespace.get(resource);
    if (index === undefined) {
      index = Map.groupBy(this.#sorted(resource), (object) => object.metadata.namespace ?? '');
      this.#byNamespace.set(resource, index);
    }
    return index.get(namespace) ?? [];
  }
}

/** Order by namespace, then name, by code unit: the same on every machine. */
function byName(one: KubeObject, other: KubeObject): number {
  return (
    compare(one.metadata.namespace ?? '', other.metadata.namespace ?? '') ||
    compare(one.metadata.name, other.metadata.name)
  );
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
