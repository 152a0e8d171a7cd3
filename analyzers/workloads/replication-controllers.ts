import {
  conditionIs,
  deadNodeLinks,
  field,
  isActive,
  isReady,
  olderThan,
  ownedBy,
  podStates,
  ref,
  type Snapshot,
} from '../../src/kit.ts';
import { missingPodLinks, type Out, settling, unreadySince, unseenEvidence, type Waits } from './waits.ts';

/** ReplicationControllers that lack ready replicas. */
export function* replicationControllers(
  snapshot: Snapshot<'replicationcontrollers' | 'pods' | 'nodes'>,
  waits: Waits,
): Generator<Out> {
  for (const controller of snapshot.list('replicationcontrollers').items) {
    const { metadata, spec, status } = controller;
    const replicas = spec.replicas ?? 1;
    const ready = status?.readyReplicas ?? 0;
    if (status === undefined || metadata.deletionTimestamp !== undefined || ready >= replicas) continue;
    if (!olderThan(snapshot, metadata.creationTimestamp, waits.grace)) continue;
    const pods = ownedBy(snapshot, 'pods', controller).filter(isActive);
    const refused = conditionIs(controller, 'ReplicaFailure', 'True');
    const coming = refused === undefined && ready > 0 ? Math.max(0, replicas - pods.length) : 0;
    const seen = snapshot.list('pods', metadata.namespace).complete;
    if (seen && settling(snapshot, pods, waits).length + coming >= replicas - ready) continue;
    const unready = pods.filter((pod) => !isReady(pod));
    const states = podStates(pods);
    const since = unreadySince(unready);
    yield {
      code: ready === 0 ? 'ReplicationControllerUnavailable' : 'ReplicationControllerDegraded',
      object: ref(controller),
      message: `${ready} of ${replicas} replicas are ready${states === '' ? '' : ` (pods: ${states})`}`,
      evidence: [
        field(controller, 'status.readyReplicas', ready),
        field(controller, 'spec.replicas', replicas),
        ...unseenEvidence(snapshot, controller),
      ],
      causes: [
        ...deadNodeLinks(snapshot, unready),
        ...(seen && pods.length < replicas
          ? missingPodLinks(controller, 'status.replicas', `${pods.length} of ${replicas} pods exist`, {
              none: pods.length === 0,
            })
          : []),
      ],
      ...(since === undefined ? {} : { since }),
    };
  }
}
