import type { CauseLink, Snapshot } from '../../src/kit.ts';
import { targetOf } from './autoscaler.ts';

/**
 * Links to the targets of all autoscalers that claim the same pods (reason AmbiguousSelector): a target whose selector matches the pods
 * of another is to blame. The message names them: `pods by selector app=web are controlled by multiple HPAs: [shop/web shop/api]`.
 * Source: pkg/controller/podautoscaler, hpaSelectors.
 */
export function sharedLinks(
  snapshot: Snapshot<'horizontalpodautoscalers.autoscaling'>,
  reason: string,
  message: string,
): readonly CauseLink[] {
  if (reason !== 'AmbiguousSelector') return [];
  const named = /multiple HPAs: \[([^\]]{1,2000})\]/.exec(message)?.[1]?.split(/[\s,]+/) ?? [];
  return named.flatMap((one): CauseLink[] => {
    const [namespace, name] = one.split('/');
    if (namespace === undefined || name === undefined) return [];
    const found = snapshot.lookup('horizontalpodautoscalers.autoscaling', name, namespace);
    const via = { field: 'status.conditions[type=ScalingActive].message', value: one };
    return found.state === 'found'
      ? [{ object: targetOf(found.object), needs: 'measure', via, certainty: 'sure' }]
      : [];
  });
}
