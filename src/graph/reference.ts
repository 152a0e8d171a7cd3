import type { Capability } from '../model/finding.ts';
import type { ObjectRef } from '../model/object.ts';
import { type Resource, resources } from '../model/resources.ts';

/** The resources that pods name. */
export type Referable = Extract<
  Resource,
  | 'configmaps'
  | 'persistentvolumeclaims'
  | 'priorityclasses.scheduling.k8s.io'
  | 'runtimeclasses.node.k8s.io'
  | 'secrets'
  | 'serviceaccounts'
  | 'storageclasses.storage.k8s.io'
>;

/** One place where a pod names another object. */
export interface Reference {
  readonly resource: Referable;
  readonly object: ObjectRef;
  /** The field that holds the name, from the root of the object the spec is in. */
  readonly path: string;
  /** The key of a Secret or ConfigMap that is needed, where one is named, and the field that names it. */
  readonly key?: string;
  readonly keyPath?: string;
  /** True where pods start without it (`optional: true`). */
  readonly optional: boolean;
  /** What the pod needs it for. */
  readonly needs: Capability;
  /** True for what the system makes by itself (ServiceAccount `default`, claims of ephemeral volumes, CA bundles). */
  readonly generated: boolean;
  readonly container?: string;
  readonly volume?: string;
}

/** What a reference is beside its target. */
export type Details = Omit<Partial<Reference>, 'resource' | 'object' | 'path' | 'needs'>;

/** Makes references of one pod spec: they share its namespace and begin with its path. */
export class ReferenceMaker {
  readonly #namespace: string | undefined;
  readonly #path: string;

  constructor(namespace: string | undefined, path: string) {
    this.#namespace = namespace;
    this.#path = path;
  }

  /** A reference, or none where the name is empty: old objects hold empty names, which name nothing. */
  to(
    resource: Referable,
    name: string | undefined,
    path: string,
    needs: Capability,
    details: Details = {},
  ): readonly Reference[] {
    if (name === undefined || name === '') return [];
    const { apiVersion, kind, namespaced } = resources[resource];
    const namespace = namespaced ? this.#namespace : undefined;
    const object = namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
    const full = { resource, object, path: this.#at(path), needs, optional: false, generated: false };
    const keyPath = details.keyPath === undefined ? {} : { keyPath: this.#at(details.keyPath) };
    return [{ ...full, ...details, ...keyPath }];
  }

  #at(path: string): string {
    return this.#path === '' ? path : `${this.#path}.${path}`;
  }
}
