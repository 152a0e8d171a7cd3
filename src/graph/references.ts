import type { CauseLink } from '../model/finding.ts';
import type { Container, PodSpec, ResourceTypes } from '../model/resources.ts';
import { type Reference, ReferenceMaker } from './reference.ts';
import { volumeReferences } from './reference-volumes.ts';

export type { Referable, Reference } from './reference.ts';

export interface PodSpecPlace {
  /** The namespace the pod runs in. */
  readonly namespace: string | undefined;
  /** Where the spec is in its object: `spec` of a pod (the default), `spec.template.spec` of a workload. */
  readonly path?: string;
  /** The pod's name, where it has one. */
  readonly pod?: string;
}

/** Classes that every API server makes at its start. */
const builtInPriorities = new Set(['system-cluster-critical', 'system-node-critical']);

/**
 * Every object that a pod spec names: Secrets and ConfigMaps (environment, volumes, pull secrets), ServiceAccount, claims and their
 * classes, PriorityClass, RuntimeClass. A key makes a reference of its own, in place of the one without a key. Pure: whether the
 * objects exist is not looked at.
 */
export function referencesOf(spec: PodSpec, place: PodSpecPlace): readonly Reference[] {
  const make = new ReferenceMaker(place.namespace, place.path ?? 'spec');
  const containers = (field: 'initContainers' | 'containers' | 'ephemeralContainers') =>
    (spec[field] ?? []).flatMap((container, index) => containerReferences(make, container, `${field}[${index}]`));
  const account = spec.serviceAccountName ?? spec.serviceAccount ?? 'default';
  const priority = spec.priorityClassName;
  return [
    ...containers('initContainers'),
    ...containers('containers'),
    ...containers('ephemeralContainers'),
    ...(spec.volumes ?? []).flatMap((volume, index) => volumeReferences(make, volume, `volumes[${index}]`, place.pod)),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, index) =>
      make.to('secrets', name, `imagePullSecrets[${index}].name`, 'pull'),
    ),
    ...make.to('serviceaccounts', account, 'serviceAccountName', 'admit', { generated: account === 'default' }),
    ...make.to('priorityclasses.scheduling.k8s.io', priority, 'priorityClassName', 'admit', {
      generated: priority !== undefined && builtInPriorities.has(priority),
    }),
    ...make.to('runtimeclasses.node.k8s.io', spec.runtimeClassName, 'runtimeClassName', 'admit'),
  ];
}

/**
 * Links of a workload of which no pod exists to what a pod of its template is refused without: ServiceAccount, PriorityClass and
 * RuntimeClass. Source: the admission plugins ServiceAccount, Priority and RuntimeClass.
 */
export function admissionLinks(template: PodSpec | undefined, namespace: string | undefined): readonly CauseLink[] {
  if (template === undefined) return [];
  return referencesOf(template, { namespace, path: 'spec.template.spec' })
    .filter(({ needs, generated }) => needs === 'admit' && !generated)
    .map(({ object, needs, path }) => ({ object, needs, via: { field: path, value: object.name }, certainty: 'sure' }));
}

/** What a container's environment names. Keys are needed to start, whole objects too; the API server checks neither. */
function containerReferences(
  make: ReferenceMaker,
  { name: container, env = [], envFrom = [] }: Pick<Container, 'name' | 'env' | 'envFrom'>,
  at: string,
): readonly Reference[] {
  return [
    ...envFrom.flatMap(({ secretRef, configMapRef }, index) => [
      ...make.to('secrets', secretRef?.name, `${at}.envFrom[${index}].secretRef.name`, 'start', {
        container,
        optional: secretRef?.optional === true,
      }),
      ...make.to('configmaps', configMapRef?.name, `${at}.envFrom[${index}].configMapRef.name`, 'start', {
        container,
        optional: configMapRef?.optional === true,
      }),
    ]),
    ...env.flatMap(({ valueFrom }, index) => {
      // Most variables are plain, and clusters have hundreds of thousands.
      if (valueFrom === undefined) return [];
      const from = `${at}.env[${index}].valueFrom`;
      const secret = valueFrom.secretKeyRef;
      const configMap = valueFrom.configMapKeyRef;
      return [
        ...make.to('secrets', secret?.name, `${from}.secretKeyRef.name`, 'start', {
          container,
          optional: secret?.optional === true,
          ...keyOf(secret?.key, `${from}.secretKeyRef.key`),
        }),
        ...make.to('configmaps', configMap?.name, `${from}.configMapKeyRef.name`, 'start', {
          container,
          optional: configMap?.optional === true,
          ...keyOf(configMap?.key, `${from}.configMapKeyRef.key`),
        }),
      ];
    }),
  ];
}

function keyOf(key: string | undefined, keyPath: string) {
  return key === undefined || key === '' ? {} : { key, keyPath };
}

/** The pull Secrets of a ServiceAccount: admission gives them to pods that name none of their own. */
export function pullSecretsOf(account: ResourceTypes['serviceaccounts']): readonly Reference[] {
  const make = new ReferenceMaker(account.metadata.namespace, '');
  return (account.imagePullSecrets ?? []).flatMap(({ name }, index) =>
    make.to('secrets', name, `imagePullSecrets[${index}].name`, 'pull'),
  );
}
