import {
  type CauseLink,
  computed,
  type Draft,
  eventsOf,
  field,
  groupBy,
  once,
  type Pod,
  ref,
  type ResourceTypes,
  type Snapshot,
} from '../../src/kit.ts';
import { type Claim, usersOf, waitingOn } from './claims.ts';
import type { Code } from './codes.ts';

type Reads = 'persistentvolumeclaims' | 'pods' | 'events' | 'volumeattachments.storage.k8s.io';
type Snap = Snapshot<Reads>;
type Attachment = ResourceTypes['volumeattachments.storage.k8s.io'];

/**
 * Claims that one node at a time may use (ReadWriteOnce), while a pod on another node waits for the volume. Where a fresh event says
 * `Multi-Attach error`, the pod's own finding says so; this one is for when the event is gone.
 */
export function* multiAttach(snapshot: Snap, grace: number): Generator<Draft<Code>> {
  for (const claim of snapshot.list('persistentvolumeclaims').items) {
    if (claim.status?.phase !== 'Bound' || !(claim.spec.accessModes ?? []).every((mode) => mode === 'ReadWriteOnce'))
      continue;
    const waiting = waitingOn(snapshot, claim, grace);
    const told = waiting.some((pod) => hasEvent(snapshot, pod));
    const [first] = waiting;
    if (first === undefined || told) continue;
    const holders = attachmentsOf(snapshot, claim.spec.volumeName ?? '').filter(
      ({ spec, status }) => status?.attached === true && spec.nodeName !== first.spec.nodeName,
    );
    if (holders.length > 0) yield held(snapshot, { claim, first, holders });
  }
}

function hasEvent(snapshot: Snap, pod: Pod): boolean {
  return eventsOf(snapshot, ref(pod), pod.metadata.uid).some(({ message }) => message.includes('Multi-Attach error'));
}

/** The attachments of a volume. */
function attachmentsOf(snapshot: Snapshot<'volumeattachments.storage.k8s.io'>, volume: string): readonly Attachment[] {
  return byVolume(snapshot).get(volume) ?? [];
}

const byVolume = once((snapshot: Snapshot<'volumeattachments.storage.k8s.io'>) =>
  groupBy(snapshot.list('volumeattachments.storage.k8s.io').items, ({ spec }) => spec.source.persistentVolumeName),
);

interface Held {
  readonly claim: Claim;
  readonly first: Pod;
  readonly holders: readonly Attachment[];
}

function held(snapshot: Snap, { claim, first, holders }: Held): Draft<Code> {
  const nodes = [...new Set(holders.map(({ spec }) => spec.nodeName))];
  const others = usersOf(snapshot, claim).filter(({ spec }) => nodes.includes(spec.nodeName ?? ''));
  const nodeLinks = nodes.map((name): CauseLink => ({
    object: { apiVersion: 'v1', kind: 'Node', name },
    needs: 'run',
    via: { field: 'VolumeAttachment spec.nodeName', value: name },
    certainty: 'sure',
  }));
  const podLinks = others.map((pod): CauseLink => ({
    object: ref(pod),
    needs: 'mount',
    via: { field: 'spec.volumes[].persistentVolumeClaim.claimName', value: claim.metadata.name },
    certainty: 'sure',
  }));
  const attachmentLinks = holders.map((one): CauseLink => ({
    object: ref(one),
    needs: 'mount',
    via: { field: 'spec.volumeName', value: claim.spec.volumeName ?? '' },
    certainty: 'sure',
  }));
  return {
    code: 'PersistentVolumeClaimMultiAttach',
    object: ref(claim),
    message: `its volume is attached to node ${nodes.join(', ')}, and a pod on ${first.spec.nodeName} waits for it; it can be on one node only`,
    evidence: [
      field(claim, 'spec.accessModes', claim.spec.accessModes ?? []),
      ...holders.slice(0, 3).map((one) => field(one, 'spec.nodeName', one.spec.nodeName)),
      field(first, 'spec.nodeName', first.spec.nodeName),
      ...(others.length === 0 ? [computed(claim, `no pod on ${nodes.join(', ')} uses it any more`)] : []),
    ],
    causes: [...nodeLinks, ...podLinks, ...attachmentLinks],
    values: { node: nodes[0] ?? '' },
  };
}
