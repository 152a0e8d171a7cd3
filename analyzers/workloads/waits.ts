import {
  admissionLinks,
  type CauseLink,
  computed,
  condition,
  controllerManagerLink,
  type Draft,
  earliest,
  type Evidence,
  isReady,
  isSettling,
  type KubeObject,
  latest,
  olderThan,
  type Pod,
  type PodSpec,
  ref,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';

export type Out = Draft<Code>;

/** Settings, in seconds. */
export interface Waits {
  readonly grace: number;
  readonly starting: number;
}

/** The hash that the controllers of StatefulSets and DaemonSets label a pod's revision with. */
export const revisionLabel = 'controller-revision-hash';

/** Those of a controller's pods that are not available yet but need nobody's help. */
export function settling(
  snapshot: Snapshot<'events' | 'nodes'>,
  pods: readonly Pod[],
  waits: Waits,
  minReady = 0,
): readonly Pod[] {
  return pods.filter((pod) => {
    const leaving = pod.metadata.deletionTimestamp;
    // It is set ahead by the grace period that the pod was given.
    if (leaving !== undefined) return !olderThan(snapshot, leaving, waits.grace);
    if (isReady(pod) && minReady === 0) return false;
    return isSettling(snapshot, pod, { ...waits, minReady });
  });
}

/** When the first of several pods that are not ready became so. */
export function unreadySince(pods: readonly Pod[]): string | undefined {
  return earliest(
    pods.map((pod) => {
      const ready = condition(pod, 'Ready');
      return ready?.status === 'True' ? undefined : latest([ready?.lastTransitionTime, pod.metadata.creationTimestamp]);
    }),
  );
}

/**
 * Links of a controller that lacks pods: their creation is refused (a finding about itself), or its controller is dead.
 * @param options.none true where not one pod exists: what every pod of the template needs to be admitted is a cause, too.
 */
export function missingPodLinks(
  object: KubeObject & { readonly spec: { readonly template?: { readonly spec?: PodSpec } } },
  path: string,
  value: string,
  { none = false }: { readonly none?: boolean } = {},
): CauseLink[] {
  return [
    { object: ref(object), needs: 'ready', via: { field: path, value }, certainty: 'sure' },
    controllerManagerLink(path, value),
    ...(none ? admissionLinks(object.spec.template?.spec, object.metadata.namespace) : []),
  ];
}

/** Says that pods could not be read, where that is so. */
export function unseenEvidence(snapshot: Snapshot<'pods'>, object: KubeObject): Evidence[] {
  const { complete, reason } = snapshot.list('pods', object.metadata.namespace);
  return complete
    ? []
    : [computed(object, `its pods could not all be read${reason === undefined ? '' : `: ${reason}`}`)];
}

/** Up to five names, and how many more there are. */
export function names(all: readonly string[]): string {
  const shown = all.slice(0, 5).join(', ');
  return all.length > 5 ? `${shown} and ${all.length - 5} more` : shown;
}
