import { type Resource, resources } from '../model/resources.ts';

/**
 * The path of a list of one version, in the whole cluster or in one namespace. It begins with `/api/v1` for the core group and with
 * `/apis/GROUP/VERSION` for all others.
 */
export function listPath(resource: Resource, namespace?: string, apiVersion = resources[resource].apiVersion): string {
  const { plural } = resources[resource];
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${base}${scope}/${plural}`;
}

/** Helm keeps each release, gzipped, in a Secret: the largest Secrets of a cluster, and none that a diagnosis needs. */
export function listQuery(resource: Resource): Readonly<Record<string, string>> {
  return resource === 'secrets' ? { fieldSelector: 'type!=helm.sh/release.v1' } : {};
}

/** The path of one namespace. */
export function namespacePath(name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(name)}`;
}
