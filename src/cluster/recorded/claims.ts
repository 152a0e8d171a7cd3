import { type Resource, resources } from '../../model/resources.ts';

/** What the lists of a recording say of completeness. */
export interface Claims {
  /** Begins a list. */
  list(label: string): ListClaim;
  /** Says that a resource was read to the end, everywhere or in one namespace, as our own snapshots know. */
  complete(resource: Resource, namespace?: string): void;
  /** Says why it was not read to the end, as our own snapshots know. */
  missing(resource: Resource, reason: string): void;
  /** Where each resource is complete: everywhere, or in the namespaces named. */
  readonly scopes: ReadonlyMap<Resource, 'all' | ReadonlySet<string>>;
  /** Of which resources a list is complete by assumption, not by our own snapshot's word. */
  readonly assumed: ReadonlySet<Resource>;
  /** Why a list of this resource is not complete after all. */
  readonly reasons: ReadonlyMap<Resource, string>;
  /** Why our own snapshots do not hold all of a resource. */
  readonly recorded: ReadonlyMap<Resource, string>;
  /** Lists that are empty and do not say of which namespace: file names by resource. */
  readonly placeless: ReadonlyMap<Resource, string>;
}

/** One list, as it is read. */
export interface ListClaim {
  /** The list is of this resource, or holds an object of it (or, without one, of a kind that is not read), in this namespace. */
  holds(resource: Resource | undefined, namespace?: string): void;
  /** An item could not be understood; without a resource, nobody knows of which it was. */
  broken(resource?: Resource): void;
  /** The list is at its end. `namespace` is where it lies, as its file's place tells. */
  end(namespace: string | undefined, isPage: boolean): void;
}

/**
 * The rule: a list is complete for the kinds it holds. Everywhere, for cluster-scoped kinds and where it spans several namespaces;
 * else in the one namespace of its items, or of its file's place where it is empty.
 */
export function createClaims(): Claims {
  const scopes = new Map<Resource, 'all' | Set<string>>();
  const assumed = new Set<Resource>();
  const reasons = new Map<Resource, string>();
  const recorded = new Map<Resource, string>();
  const placeless = new Map<Resource, string>();

  function complete(resource: Resource, namespace?: string): void {
    const scope = scopes.get(resource);
    if (scope === 'all') return;
    if (namespace === undefined || !resources[resource].namespaced) scopes.set(resource, 'all');
    else if (scope === undefined) scopes.set(resource, new Set([namespace]));
    else scope.add(namespace);
  }

  function list(label: string): ListClaim {
    const held = new Set<Resource>();
    const namespaces = new Set<string>();
    const spoiled = new Set<Resource>();
    let anySpoiled = false;
    return {
      holds(resource, namespace) {
        if (resource !== undefined) held.add(resource);
        const counts = resource === undefined || resources[resource].namespaced;
        if (namespace !== undefined && counts) namespaces.add(namespace);
      },
      broken(resource) {
        if (resource === undefined) anySpoiled = true;
        else spoiled.add(resource);
      },
      end(place, isPage) {
        const only = namespaces.size === 0 ? place : [...namespaces][0];
        for (const resource of held) {
          if (isPage) reasons.set(resource, 'the recording holds one page of a longer list');
          else if (anySpoiled || spoiled.has(resource))
            reasons.set(resource, 'not all of its objects could be understood');
          else if (!resources[resource].namespaced || namespaces.size > 1) accept(resource);
          else if (only === undefined) placeless.set(resource, label);
          else accept(resource, only);
        }
      },
    };
  }

  function accept(resource: Resource, namespace?: string): void {
    assumed.add(resource);
    complete(resource, namespace);
  }

  return {
    list,
    complete,
    missing: (resource, reason) => void recorded.set(resource, reason),
    scopes,
    assumed,
    reasons,
    recorded,
    placeless,
  };
}
