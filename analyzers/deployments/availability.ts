import {
  admissionLinks,
  computed,
  condition,
  conditionIs,
  deadNodeLinks,
  controllerManagerLink,
  type CauseLink,
  type Draft,
  duration,
  type Evidence,
  earliest,
  field,
  olderThan,
  podStates,
  ref,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { isPatient, settlingPods, type Waits } from './patience.ts';
import { type View, views } from './view.ts';

type Reads = 'deployments.apps' | 'replicasets.apps' | 'pods' | 'nodes' | 'events';

/**
 * Says which Deployments lack replicas. One finding each, the worst that is true: unavailable, rollout stuck, degraded. Replicas that
 * are just starting, and rollouts that go their normal way, are not findings.
 */
export function* availability(snapshot: Snapshot<Reads>, waits: Waits): Generator<Draft<Code>> {
  for (const view of views(snapshot)) {
    if (Object.keys(view.deployment.status ?? {}).length === 0 || neverStarted(view)) continue;
    const draft = unavailable(snapshot, view, waits) ?? rolloutStuck(snapshot, view) ?? degraded(snapshot, view, waits);
    if (draft !== undefined) yield draft;
  }
}

/** Made paused: no ReplicaSet comes before it is resumed. */
function neverStarted({ deployment, podsSeen, sets }: View): boolean {
  return deployment.spec.paused === true && podsSeen && sets.length === 0;
}

function unavailable(snapshot: Snapshot<Reads>, view: View, waits: Waits): Draft<Code> | undefined {
  const { deployment, available, replicas } = view;
  const lost = conditionIs(deployment, 'Available', 'False');
  if (lost === undefined && (available > 0 || view.lagging)) return undefined;
  if (isPatient(snapshot, view, waits)) return undefined;
  const least = available === 0 ? '' : ', fewer than its strategy allows';
  return draftOf(snapshot, view, 'DeploymentUnavailable', {
    message: `${available} of ${replicas} replicas are available${least}${deadlineText(view)}${podText(view)}`,
    since: lost?.lastTransitionTime,
  });
}

/** The deadline is passed while enough old replicas serve: the change does not arrive. */
function rolloutStuck(snapshot: Snapshot<Reads>, view: View): Draft<Code> | undefined {
  const { deployment, updated, replicas } = view;
  const stuck = conditionIs(deployment, 'Progressing', 'False');
  if (stuck?.reason !== 'ProgressDeadlineExceeded' || view.lagging || deployment.spec.paused === true) return undefined;
  const total = deployment.status?.replicas ?? 0;
  if (updated >= replicas && view.available >= replicas && total <= updated) return undefined;
  return draftOf(snapshot, view, 'DeploymentRolloutStuck', {
    message: `the rollout is past its progress deadline of ${deadline(view)}: ${updated} of ${replicas} replicas are of the new template, ${view.available} are available${podText(view)}`,
    since: stuck.lastTransitionTime,
  });
}

function degraded(snapshot: Snapshot<Reads>, view: View, waits: Waits): Draft<Code> | undefined {
  const { deployment, available, replicas, rolling, lagging } = view;
  const missing = replicas - available;
  if (missing <= 0 || rolling || lagging || (!view.podsSeen && isNew(snapshot, view, waits))) return undefined;
  const refused = conditionIs(deployment, 'ReplicaFailure', 'True');
  // Pods that are not made yet come within seconds unless the API server refuses them.
  const coming = refused === undefined && view.podsSeen ? Math.max(0, replicas - view.pods.length) : 0;
  if (settlingPods(snapshot, view, waits) + coming >= missing) return undefined;
  return draftOf(snapshot, view, 'DeploymentDegraded', {
    message: `${available} of ${replicas} replicas are available${podText(view)}`,
    since: earliest([
      refused?.lastTransitionTime,
      ...view.unready.map((pod) => condition(pod, 'Ready')?.lastTransitionTime ?? pod.metadata.creationTimestamp),
    ]),
  });
}

/** Without all of its pods, only the time since which it lacks them tells that they may be on their way. */
function isNew(snapshot: Snapshot<Reads>, { deployment }: View, { grace }: Waits): boolean {
  const lost = conditionIs(deployment, 'Available', 'False')?.lastTransitionTime;
  return lost !== undefined && !olderThan(snapshot, lost, grace);
}

function draftOf(
  snapshot: Snapshot<Reads>,
  view: View,
  code: Code,
  { message, since }: { readonly message: string; readonly since: string | undefined },
): Draft<Code> {
  const { deployment } = view;
  return {
    code,
    object: ref(deployment),
    message,
    evidence: evidenceOf(snapshot, view),
    causes: [...deadNodeLinks(snapshot, view.unready), ...missingPodLinks(view)],
    ...(since === undefined ? {} : { since }),
  };
}

function evidenceOf(snapshot: Snapshot<Reads>, view: View): Evidence[] {
  const { deployment, available, replicas, pods, podsSeen } = view;
  const told = ['Available', 'Progressing', 'ReplicaFailure'].flatMap((type) => {
    const one = condition(deployment, type);
    if (one === undefined || (type === 'ReplicaFailure') !== (one.status === 'True')) return [];
    const text = [one.status, one.reason, one.message].filter((part) => part !== undefined && part !== '').join(' ');
    return [field(deployment, `status.conditions[type=${type}]`, text)];
  });
  const reason = snapshot.list('pods', deployment.metadata.namespace).reason;
  const states = podStates(pods);
  return [
    field(deployment, 'status.availableReplicas', available),
    field(deployment, 'spec.replicas', replicas),
    ...told,
    ...(podsSeen && pods.length === 0 ? [computed(deployment, 'no pod of it exists')] : []),
    ...(podsSeen ? [] : [computed(deployment, `its pods could not all be read${reason ? `: ${reason}` : ''}`)]),
    ...(states === '' ? [] : [computed(deployment, `pods: ${states}`)]),
  ];
}

/** Where pods are not made at all: the API server refuses them, or the controller manager is dead. */
function missingPodLinks({ deployment, replicas, pods, podsSeen }: View): CauseLink[] {
  const refused = conditionIs(deployment, 'ReplicaFailure', 'True')?.reason;
  if (!podsSeen) {
    if (refused === undefined) return [];
    const via = { field: 'status.conditions[type=ReplicaFailure]', value: refused };
    return [{ object: ref(deployment), needs: 'ready', via, certainty: 'sure' }];
  }
  if (pods.length >= replicas) return [];
  const value = `${pods.length} of ${replicas} pods exist`;
  return [
    { object: ref(deployment), needs: 'ready', via: { field: 'status.replicas', value }, certainty: 'sure' },
    controllerManagerLink('status.replicas', value),
    ...(pods.length === 0 ? admissionLinks(deployment.spec.template.spec, deployment.metadata.namespace) : []),
  ];
}

function podText({ pods, podsSeen }: View): string {
  if (podsSeen && pods.length === 0) return '; no pod of it exists';
  const states = podStates(pods);
  return states === '' ? '' : ` (pods: ${states})`;
}

function deadlineText(view: View): string {
  const reason = conditionIs(view.deployment, 'Progressing', 'False')?.reason;
  return reason === 'ProgressDeadlineExceeded'
    ? `; its rollout is past its progress deadline of ${deadline(view)}`
    : '';
}

function deadline({ deployment }: View): string {
  return duration(deployment.spec.progressDeadlineSeconds ?? 600);
}
