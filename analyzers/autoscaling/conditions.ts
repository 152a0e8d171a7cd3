import { conditionIs, type Draft, field, olderThan, ref, refText, type Snapshot, brief } from '../../src/kit.ts';
import { type Autoscaler, type Target, targetOf, targetState, told } from './autoscaler.ts';
import type { Code } from './codes.ts';
import { metricsLinks, notServed } from './metrics.ts';
import { sharedLinks } from './shared.ts';

type Reads = 'horizontalpodautoscalers.autoscaling' | 'apiservices.apiregistration.k8s.io' | Target;

export interface Waits {
  readonly grace: number;
  /** Seconds that an autoscaler may want more than its maximum. */
  readonly limited: number;
}

/** What the conditions of autoscalers tell: one finding each. */
export function* conditions(snapshot: Snapshot<Reads>, waits: Waits): Generator<Draft<Code>> {
  for (const autoscaler of snapshot.list('horizontalpodautoscalers.autoscaling').items) {
    if (autoscaler.metadata.deletionTimestamp !== undefined) continue;
    const draft =
      cannotScale(snapshot, autoscaler, waits.grace) ??
      inactive(snapshot, autoscaler, waits.grace) ??
      atMaximum(snapshot, autoscaler, waits.limited);
    if (draft !== undefined) yield draft;
  }
}

/** Reasons of AbleToScale=False that are faults; older controllers also said Backoff... while they were just waiting. */
function cannotScale(snapshot: Snapshot<Reads>, autoscaler: Autoscaler, grace: number): Draft<Code> | undefined {
  const found = conditionIs(autoscaler, 'AbleToScale', 'False');
  if (found === undefined || !(found.reason ?? '').startsWith('Failed')) return undefined;
  if (!olderThan(snapshot, found.lastTransitionTime, grace)) return undefined;
  const target = targetOf(autoscaler);
  const absent = targetState(snapshot, autoscaler) === 'absent';
  return {
    code: 'HorizontalPodAutoscalerCannotScale',
    object: ref(autoscaler),
    message: absent
      ? `its target ${refText(target)} does not exist`
      : `it cannot scale ${refText(target)} (${found.reason}): ${brief(found.message)}`,
    evidence: [field(autoscaler, 'spec.scaleTargetRef', refText(target)), ...told(autoscaler, 'AbleToScale', 'False')],
    values: { target: `${target.kind.toLowerCase()}/${target.name}` },
    ...(found.lastTransitionTime === undefined ? {} : { since: found.lastTransitionTime }),
  };
}

function inactive(snapshot: Snapshot<Reads>, autoscaler: Autoscaler, grace: number): Draft<Code> | undefined {
  const found = conditionIs(autoscaler, 'ScalingActive', 'False');
  if (found === undefined) return undefined;
  const target = targetOf(autoscaler);
  const common = {
    object: ref(autoscaler),
    evidence: told(autoscaler, 'ScalingActive', 'False'),
    values: { target: `${target.kind.toLowerCase()}/${target.name}` },
    ...(found.lastTransitionTime === undefined ? {} : { since: found.lastTransitionTime }),
  };
  if (found.reason === 'ScalingDisabled') {
    const message = `it does nothing while its target ${refText(target)} is scaled to zero`;
    return { ...common, code: 'HorizontalPodAutoscalerDisabled', message };
  }
  if (!olderThan(snapshot, found.lastTransitionTime, grace)) return undefined;
  const ready = {
    object: target,
    needs: 'ready',
    via: { field: 'spec.scaleTargetRef', value: refText(target) },
    certainty: 'sure',
  } as const;
  const request = /missing request for (\S+)(?: in container (\S+))?/.exec(found.message ?? '');
  if (request !== null) {
    const [, resource, container] = request;
    const where = container === undefined ? 'a container' : `container ${container}`;
    const message = `it scales by a share of the ${resource} request, and ${where} of ${refText(target)} sets none`;
    return { ...common, code: 'HorizontalPodAutoscalerRequestMissing', message };
  }
  return {
    ...common,
    code: 'HorizontalPodAutoscalerMetricsUnavailable',
    message: `it cannot tell how many replicas are needed (${found.reason ?? 'no reason given'}): ${brief(found.message)}${notServed(snapshot, autoscaler, found.reason ?? '')}`,
    causes: [
      ...metricsLinks(snapshot, autoscaler, found.reason ?? ''),
      ready,
      ...sharedLinks(snapshot, found.reason ?? '', found.message ?? ''),
    ],
  };
}

/** More is wanted than allowed, and has been for a while. Equal bounds fix the number on purpose. */
function atMaximum(snapshot: Snapshot<Reads>, autoscaler: Autoscaler, limited: number): Draft<Code> | undefined {
  const { minReplicas = 1, maxReplicas } = autoscaler.spec;
  const found = conditionIs(autoscaler, 'ScalingLimited', 'True');
  const current = autoscaler.status?.currentReplicas ?? 0;
  if (found?.reason !== 'TooManyReplicas' || minReplicas >= maxReplicas || current < maxReplicas) return undefined;
  if (!olderThan(snapshot, found.lastTransitionTime, limited)) return undefined;
  const target = targetOf(autoscaler);
  return {
    code: 'HorizontalPodAutoscalerAtMaximum',
    object: ref(autoscaler),
    message: `it wants more than its maximum of ${maxReplicas} replicas for ${refText(target)}`,
    evidence: [
      field(autoscaler, 'spec.maxReplicas', maxReplicas),
      field(autoscaler, 'status.currentReplicas', current),
      ...told(autoscaler, 'ScalingLimited', 'True'),
    ],
    values: { target: `${target.kind.toLowerCase()}/${target.name}` },
    ...(found.lastTransitionTime === undefined ? {} : { since: found.lastTransitionTime }),
  };
}
