import type { Evidence, KubeObject, ObjectRef, Reference, Resource, Snapshot } from '../../src/kit.ts';

export const reads = [
  'apiservices.apiregistration.k8s.io',
  'certificates.cert-manager.io',
  'configmaps',
  'cronjobs.batch',
  'daemonsets.apps',
  'deployments.apps',
  'events',
  'ingressclasses.networking.k8s.io',
  'ingresses.networking.k8s.io',
  'jobs.batch',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'namespaces',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'priorityclasses.scheduling.k8s.io',
  'replicasets.apps',
  'replicationcontrollers',
  'runtimeclasses.node.k8s.io',
  'secrets',
  'serviceaccounts',
  'services',
  'statefulsets.apps',
  'storageclasses.storage.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
] as const satisfies readonly Resource[];

type Reads = (typeof reads)[number];
export type View = Snapshot<Reads>;

/** What can be missing. */
export type Target = Reference['resource'] | 'ingressclasses.networking.k8s.io' | 'services';

/** How much a referrer suffers if what it names is missing: not now, at its next start, perhaps now, surely now. */
export type Need = 'idle' | 'later' | 'perhaps' | 'broken';

/** One referrer that names one object, and how it stands with it. */
export interface Use {
  readonly referrer: KubeObject;
  readonly resource: Target;
  readonly object: ObjectRef;
  readonly path: string;
  readonly key?: string;
  readonly keyPath?: string;
  readonly need: Need;
  /** True where the name does no harm while everything works: a pull Secret. */
  readonly harmless: boolean;
  /** True when the system itself says that the object, or the key, was not found. */
  readonly saysObject: boolean;
  readonly saysKey: boolean;
  /** What shows that the referrer is broken. */
  readonly proof: readonly Evidence[];
}

/** A use with what most have. */
export function use(
  referrer: KubeObject,
  resource: Target,
  object: ObjectRef,
  path: string,
  need: Need,
  more: Partial<Use> = {},
): Use {
  return {
    referrer,
    resource,
    object,
    path,
    need,
    harmless: false,
    saysObject: false,
    saysKey: false,
    proof: [],
    ...more,
  };
}
