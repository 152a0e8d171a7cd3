import type { V1ObjectMeta } from '@kubernetes/client-node/dist/gen/models/all.js';
import type { Wire } from './wire.ts';

/** Metadata with the one field that every stored object has. */
export type Metadata = Wire<V1ObjectMeta> & { readonly name: string };

/** What every object in a snapshot has, whatever its kind: the loader adds `apiVersion` and `kind`, which list items lack. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

/** Names one object. Two references are equal when group, kind, namespace and name are: the version does not matter. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The reference to an object of a snapshot. */
export function ref(object: KubeObject): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  return metadata.namespace === undefined
    ? { apiVersion, kind, name: metadata.name }
    : { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

/** The API group of an `apiVersion`: `apps/v1` gives `apps`, `v1` the empty string of the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

/** The identity of a reference as one string, for maps and sorting: `group/kind/namespace/name`. */
export function refKey(object: ObjectRef): string {
  return `${groupOf(object.apiVersion)}/${object.kind}/${object.namespace ?? ''}/${object.name}`;
}

/** True when both name the same object. */
export function sameRef(one: ObjectRef, other: ObjectRef): boolean {
  return refKey(one) === refKey(other);
}

/** A reference as people write it: `Deployment shop/web`, `Node n1`. */
export function refText(object: ObjectRef): string {
  return object.namespace === undefined
    ? `${object.kind} ${object.name}`
    : `${object.kind} ${object.namespace}/${object.name}`;
}
