import {
  conditionIs,
  condition,
  isGettingNode,
  isSettling,
  latest,
  millis,
  olderThan,
  podTrouble,
  type Snapshot,
  specChanged,
  startupSeconds,
} from '../../src/kit.ts';
import type { View } from './view.ts';

/** Settings, in seconds. */
export interface Waits {
  readonly grace: number;
  readonly starting: number;
}

/** Longest progress deadline that is waited for; some set it to years to be rid of it. */
const longestDeadline = 3_600;

/** Seconds in which a pod's readiness may not have reached the counters of its controller. */
const counting = 30;

/** How many of the replicas that are not available yet need nobody's help: new, just not ready, or ready but not counted yet. */
export function settlingPods(snapshot: Snapshot<'events' | 'nodes'>, view: View, waits: Waits): number {
  const { pods, unready, deployment, available } = view;
  const minReady = deployment.spec.minReadySeconds ?? 0;
  const coming = unready.filter((pod) => isSettling(snapshot, pod, { ...waits, minReady })).length;
  const uncounted = pods.filter((pod) => {
    const since = conditionIs(pod, 'Ready', 'True')?.lastTransitionTime;
    return since !== undefined && !olderThan(snapshot, since, minReady + counting);
  }).length;
  return coming + Math.min(uncounted, Math.max(0, pods.length - unready.length - available));
}

/** Whether a lack of available replicas is still what a normal start, change or restart looks like. */
export function isPatient(snapshot: Snapshot<'events' | 'nodes'>, view: View, waits: Waits): boolean {
  const { deployment, replicas, available, pods } = view;
  const lost = conditionIs(deployment, 'Available', 'False');
  // A change does not excuse what was missing before it.
  const began = lost?.lastTransitionTime ?? latest([deployment.metadata.creationTimestamp, specChanged(deployment)]);
  if (began !== undefined && !olderThan(snapshot, began, waits.grace)) return !podsShowTrouble(snapshot, view);
  if (pods.length > 0 && !isReplacedOften(view) && settlingPods(snapshot, view, waits) >= replicas - available)
    return true;
  return isFirstRolloutOrPlanned(view) && withinDeadline(snapshot, view, waits) && !showsTrouble(snapshot, view);
}

/** So many pods that failed since its replicas are missing show that the youth of the others is no hope. */
const often = 3;

function isReplacedOften({ deployment, failed }: View): boolean {
  const lost = millis(conditionIs(deployment, 'Available', 'False')?.lastTransitionTime);
  if (lost === undefined) return false;
  return failed.filter(({ metadata }) => (millis(metadata.creationTimestamp) ?? -Infinity) >= lost).length >= often;
}

/**
 * A rollout that progresses and may have nothing available meanwhile: the first one, one of strategy Recreate, or one that may take
 * all replicas away.
 */
function isFirstRolloutOrPlanned({ deployment, rolling, replicas, sets }: View): boolean {
  if (!rolling || conditionIs(deployment, 'Progressing', 'False') !== undefined) return false;
  const { type, rollingUpdate } = deployment.spec.strategy ?? {};
  if (type === 'Recreate' || share(rollingUpdate?.maxUnavailable, replicas) >= replicas) return true;
  const revision = deployment.metadata.annotations?.['deployment.kubernetes.io/revision'];
  return sets.length <= 1 && (revision === undefined || revision === '1');
}

function withinDeadline(snapshot: Snapshot<'events' | 'nodes'>, { deployment }: View, waits: Waits): boolean {
  const progressing = condition(deployment, 'Progressing');
  const began = latest([
    deployment.metadata.creationTimestamp,
    progressing?.lastUpdateTime,
    progressing?.lastTransitionTime,
  ]);
  const { progressDeadlineSeconds = 600, minReadySeconds = 0, template } = deployment.spec;
  const allowed = Math.max(
    Math.min(progressDeadlineSeconds, longestDeadline),
    waits.starting + startupSeconds(template.spec) + minReadySeconds,
  );
  return began !== undefined && !olderThan(snapshot, began, allowed);
}

function showsTrouble(snapshot: Snapshot<'events' | 'nodes'>, view: View): boolean {
  return conditionIs(view.deployment, 'ReplicaFailure', 'True') !== undefined || podsShowTrouble(snapshot, view);
}

function podsShowTrouble(snapshot: Snapshot<'events' | 'nodes'>, { unready }: View): boolean {
  return unready.some((pod) => podTrouble(pod) !== undefined && !isGettingNode(snapshot, pod));
}

/** maxUnavailable as a number of replicas: a percentage is rounded down, the default is 25%. Source: apps/v1. */
function share(value: number | string | undefined, replicas: number): number {
  const text = String(value ?? '25%');
  const count = Number.parseInt(text, 10);
  if (Number.isNaN(count)) return 0;
  return text.endsWith('%') ? Math.floor((count * replicas) / 100) : count;
}
