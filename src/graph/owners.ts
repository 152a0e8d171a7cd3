import { groupOf, type KubeObject, type ObjectRef, ref, refKey } from '../model/object.ts';
import { allResources, type Resource, resourceOf, resources } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { groupBy, once } from './memo.ts';

/**
 * The owner that manages an object (`ownerReferences[].controller`). Nodes are none, for a static pod belongs to nobody; nor is the
 * cluster's one object of an operator (ClusterPolicy), under which all that it runs would become one.
 */
export function controllerOf(object: KubeObject): ObjectRef | undefined {
  const owner = object.metadata.ownerReferences?.find((one) => one.controller === true);
  if (owner === undefined || (owner.kind === 'Node' && groupOf(owner.apiVersion) === '')) return undefined;
  const { apiVersion, kind, name } = owner;
  const namespace = object.metadata.namespace;
  const resource = resourceOf(apiVersion, kind);
  if (namespace !== undefined && resource !== undefined && !resources[resource].namespaced) return undefined;
  return namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
}

/** The object behind a reference, where the snapshot holds it. */
export function find(snapshot: Snapshot, reference: ObjectRef): KubeObject | undefined {
  const resource = resourceOf(reference.apiVersion, reference.kind);
  if (resource === undefined) return undefined;
  const found = snapshot.lookup(resource, reference.name, reference.namespace);
  return found.state === 'found' ? found.object : undefined;
}

/**
 * The chain of controllers above an object, nearest first: ReplicaSet, then Deployment. It ends at the last owner that may exist,
 * even where that one is of a kind the snapshot does not hold; an owner that was deleted, or deleted and made anew under its name
 * (another uid), is not an owner.
 */
export function controllersOf(snapshot: Snapshot, object: KubeObject): readonly ObjectRef[] {
  const chain: ObjectRef[] = [];
  let current: KubeObject | undefined = object;
  while (current !== undefined && chain.length < 8) {
    const owner = controllerOf(current);
    if (owner === undefined) break;
    const resource = resourceOf(owner.apiVersion, owner.kind);
    const above = resource === undefined ? undefined : snapshot.lookup(resource, owner.name, owner.namespace);
    if (above?.state === 'absent') break;
    chain.push(owner);
    if (above?.state !== 'found') return [...chain, ...deploymentByHash(current, owner)];
    const uid = current.metadata.ownerReferences?.find((one) => one.controller === true)?.uid;
    if (
      above.object.metadata.uid !== undefined &&
      uid !== undefined &&
      uid !== '' &&
      above.object.metadata.uid !== uid
    ) {
      chain.pop();
      break;
    }
    current = above.object;
  }
  return chain;
}

/**
 * The Deployment of a pod whose ReplicaSet could not be seen: the Deployment controller names a ReplicaSet `DEPLOYMENT-HASH` and
 * puts the hash into the label `pod-template-hash` of its pods.
 */
function deploymentByHash(pod: KubeObject, owner: ObjectRef): readonly ObjectRef[] {
  const hash = pod.metadata.labels?.['pod-template-hash'];
  if (owner.kind !== 'ReplicaSet' || hash === undefined || !owner.name.endsWith(`-${hash}`)) return [];
  return [{ ...owner, kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) }];
}

/** Kinds that controllers make, replace and name by themselves. */
const generated = new Set(['Job', 'Pod', 'ReplicaSet', 'ReplicationController']);

/**
 * What a person would edit to change an object: the first of its controllers that was named by somebody, or the object itself. A
 * Deployment, a StatefulSet or a Service that an operator's resource owns stays what it is: one such resource owns many of them.
 */
export function topOf(snapshot: Snapshot, object: KubeObject): ObjectRef {
  const chain = [ref(object), ...controllersOf(snapshot, object)];
  return chain.find(({ kind }) => !generated.has(kind)) ?? chain.at(-1) ?? ref(object);
}

/** The objects of one resource that a controller owns directly. */
export function ownedBy<R extends Resource>(snapshot: Snapshot<NoInfer<R>>, resource: R, owner: KubeObject) {
  const owned = ownedIndex(snapshot as Snapshot, resource).get(refKey(ref(owner))) ?? [];
  return owned.filter((one) => {
    const uid = one.metadata.ownerReferences?.find((reference) => reference.controller === true)?.uid;
    return uid === undefined || uid === '' || owner.metadata.uid === undefined || uid === owner.metadata.uid;
  });
}

const indexes = once((_snapshot: Snapshot) => new Map<Resource, Map<string, KubeObject[]>>());

function ownedIndex<R extends Resource>(snapshot: Snapshot, resource: R) {
  const all = indexes(snapshot);
  let index = all.get(resource);
  if (index === undefined) {
    index = groupBy(snapshot.list(resource).items as readonly KubeObject[], (object) => {
      const owner = controllerOf(object);
      return owner === undefined ? undefined : refKey(owner);
    });
    all.set(resource, index);
  }
  return index as Map<string, import('../model/resources.ts').ResourceTypes[R][]>;
}

/** Every resource whose objects can be controllers or be controlled. */
export const controllerResources = allResources.filter((resource) =>
  /^(deployments|replicasets|statefulsets|daemonsets|jobs|cronjobs|replicationcontrollers)/.test(resource),
);
