import {
  controllerOf,
  type FailedCreation,
  failedCreations,
  find,
  groupBy,
  type KubeObject,
  latest,
  olderThan,
  ownedBy,
  type PodSpec,
  pullSecretsOf,
  ref,
  referencesOf,
  refKey,
  topOf,
} from '../../src/kit.ts';
import { use, type Use, type View } from './use.ts';

interface Template {
  readonly owner: KubeObject;
  readonly spec: PodSpec;
  readonly path: string;
  /** True where no pod is wanted now. */
  readonly idle: boolean;
  /** When pods were first made of it, as far as known. */
  readonly since: string | undefined;
}

/** What templates name, so that a missing object is found before the next restart. */
export function* templateUses(snapshot: View, graceSeconds: number): Iterable<Use> {
  const refused = groupBy(failedCreations(snapshot), (failure) => refKey(topOf(snapshot, failure.object)));
  const accounts = new Map<string, boolean>();
  for (const template of templates(snapshot)) {
    const { owner, spec, path, idle } = template;
    if (template.since !== undefined && !olderThan(snapshot, template.since, graceSeconds)) continue;
    const failures = refused.get(refKey(ref(owner))) ?? [];
    const namespace = owner.metadata.namespace;
    for (const reference of referencesOf(spec, { namespace, path })) {
      const { resource, object, key, keyPath, needs, generated, optional } = reference;
      if (optional) continue;
      const saying = failures.filter((failure) => names(failure, resource, object.name));
      if (generated && saying.length === 0) continue;
      yield use(owner, resource, object, reference.path, saying.length > 0 ? 'broken' : idle ? 'idle' : 'later', {
        harmless: needs === 'pull',
        saysObject: saying.length > 0,
        proof: saying.slice(0, 1).map(({ evidence }) => evidence),
        ...(key === undefined ? {} : { key }),
        ...(keyPath === undefined ? {} : { keyPath }),
      });
    }
    if ((spec.imagePullSecrets ?? []).length > 0) continue;
    const account = `${namespace ?? ''}/${spec.serviceAccountName ?? spec.serviceAccount ?? 'default'}`;
    accounts.set(account, idle && (accounts.get(account) ?? true));
  }
  for (const account of snapshot.list('serviceaccounts').items) {
    const idle = accounts.get(`${account.metadata.namespace ?? ''}/${account.metadata.name}`);
    if (idle === undefined) continue;
    for (const { resource, object, path } of pullSecretsOf(account))
      yield use(account, resource, object, path, idle ? 'idle' : 'later', { harmless: true });
  }
}

function names({ denial }: FailedCreation, resource: string, name: string): boolean {
  return denial.kind === 'missing' && denial.resource === resource && denial.name === name;
}

/** Templates of what nobody else in the snapshot controls. Jobs that ended make no pods any more. */
function* templates(snapshot: View): Iterable<Template> {
  const path = 'spec.template.spec';
  for (const owner of snapshot.list('deployments.apps').items) {
    const sets = ownedBy(snapshot, 'replicasets.apps', owner).map(({ metadata }) => metadata.creationTimestamp);
    const since = latest([owner.metadata.creationTimestamp, ...sets]);
    yield { owner, spec: owner.spec.template.spec ?? noSpec, path, idle: owner.spec.replicas === 0, since };
  }
  for (const resource of ['statefulsets.apps', 'replicasets.apps', 'replicationcontrollers'] as const) {
    for (const owner of snapshot.list(resource).items) {
      const spec = owner.spec.template?.spec;
      if (spec === undefined || isControlled(snapshot, owner)) continue;
      yield { owner, spec, path, idle: owner.spec.replicas === 0, since: owner.metadata.creationTimestamp };
    }
  }
  for (const owner of snapshot.list('daemonsets.apps').items) {
    const idle = owner.status?.desiredNumberScheduled === 0;
    yield { owner, spec: owner.spec.template.spec ?? noSpec, path, idle, since: owner.metadata.creationTimestamp };
  }
  for (const owner of snapshot.list('jobs.batch').items) {
    const ended = owner.status?.conditions?.some(
      ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
    );
    if (ended === true || isControlled(snapshot, owner)) continue;
    const idle = owner.spec.suspend === true;
    yield { owner, spec: owner.spec.template.spec ?? noSpec, path, idle, since: owner.metadata.creationTimestamp };
  }
  for (const owner of snapshot.list('cronjobs.batch').items) {
    const spec = owner.spec.jobTemplate.spec?.template.spec ?? noSpec;
    const inside = 'spec.jobTemplate.spec.template.spec';
    const since = owner.metadata.creationTimestamp;
    yield { owner, spec, path: inside, idle: owner.spec.suspend === true, since };
  }
}

const noSpec: PodSpec = { containers: [] };

function isControlled(snapshot: View, object: KubeObject): boolean {
  const owner = controllerOf(object);
  return owner !== undefined && find(snapshot, owner) !== undefined;
}
