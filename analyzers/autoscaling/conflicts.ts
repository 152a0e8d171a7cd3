import { computed, type Draft, field, groupBy, millis, ref, refKey, refText, type Snapshot } from '../../src/kit.ts';
import { type Autoscaler, targetOf } from './autoscaler.ts';
import type { Code } from './codes.ts';

/** Autoscalers that scale one target against each other; the youngest is named. */
export function* conflicts(snapshot: Snapshot<'horizontalpodautoscalers.autoscaling'>): Generator<Draft<Code>> {
  const all = snapshot
    .list('horizontalpodautoscalers.autoscaling')
    .items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  for (const group of groupBy(all, (one) => refKey(targetOf(one))).values()) {
    const [youngest, ...others] = [...group].sort((one, other) => created(other) - created(one));
    if (youngest === undefined || others.length === 0) continue;
    const names = others.map(({ metadata }) => metadata.name);
    const target = refText(targetOf(youngest));
    yield {
      code: 'HorizontalPodAutoscalerConflict',
      object: ref(youngest),
      message: `it scales ${target}, and so does ${names.join(', ')}: they undo each other's work`,
      evidence: [
        field(youngest, 'spec.scaleTargetRef', target),
        ...others.map((other) => computed(other, `has the same target ${target}`)),
      ],
      values: { others: names.join(', ') },
    };
  }
}

function created({ metadata }: Autoscaler): number {
  return millis(metadata.creationTimestamp) ?? 0;
}
