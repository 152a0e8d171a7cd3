import { groupOf } from '../model/object.ts';
import { type Resource, resources } from '../model/resources.ts';
import type { ApiServer } from './api-server.ts';

/** What the server says of the groups it serves; asked for once, when the first question comes. */
export interface Served {
  /**
   * Tells what a 404 on a list means. Where the group is not served, or served without this resource, no such object can exist: the
   * list is empty and complete. Where the server knows the group in other versions only, objects may exist that were not seen.
   */
  readonly missing: (this: void, resource: Resource) => Promise<{ reason?: string }>;
  /** The version to read a resource in: the earlier one where that alone is served. */
  readonly version: (this: void, resource: Resource) => Promise<string>;
  /** True where the server says that it does not serve the group: asking for the list would be a request for nothing. */
  readonly lacksGroup: (this: void, resource: Resource) => Promise<boolean>;
}

export function createServed(server: ApiServer): Served {
  let groups: Promise<ReadonlyMap<string, readonly string[]> | undefined> | undefined;
  return {
    async missing(resource) {
      const { apiVersion } = resources[resource];
      const [group = '', version = ''] = apiVersion.split('/');
      if (!apiVersion.includes('/')) return { reason: 'the server does not serve it (404)' };
      groups ??= readGroups(server);
      const known = await groups;
      if (known === undefined) return { reason: 'the server does not say whether it serves it (404)' };
      const versions = known.get(group);
      if (versions === undefined || versions.includes(version)) return {};
      return { reason: `the server serves ${group} only as ${versions.join(', ')}` };
    },
    async version(resource) {
      const { apiVersion, earlier } = resources[resource];
      if (earlier === undefined) return apiVersion;
      groups ??= readGroups(server);
      const versions = (await groups)?.get(groupOf(apiVersion)) ?? [];
      const isServed = (one: string) => versions.includes(one.slice(one.indexOf('/') + 1));
      return !isServed(apiVersion) && isServed(earlier) ? earlier : apiVersion;
    },
    async lacksGroup(resource) {
      groups ??= readGroups(server);
      const known = await groups;
      return known !== undefined && !known.has(groupOf(resources[resource].apiVersion));
    },
  };
}

async function readGroups(server: ApiServer): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const reply = await server.get('/apis');
  if (reply.status !== 200) return undefined;
  try {
    const list = JSON.parse(reply.body.toString()) as { groups?: readonly Group[] };
    if (!Array.isArray(list.groups)) return undefined;
    return new Map(list.groups.map((group: Group) => [group.name, group.versions.map(({ version }) => version)]));
  } catch {
    return undefined;
  }
}

interface Group {
  readonly name: string;
  readonly versions: readonly { readonly version: string }[];
}
