import {
  type Capability,
  type CauseLink,
  condition,
  type Node,
  type ObjectRef,
  type Pod,
  once,
  type Reference,
  referencesOf,
} from '../../src/kit.ts';
import type { PodCase } from './case.ts';

/** The node a pod is bound to, as a cause of what a dead or hard-pressed node explains. */
export function nodeLinks({ pod }: PodCase, certainty: CauseLink['certainty'] = 'sure'): readonly CauseLink[] {
  const name = pod.spec.nodeName;
  if (name === undefined || name === '') return [];
  return [{ object: nodeRef(name), needs: 'run', via: { field: 'spec.nodeName', value: name }, certainty }];
}

/** The node a pod is bound to, as a cause of what a fault of its devices explains. */
export function deviceLinks({ pod }: PodCase): readonly CauseLink[] {
  const name = pod.spec.nodeName;
  if (name === undefined || name === '') return [];
  return [{ object: nodeRef(name), needs: 'start', via: { field: 'spec.nodeName', value: name }, certainty: 'sure' }];
}

export function nodeRef(name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Node', name };
}

/** The Node of a pod, where the snapshot holds it. */
export function nodeOf({ snapshot, pod }: PodCase): Node | undefined {
  const name = pod.spec.nodeName;
  if (name === undefined || name === '') return undefined;
  const found = snapshot.lookup('nodes', name);
  return found.state === 'found' ? found.object : undefined;
}

/**
 * The Ready condition of the pod's node where it is not True: the kubelet does not report on its pods then. Undefined where the
 * node is Ready or cannot be seen.
 */
export function deadNode(one: PodCase) {
  const node = nodeOf(one);
  const ready = node === undefined ? undefined : condition(node, 'Ready');
  return node === undefined || ready === undefined || ready.status === 'True' ? undefined : { node, ready };
}

/** Everything a pod names. */
export const podReferences: (pod: Pod) => readonly Reference[] = once((pod: Pod) =>
  referencesOf(pod.spec, { namespace: pod.metadata.namespace, pod: pod.metadata.name }),
);

/** Links to what references name; optional ones are left out, for a pod starts without them. */
export function referenceLinks(references: readonly Reference[], needs?: Capability): readonly CauseLink[] {
  return references
    .filter(({ optional }) => !optional)
    .map((one) => ({
      object: one.object,
      needs: needs ?? one.needs,
      via: { field: one.path, value: one.object.name },
      certainty: 'sure',
    }));
}
