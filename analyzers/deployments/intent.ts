import { computed, type Draft, field, pointersAt, ref, refText, type Snapshot, unobserved } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { sameTemplate } from './template.ts';
import { views } from './view.ts';

/** Deployments whose newest spec no controller has acted on for `grace` seconds. */
export function* notObserved(
  snapshot: Snapshot<'deployments.apps' | 'leases.coordination.k8s.io'>,
  grace: number,
): Generator<Draft<Code>> {
  for (const deployment of snapshot.list('deployments.apps').items) {
    const parts = unobserved(snapshot, deployment, grace);
    if (parts !== undefined) yield { code: 'DeploymentNotObserved', object: ref(deployment), ...parts };
  }
}

/** Paused Deployments whose template is not the one that runs: the change waits for `kubectl rollout resume`. */
export function* pausedChange(
  snapshot: Snapshot<'deployments.apps' | 'replicasets.apps' | 'pods'>,
): Generator<Draft<Code>> {
  for (const { deployment, sets } of views(snapshot)) {
    if (deployment.spec.paused !== true) continue;
    const current = sets.find((set) => sameTemplate(deployment.spec.template, set.spec.template));
    if (current !== undefined && (current.spec.replicas ?? 1) > 0) continue;
    // Where its ReplicaSets could not all be read, the one of this template may be among the others.
    if (!snapshot.list('replicasets.apps', deployment.metadata.namespace).complete) continue;
    yield {
      code: 'DeploymentPausedChange',
      object: ref(deployment),
      message: 'it is paused, and its template is not the one that its pods run: the change is not rolled out',
      evidence: [
        field(deployment, 'spec.paused', true),
        computed(deployment, 'no ReplicaSet with replicas has the template of the Deployment'),
      ],
    };
  }
}

/** Deployments without replicas at which a Service, an Ingress or an autoscaler points. */
export function* scaledToZero(
  snapshot: Snapshot<
    'deployments.apps' | 'services' | 'ingresses.networking.k8s.io' | 'horizontalpodautoscalers.autoscaling' | 'pods'
  >,
): Generator<Draft<Code>> {
  for (const deployment of snapshot.list('deployments.apps').items) {
    if (deployment.spec.replicas !== 0 || deployment.metadata.deletionTimestamp !== undefined) continue;
    const pointers = pointersAt(snapshot, deployment);
    if (pointers.length === 0) continue;
    yield {
      code: 'DeploymentScaledToZero',
      object: ref(deployment),
      message: `it is scaled to zero while ${pointers.map(refText).join(', ')} ${pointers.length === 1 ? 'points' : 'point'} at it`,
      evidence: [
        field(deployment, 'spec.replicas', 0),
        ...pointers.map((pointer) => computed(pointer, `points at ${refText(ref(deployment))}`)),
      ],
    };
  }
}
