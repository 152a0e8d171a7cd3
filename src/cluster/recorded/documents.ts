import { resources } from '../../model/resources.ts';
import { isRecord } from '../shape.ts';
import type { Place } from './layout.ts';

export type Raw = Readonly<Record<string, unknown>>;

/**
 * The items of a list: `kind: List`, `kind: PodList`, items without a kind. Go writes an empty list that it holds as nil as
 * `items: null`, as support bundles do. Undefined for what is no list.
 */
export function itemsOf(document: Raw): readonly unknown[] | undefined {
  const { kind, items } = document;
  const named = typeof kind === 'string' && kind.endsWith('List');
  if (Array.isArray(items)) return kind === undefined || named ? items : undefined;
  return items === null && named ? [] : undefined;
}

/** The kind of the items, where the list or its place says it. */
export function typed(document: Raw, place: Place): { apiVersion: string; kind: string } | undefined {
  const { apiVersion, kind } = document;
  if (typeof kind === 'string' && kind !== 'List' && typeof apiVersion === 'string')
    return { apiVersion, kind: kind.slice(0, -'List'.length) };
  return place.resource === undefined || (kind === 'List' && place.kit !== true)
    ? undefined
    : resources[place.resource];
}

/** A page of a larger list, as `kubectl get --raw '...?limit=500'` gives it. */
export function isPage(document: Raw): boolean {
  const metadata = isRecord(document['metadata']) ? document['metadata'] : {};
  return typeof metadata['continue'] === 'string' && metadata['continue'] !== '';
}

/** `kubectl version -o json`, or `cluster_version.json` of a support bundle. */
export function gitVersion(document: Raw): string | undefined {
  const { serverVersion, info } = document;
  const found = isRecord(serverVersion) ? serverVersion['gitVersion'] : isRecord(info) ? info['gitVersion'] : undefined;
  return typeof found === 'string' && /^v\d/.test(found) ? found : undefined;
}

/** What a document is that looks like an object but is not stored by an API server; undefined where it may be one. */
export function notStored(document: Raw, kind: string): string | undefined {
  if (kind === 'Config' && Array.isArray(document['clusters'])) return 'it is a kubeconfig: give it with --kubeconfig';
  if (kind === 'Status') return `it holds an answer of the API server: ${String(document['message']).slice(0, 200)}`;
  return kind === 'Table' ? 'it holds a Table: write it with kubectl get -o json' : undefined;
}
