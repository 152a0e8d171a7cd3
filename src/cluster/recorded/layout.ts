import { allResources, type Resource, resources } from '../../model/resources.ts';

/** What a file's place in a folder tells of the list in it, where the list itself does not. */
export interface Place {
  readonly namespace?: string;
  readonly resource?: Resource;
  /** True for a file of support-bundle-kit, whose lists of no kind (`kind: List`) hold nothing else than the resource. */
  readonly kit?: boolean;
}

/**
 * Reads the four layouts in use: `kubectl cluster-info dump` (`NAMESPACE/pods.json`), Troubleshoot support bundles
 * (`cluster-resources/pods/NAMESPACE.json`, `cluster-resources/nodes.json`), must-gather
 * (`namespaces/NAMESPACE/GROUP/pods.yaml`, `cluster-scoped-resources/GROUP/nodes.yaml`) and bundles of Rancher's support-bundle-kit
 * (`yamls/namespaced/NAMESPACE/[GROUP/]VERSION/pods.yaml`, `yamls/cluster/[GROUP/]VERSION/nodes.yaml`).
 * @param path the file's path inside the folder or archive, with `/`.
 */
export function placeOf(path: string): Place {
  const parts = path.split('/').filter((part) => part !== '');
  const file = (parts.at(-1) ?? '').replace(/\.(?:json|ya?ml)(?:\.gz)?$/i, '');
  const folder = parts.at(-2);
  const bundle = parts.lastIndexOf('cluster-resources');
  if (bundle !== -1) {
    const inside = parts.length - bundle - 1;
    if (inside === 2) return { namespace: file, ...place(named(folder), file) };
    return inside === 1 ? place(named(file), undefined) : {};
  }
  const kit = parts.lastIndexOf('yamls');
  if (kit !== -1 && parts[kit + 1] === 'cluster') return versioned(parts.slice(kit + 2, -1), file, undefined);
  if (kit !== -1 && parts[kit + 1] === 'namespaced') return versioned(parts.slice(kit + 3, -1), file, parts[kit + 2]);
  const gathered = parts.lastIndexOf('namespaces');
  if (gathered !== -1 && parts.length - gathered === 4) return place(named(file), parts[gathered + 1]);
  if (parts.includes('cluster-scoped-resources')) return place(named(file), undefined);
  return folder === undefined ? {} : place(named(file), folder);
}

/** A file under `[GROUP/]VERSION`: other groups have nodes and pods too, as Longhorn and the metrics API. */
function versioned(folders: readonly string[], file: string, namespace: string | undefined): Place {
  const group = folders.length === 1 ? '' : folders[0];
  const resource = allResources.find((one) => resources[one].plural === file && groupOf(one) === group);
  return { ...place(resource, namespace), kit: true };
}

function groupOf(resource: Resource): string {
  const { apiVersion } = resources[resource];
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

function place(resource: Resource | undefined, namespace: string | undefined): Place {
  if (resource === undefined) return {};
  return namespace !== undefined && resources[resource].namespaced ? { resource, namespace } : { resource };
}

/** `replication-controllers`, `pvcs`, `storage-classes`, `ingress`: the file names that those tools use. */
function named(word: string | undefined): Resource | undefined {
  return word === undefined ? undefined : byWord.get(fold(word));
}

function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, '');
}

const extra: Partial<Record<Resource, readonly string[]>> = { persistentvolumes: ['pvs'] };

const byWord = new Map(
  allResources.flatMap((resource) => {
    const { plural, kind, short = [] } = resources[resource];
    const words = [plural, kind.toLowerCase(), resource, ...short.filter((one) => one.length > 2).flatMap(withPlural)];
    return [...words, ...(extra[resource] ?? [])].map((word) => [fold(word), resource] as const);
  }),
);

function withPlural(word: string): readonly string[] {
  return [word, `${word}s`];
}
