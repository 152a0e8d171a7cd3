import {
  type CauseLink,
  computed,
  deadNodeLinks,
  explainsUnready,
  type Evidence,
  field,
  podStates,
  podTrouble,
  ref,
  type Snapshot,
} from '../../src/kit.ts';
import { isSettled, type Ordinal, statefulSets, type View } from './stateful-set-view.ts';
import type { Code } from './codes.ts';
import { missingPodLinks, names, type Out, revisionLabel, unreadySince, unseenEvidence, type Waits } from './waits.ts';

type Reads = 'statefulsets.apps' | 'pods' | 'nodes' | 'services' | 'events';

/** StatefulSets that lack ready replicas: one finding each, for the worst that is true. Normal starts and updates are none. */
export function* statefulSetReadiness(snapshot: Snapshot<Reads>, waits: Waits): Generator<Out> {
  for (const view of statefulSets(snapshot)) {
    const { set, ready, replicas } = view;
    if (set.status === undefined || ready >= replicas || isSettled(snapshot, view, waits)) continue;
    const trap = revisionTrap(snapshot, view);
    if (trap !== undefined) {
      yield draft(snapshot, view, 'StatefulSetRevisionBlocked', trap.message, trap.evidence, ready === 0);
    } else if (ready === 0) {
      yield draft(snapshot, view, 'StatefulSetUnavailable', readyText(view) + blockerText(view));
    } else if (view.updating && hasUnreadyUpdate(view)) {
      yield draft(snapshot, view, 'StatefulSetRolloutStuck', rolloutText(view));
    } else {
      const blocked = blockedOrdinals(view).length > 0;
      yield draft(snapshot, view, 'StatefulSetDegraded', readyText(view) + blockerText(view), [], blocked);
    }
  }
}

function draft(
  snapshot: Snapshot<Reads>,
  view: View,
  code: Code,
  message: string,
  more: readonly Evidence[] = [],
  critical = false,
): Out {
  const { set, ready, replicas, unready } = view;
  const pods = unready.flatMap(({ pod }) => pod ?? []);
  const absent = unready.filter(({ pod }) => pod === undefined).map(({ name }) => name);
  const since = unreadySince(pods);
  const first = unready[0]?.name;
  return {
    code,
    object: ref(set),
    message,
    ...(critical ? { severity: 'critical' } : {}),
    evidence: [
      field(set, 'status.readyReplicas', ready),
      field(set, 'spec.replicas', replicas),
      ...more,
      ...(absent.length === 0 ? [] : [computed(set, `pods that do not exist: ${names(absent)}`)]),
      ...unseenEvidence(snapshot, set),
    ],
    causes: [
      ...deadNodeLinks(snapshot, pods),
      ...unready.flatMap((one) => claimLinks(view, one)),
      ...governingServiceLinks(snapshot, view),
      ...(absent.length === 0
        ? []
        : missingPodLinks(set, 'status.replicas', `${names(absent)} missing`, { none: absent.length === replicas })),
    ],
    ...(since === undefined ? {} : { since }),
    ...(first === undefined ? {} : { values: { blocker: first } }),
  };
}

/**
 * OrderedReady waits for every pod to be ready before it updates any: a pod of an older revision that never becomes ready keeps the
 * newer one from reaching it, also after the template was put right.
 * Source: "Forced rollback" in the StatefulSet documentation.
 */
function revisionTrap(snapshot: Snapshot<'nodes'>, view: View) {
  const { set, ordered, unready } = view;
  const newest = set.status?.updateRevision;
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (!ordered || newest === undefined || type === 'OnDelete') return undefined;
  const blocker = unready[0];
  const pod = blocker?.pod;
  const own = pod?.metadata.labels?.[revisionLabel];
  if (blocker === undefined || pod === undefined || own === undefined || own === newest) return undefined;
  if (blocker.number < (rollingUpdate?.partition ?? 0) || pod.metadata.deletionTimestamp !== undefined)
    return undefined;
  const node = pod.spec.nodeName === undefined ? undefined : snapshot.lookup('nodes', pod.spec.nodeName);
  if (node?.state === 'absent' || (node?.state === 'found' && explainsUnready(node.object, pod))) return undefined;
  return {
    message: `${readyText(view)}; ${blocker.name} is not ready (${podTrouble(pod) ?? 'no reason told'}) and of an older revision, and the newest revision is not rolled out before it is ready`,
    evidence: [
      field(pod, `metadata.labels[${revisionLabel}]`, own),
      field(set, 'status.updateRevision', newest),
      field(set, 'spec.podManagementPolicy', 'OrderedReady'),
    ],
  };
}

function hasUnreadyUpdate({ set, unready }: View): boolean {
  return unready.some(({ pod }) => pod?.metadata.labels?.[revisionLabel] === set.status?.updateRevision);
}

function rolloutText(view: View): string {
  const updated = view.set.status?.updatedReplicas ?? 0;
  return `its rolling update stands at ${updated} of ${view.replicas} replicas; ${readyText(view)}${blockerText(view)}`;
}

function readyText({ ready, replicas }: View): string {
  return `${ready} of ${replicas} replicas are ready`;
}

/** Ordinals without a pod behind one that is not ready. */
function blockedOrdinals({ ordered, unready }: View): readonly Ordinal[] {
  return ordered ? unready.slice(1).filter(({ pod }) => pod === undefined) : [];
}

function blockerText(view: View): string {
  const [first, ...others] = view.unready;
  if (first === undefined) return '';
  if (!view.ordered) {
    const states = podStates(view.unready.flatMap(({ pod }) => pod ?? []));
    return states === '' ? '; its pods do not exist' : ` (pods: ${states})`;
  }
  const why = first.pod === undefined ? '' : podStates([first.pod]).replace(/^1 (?:not ready$)?/, '');
  const absent = first.taken ? 'cannot be made, for a pod that is not its own has that name' : 'does not exist';
  const state = first.pod === undefined ? absent : `is not ready${why === '' ? '' : ` (${why})`}`;
  const behind = others.length > 0 ? `, and ${names(others.map(({ name }) => name))} come after it` : '';
  return `; ${first.name} ${state}${behind}`;
}

/** Claims of a pod are named after the template and the pod. */
function claimLinks({ set }: View, { name, pod }: Ordinal): CauseLink[] {
  // A pod that was placed has its claims.
  if (pod?.spec.nodeName !== undefined && pod.spec.nodeName !== '') return [];
  return (set.spec.volumeClaimTemplates ?? []).flatMap((template, index) => {
    const claim = template.metadata?.name;
    if (claim === undefined) return [];
    return {
      object: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        ...(set.metadata.namespace === undefined ? {} : { namespace: set.metadata.namespace }),
        name: `${claim}-${name}`,
      },
      needs: 'bind',
      via: { field: `spec.volumeClaimTemplates[${index}].metadata.name`, value: `${claim}-${name}` },
      certainty: 'sure',
    };
  });
}

/** Members find each other by the names that the governing Service gives them; without it they may wait for ever. */
function governingServiceLinks(snapshot: Snapshot<'services'>, { set }: View): CauseLink[] {
  const { namespace } = set.metadata;
  const name = set.spec.serviceName;
  if (name === undefined || name === '' || snapshot.lookup('services', name, namespace).state !== 'absent') return [];
  const object = { apiVersion: 'v1', kind: 'Service', ...(namespace === undefined ? {} : { namespace }), name };
  return [{ object, needs: 'resolve', via: { field: 'spec.serviceName', value: name }, certainty: 'likely' }];
}
