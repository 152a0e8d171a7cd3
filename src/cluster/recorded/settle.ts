import { groupOf } from '../../model/object.ts';
import { allResources, type Resource, resources } from '../../model/resources.ts';
import type { Gap } from '../../model/snapshot.ts';
import type { Store } from '../store.ts';
import type { Claims } from './claims.ts';

/** What the user says of a recording's completeness. */
export interface Overrides {
  readonly complete: readonly (Resource | 'all')[];
  readonly partial: boolean;
  /** Resources whose objects were emptied before the recording was handed on: they are never complete. */
  readonly emptied: readonly Resource[];
}

/**
 * Decides what is complete, and says it to the store, which holds the objects already. Gives what is taken for granted, one
 * sentence each, and one gap for every resource that was not seen whole.
 */
export function settle(
  store: Store,
  claims: Claims,
  overrides: Overrides,
): { gaps: readonly Gap[]; assumptions: readonly string[] } {
  const forced = new Set<Resource>(
    overrides.complete.includes('all') ? allResources : overrides.complete.filter((one) => one !== 'all'),
  );
  const namespaces = claims.scopes.get('namespaces') === 'all' ? namesOf(store) : undefined;
  const everywhere: Resource[] = [];
  const inside = new Map<string, Resource[]>();
  const gaps: Gap[] = [];
  for (const resource of allResources) {
    if (overrides.emptied.includes(resource)) {
      store.missing(resource, emptiedReason);
      gaps.push({ what: 'resource', name: resource, reason: emptiedReason });
      continue;
    }
    if (forced.has(resource)) {
      store.complete(resource);
      continue;
    }
    const scope = overrides.partial ? undefined : claims.scopes.get(resource);
    const whole = scope === 'all' || (scope !== undefined && namespaces !== undefined && covers(scope, namespaces));
    if (whole) {
      store.complete(resource);
      if (claims.assumed.has(resource)) everywhere.push(resource);
      continue;
    }
    if (!overrides.partial && lacksGroup(store, claims, resource)) {
      store.complete(resource);
      continue;
    }
    const names = scope === undefined ? [] : [...scope].sort();
    for (const name of names) store.complete(resource, name);
    if (names.length > 0 && claims.assumed.has(resource))
      inside.set(namespaceText(names), [...(inside.get(namespaceText(names)) ?? []), resource]);
    const reason = reasonOf(resource, names, store.count(resource), claims, overrides.partial);
    store.missing(resource, reason);
    gaps.push({ what: 'resource', name: resource, reason });
  }
  return { gaps, assumptions: assumptions(everywhere, inside, forced, overrides) };
}

/**
 * Whether the recording shows that the cluster does not serve the group of a custom resource: the API server keeps an APIService for
 * each version of each group it serves, and all of them were recorded.
 */
function lacksGroup(store: Store, claims: Claims, resource: Resource): boolean {
  const { custom, apiVersion } = resources[resource];
  if (custom !== true || claims.scopes.get('apiservices.apiregistration.k8s.io') !== 'all') return false;
  const services = store.snapshot({ takenAt: '' }).list('apiservices.apiregistration.k8s.io').items;
  return services.length > 0 && services.every(({ spec }) => (spec.group ?? '') !== groupOf(apiVersion));
}

/** Why a resource was not seen whole of which there are objects, but no list. */
export const singleReason = 'only single objects are in the recording';

const emptiedReason = 'their data was taken out of the recording';

function reasonOf(
  resource: Resource,
  names: readonly string[],
  count: number,
  claims: Claims,
  partial: boolean,
): string {
  const recorded = claims.assumed.has(resource) || partial ? undefined : claims.recorded.get(resource);
  if (recorded !== undefined) return recorded;
  if (names.length > 0) return `only ${namespaceText(names)} ${names.length === 1 ? 'is' : 'are'} in the recording`;
  const known = claims.reasons.get(resource);
  if (known !== undefined) return known;
  if (count === 0) return 'not in the recording';
  return partial ? 'the recording is taken as partial' : singleReason;
}

/** Objects live in namespaces that exist: what is complete in each of them is complete. */
function covers(scope: ReadonlySet<string>, namespaces: readonly string[]): boolean {
  return namespaces.length > 0 && namespaces.every((namespace) => scope.has(namespace));
}

function namesOf(store: Store): readonly string[] {
  return store
    .snapshot({ takenAt: '' })
    .list('namespaces')
    .items.map((one) => one.metadata.name);
}

function namespaceText(names: readonly string[]): string {
  if (names.length === 1) return `namespace ${names[0]}`;
  return names.length <= 3 ? `the namespaces ${words(names)}` : `${names.length} namespaces`;
}

function assumptions(
  everywhere: readonly Resource[],
  inside: ReadonlyMap<string, readonly Resource[]>,
  forced: ReadonlySet<Resource>,
  overrides: Overrides,
): readonly string[] {
  const said: string[] = [];
  if (everywhere.length > 0) said.push(`The recording is taken as complete for ${plurals(everywhere)}.`);
  for (const [names, list] of inside) said.push(`In ${names} it is taken as complete for ${plurals(list)}.`);
  if (overrides.partial) said.push('No list is taken as complete, because of --partial.');
  if (overrides.complete.includes('all')) said.push('Everything is taken as complete, because of --complete all.');
  else if (forced.size > 0) said.push(`Taken as complete, because of --complete: ${plurals([...forced])}.`);
  return said;
}

function plurals(list: readonly Resource[]): string {
  return words(list.map((resource) => resources[resource].plural).sort());
}

function words(list: readonly string[]): string {
  return list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} and ${list.at(-1)}`;
}
