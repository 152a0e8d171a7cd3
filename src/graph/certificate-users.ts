import { type KubeObject, type ObjectRef, ref, refKey } from '../model/object.ts';
import type { ResourceTypes } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { once } from './memo.ts';
import { topOf } from './owners.ts';
import { referencesOf } from './references.ts';

/** What is read to tell who uses a Secret or a ConfigMap that holds certificates. */
export type CertificateUserReads =
  | 'ingresses.networking.k8s.io'
  | 'gateways.gateway.networking.k8s.io'
  | 'pods'
  | 'deployments.apps'
  | 'statefulsets.apps'
  | 'daemonsets.apps'
  | 'replicasets.apps'
  | 'jobs.batch'
  | 'cronjobs.batch'
  | 'replicationcontrollers'
  | 'issuers.cert-manager.io'
  | 'clusterissuers.cert-manager.io';

/** One user of a Secret or ConfigMap, and the field by which it names it. */
export interface CertificateUser {
  /** What a person would edit: the Deployment, not its pods. */
  readonly object: ObjectRef;
  readonly field: string;
}

/** Who uses a Secret or ConfigMap: each user once. An empty list proves nothing: controllers also read Secrets by the API. */
export function certificateUsers(
  snapshot: Snapshot<CertificateUserReads>,
  object: KubeObject,
): readonly CertificateUser[] {
  return users(snapshot).get(refKey(ref(object))) ?? [];
}

const users = once((snapshot: Snapshot<CertificateUserReads>) => {
  const index = new Map<string, CertificateUser[]>();
  for (const [target, user] of everyUse(snapshot)) {
    const known = index.get(target);
    if (known === undefined) index.set(target, [user]);
    else if (!known.some(({ object }) => refKey(object) === refKey(user.object))) known.push(user);
  }
  return index;
});

const secretKey = (namespace: string | undefined, name: string) => `/Secret/${namespace ?? ''}/${name}`;

function* everyUse(snapshot: Snapshot<CertificateUserReads>): Generator<readonly [string, CertificateUser]> {
  for (const ingress of snapshot.list('ingresses.networking.k8s.io').items) {
    for (const [index, { secretName }] of (ingress.spec.tls ?? []).entries()) {
      if (secretName === undefined || secretName === '') continue;
      const field = `spec.tls[${index}].secretName`;
      yield [secretKey(ingress.metadata.namespace, secretName), { object: ref(ingress), field }];
    }
  }
  for (const gateway of snapshot.list('gateways.gateway.networking.k8s.io').items) {
    for (const [index, { tls }] of (gateway.spec.listeners ?? []).entries()) {
      for (const [at, { kind = 'Secret', name, namespace }] of (tls?.certificateRefs ?? []).entries()) {
        if (kind !== 'Secret' || name === undefined) continue;
        const field = `spec.listeners[${index}].tls.certificateRefs[${at}].name`;
        yield [secretKey(namespace ?? gateway.metadata.namespace, name), { object: ref(gateway), field }];
      }
    }
  }
  for (const issuer of snapshot.list('issuers.cert-manager.io').items) {
    const name = issuer.spec.ca?.secretName;
    if (name !== undefined)
      yield [secretKey(issuer.metadata.namespace, name), { object: ref(issuer), field: 'spec.ca.secretName' }];
  }
  for (const issuer of snapshot.list('clusterissuers.cert-manager.io').items) {
    const name = issuer.spec.ca?.secretName;
    if (name === undefined) continue;
    for (const namespace of certManagerNamespaces(snapshot))
      yield [secretKey(namespace, name), { object: ref(issuer), field: 'spec.ca.secretName' }];
  }
  yield* podUses(snapshot);
}

function* podUses(snapshot: Snapshot<CertificateUserReads>): Generator<readonly [string, CertificateUser]> {
  const uses = (object: KubeObject, spec: ResourceTypes['pods']['spec'] | undefined, path: string) =>
    spec === undefined
      ? []
      : referencesOf(spec, { namespace: object.metadata.namespace, path })
          .filter(({ resource }) => resource === 'secrets' || resource === 'configmaps')
          .map((one) => [refKey(one.object), { object: topOf(snapshot, object), field: one.path }] as const);
  const templates = [
    ...snapshot.list('deployments.apps').items.filter(({ spec }) => spec.replicas !== 0),
    ...snapshot.list('statefulsets.apps').items.filter(({ spec }) => spec.replicas !== 0),
    ...snapshot.list('daemonsets.apps').items,
  ];
  for (const one of templates) yield* uses(one, one.spec.template?.spec, 'spec.template.spec');
  for (const pod of snapshot.list('pods').items) {
    const { phase } = pod.status ?? {};
    if (phase !== 'Succeeded' && phase !== 'Failed') yield* uses(pod, pod.spec, 'spec');
  }
}

/** Where ClusterIssuers have their Secrets: the namespace of cert-manager, unless its flag --cluster-resource-namespace says else. */
export const certManagerNamespaces = once((snapshot: Snapshot<'deployments.apps'>): readonly string[] => {
  const found = certManagers(snapshot).flatMap(({ metadata }) => metadata.namespace ?? []);
  return found.length === 0 ? ['cert-manager'] : [...new Set(found)];
});

/** The Deployments of cert-manager's controller. */
export const certManagers = once((snapshot: Snapshot<'deployments.apps'>) =>
  snapshot
    .list('deployments.apps')
    .items.filter(
      ({ metadata }) =>
        metadata.labels?.['app.kubernetes.io/name'] === 'cert-manager' ||
        (metadata.name === 'cert-manager' && metadata.namespace === 'cert-manager'),
    ),
);
