import {
  computed,
  field,
  latest,
  olderThan,
  pointersAt,
  ref,
  refText,
  type Snapshot,
  startupSeconds,
} from '../../src/kit.ts';
import { statefulSets, type View } from './stateful-set-view.ts';
import { names, type Out, revisionLabel } from './waits.ts';

/**
 * Updates of StatefulSets whose pods are all ready: those that wait for somebody to delete pods (OnDelete), and rolling ones that have
 * stood still for `rollout` seconds.
 */
export function* statefulSetUpdates(snapshot: Snapshot<'statefulsets.apps' | 'pods'>, rollout: number): Generator<Out> {
  for (const view of statefulSets(snapshot)) {
    const { set, ready, replicas, lagging } = view;
    const newest = set.status?.updateRevision;
    const old = view.ordinals.filter(({ pod, number }) => {
      const own = pod?.metadata.labels?.[revisionLabel];
      return own !== undefined && own !== newest && number >= (set.spec.updateStrategy?.rollingUpdate?.partition ?? 0);
    });
    if (newest === undefined || lagging || old.length === 0 || ready < replicas) continue;
    const evidence = [
      field(set, 'status.updateRevision', newest),
      computed(set, `pods of an older revision: ${names(old.map(({ name }) => name))}`),
    ];
    if (set.spec.updateStrategy?.type === 'OnDelete') {
      const message = `${old.length} of ${replicas} pods are of an older template; with the strategy OnDelete they stay so until they are deleted`;
      yield { code: 'StatefulSetUpdatePending', object: ref(set), message, evidence };
    } else if (stoodStill(snapshot, view, rollout)) {
      const message = `its rolling update stands still: ${old.length} of ${replicas} pods are of an older template, though all are ready`;
      yield { code: 'StatefulSetRolloutStuck', object: ref(set), message, evidence };
    }
  }
}

function stoodStill(snapshot: Snapshot<never>, { set, ordinals }: View, rollout: number): boolean {
  const newest = latest(ordinals.map(({ pod }) => pod?.metadata.creationTimestamp));
  const slow = startupSeconds(set.spec.template.spec) + (set.spec.minReadySeconds ?? 0);
  return set.spec.template.spec !== undefined && olderThan(snapshot, newest, rollout + slow);
}

/** StatefulSets without replicas at which a Service, an Ingress or an autoscaler points. */
export function* statefulSetIntent(
  snapshot: Snapshot<
    'statefulsets.apps' | 'services' | 'ingresses.networking.k8s.io' | 'horizontalpodautoscalers.autoscaling' | 'pods'
  >,
): Generator<Out> {
  for (const set of snapshot.list('statefulsets.apps').items) {
    const { replicas, serviceName } = set.spec;
    if (set.metadata.deletionTimestamp !== undefined) continue;
    if (replicas === 0) {
      const pointers = pointersAt(snapshot, set);
      if (pointers.length === 0) continue;
      yield {
        code: 'StatefulSetScaledToZero',
        object: ref(set),
        message: `it is scaled to zero while ${pointers.map(refText).join(', ')} ${pointers.length === 1 ? 'points' : 'point'} at it`,
        evidence: [field(set, 'spec.replicas', 0)],
      };
      continue;
    }
    if (serviceName === undefined || serviceName === '') continue;
    const service = snapshot.lookup('services', serviceName, set.metadata.namespace);
    if (service.state !== 'found' || service.object.spec.clusterIP === 'None') continue;
    yield {
      code: 'StatefulSetServiceNotHeadless',
      object: ref(set),
      message: `its governing Service ${serviceName} is not headless: pods get no names of their own in DNS`,
      evidence: [
        field(set, 'spec.serviceName', serviceName),
        field(service.object, 'spec.clusterIP', service.object.spec.clusterIP ?? ''),
      ],
    };
  }
}
