import { age, condition, field } from '../../src/kit.ts';
import { draft, type PodCase, type PodDraft, values } from './case.ts';
import { after } from './text.ts';

/** An in-place resize (1.33) that the node cannot or may not do: never (`Infeasible`), not now (`Deferred`), or failed (`Error`). */
export function resizeFault(one: PodCase): PodDraft | undefined {
  const { pod, snapshot, settings } = one;
  const pending = condition(pod, 'PodResizePending');
  const progress = condition(pod, 'PodResizeInProgress');
  const failing = pending?.status === 'True' ? pending : progress?.reason === 'Error' ? progress : undefined;
  if (failing === undefined) return undefined;
  const since = failing.lastTransitionTime;
  const deferred = failing.reason === 'Deferred';
  // Room may come at any moment.
  if (deferred && (age(snapshot, since) ?? 0) < settings.creatingGrace) return undefined;
  const what = deferred
    ? 'its node has no room for it now'
    : failing.reason === 'Error'
      ? 'it fails'
      : 'its node can never do it';
  return draft(one, 'PodResizeBlocked', {
    key: failing.reason ?? '',
    ...(deferred ? { severity: 'info' } : {}),
    message: `the resize of its containers is not done: ${what}${after(failing.message)}`,
    evidence: [
      field(
        pod,
        `status.conditions[type='${failing.type}']`,
        `${failing.reason ?? ''} ${failing.message ?? ''}`.trim(),
      ),
    ],
    since,
    values: values({ node: pod.spec.nodeName, reason: failing.reason }),
  });
}
