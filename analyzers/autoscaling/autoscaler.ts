import {
  computed,
  conditionIs,
  field,
  type ObjectRef,
  type Resource,
  resourceOf,
  type ResourceTypes,
  type Snapshot,
} from '../../src/kit.ts';

export type Autoscaler = ResourceTypes['horizontalpodautoscalers.autoscaling'];

/** The kinds of target that the tool reads. */
export const targets = ['deployments.apps', 'statefulsets.apps', 'replicasets.apps', 'replicationcontrollers'] as const;
export type Target = (typeof targets)[number];

function isTarget(resource: Resource | undefined): resource is Target {
  return targets.some((one) => one === resource);
}

/** The object that an autoscaler scales. */
export function targetOf({ metadata, spec }: Autoscaler): ObjectRef {
  const { apiVersion = 'apps/v1', kind, name } = spec.scaleTargetRef;
  const { namespace } = metadata;
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** Whether the target of an autoscaler exists; unknown for kinds that are not read. */
export function targetState(snapshot: Snapshot<Target>, autoscaler: Autoscaler): 'found' | 'absent' | 'unknown' {
  const target = targetOf(autoscaler);
  const resource = resourceOf(target.apiVersion, target.kind);
  return isTarget(resource) ? snapshot.lookup(resource, target.name, target.namespace).state : 'unknown';
}

/** The evidence of a condition. */
export function told(autoscaler: Autoscaler, type: string, status: string) {
  const one = conditionIs(autoscaler, type, status);
  if (one === undefined) return [computed(autoscaler, `no condition ${type}=${status}`)];
  const text = [status, one.reason, one.message].filter((part) => part !== undefined && part !== '').join(' ');
  return [field(autoscaler, `status.conditions[type=${type}]`, text)];
}
