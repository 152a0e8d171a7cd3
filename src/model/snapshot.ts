import type { Resource, ResourceTypes } from './resources.ts';

/** All that could be read of one resource, in one namespace or in the whole cluster, ordered by namespace and name. */
export interface Listing<T> {
  readonly items: readonly T[];
  /** False when objects may exist that are not in `items`: absence proves nothing then. */
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly reason?: string;
}

/** Three answers: it is there, it is not there, it could not be seen. A forbidden list is never "absent". */
export type Lookup<T> =
  | { readonly state: 'found'; readonly object: T }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly reason: string };

/** What was seen of the way to the API server: public halves of certificates, and dates. */
export interface AccessFacts {
  /** The cluster's name in the kubeconfig. */
  readonly name: string;
  /** The certificate that the API server showed, PEM. */
  readonly served?: string;
  /** The authorities by which the kubeconfig trusts it, PEM. */
  readonly trusted?: string;
  /** The dates, RFC 3339, of the client certificate that the kubeconfig holds; not those of one that a plugin makes. */
  readonly client?: { readonly notBefore: string; readonly notAfter: string };
}

/** A cluster at one moment: read-only, in memory, three-valued. `Reads` are the resources its user declared. */
export interface Snapshot<Reads extends Resource = Resource> {
  /** The moment of the recording as RFC 3339; ages are measured against it, never against the wall clock. */
  readonly takenAt: string;
  /** The API server's version (`v1.36.3`), where known. */
  readonly serverVersion?: string;
  /** How it was reached; undefined where that is not known. */
  readonly access?: AccessFacts;
  /** All objects of a resource; with `namespace` only those in it. */
  list<R extends Reads>(resource: R, namespace?: string): Listing<ResourceTypes[R]>;
  /** One object by name. `namespace` is needed for namespaced resources. */
  lookup<R extends Reads>(resource: R, name: string, namespace?: string): Lookup<ResourceTypes[R]>;
}

/** Where a resource was read to the end: everywhere, or in the namespaces named; `reason` says why not elsewhere. */
export interface Coverage {
  readonly complete: 'all' | readonly string[];
  readonly reason?: string;
}

/** What was not seen. */
export interface Gap {
  readonly what: 'resource' | 'namespace' | 'analyzer' | 'explanation';
  readonly name: string;
  readonly reason: string;
}
