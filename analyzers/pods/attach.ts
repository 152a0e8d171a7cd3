import {
  type CauseLink,
  eventEvidence,
  field,
  nodeIsReady,
  type ObjectEvent,
  olderThan,
  ref,
  type ResourceTypes,
} from '../../src/kit.ts';
import { draft, type PodCase, type PodDraft, values } from './case.ts';
import { driverLinks, volumeDrivers } from './csi.ts';
import { nodeLinks, nodeRef, podReferences, referenceLinks } from './links.ts';
import { quote } from './text.ts';

type VolumeAttachment = ResourceTypes['volumeattachments.storage.k8s.io'];

/** A volume that cannot be attached to the pod's node. A short while is normal where it moves from one node to another. */
export function attachFault(one: PodCase, event: ObjectEvent, began: string | undefined): PodDraft | undefined {
  const { pod, snapshot, settings } = one;
  if (!olderThan(snapshot, began, settings.attachGrace)) return undefined;
  const volume = /for volume "([^"]{1,253})"/.exec(event.message)?.[1];
  const claim = volume === undefined ? undefined : claimOf(one, volume);
  const what = claim === undefined ? `volume ${volume ?? ''}`.trim() : `volume of claim ${claim}`;
  const claims = podReferences(pod).filter(({ resource }) => resource === 'persistentvolumeclaims');
  const mine = claims.filter(({ object }) => claim === undefined || object.name === claim);
  const base = {
    // The volume's name in the spec: those of claims differ between the pods of a StatefulSet.
    key: claim === undefined ? '' : (mine[0]?.volume ?? ''),
    since: began,
    values: values({ volume, claim, node: pod.spec.nodeName }),
  };
  const attachments = volume === undefined ? [] : attachmentsOf(one, volume);
  const volumes = [...referenceLinks(mine), ...attachments.map(attachmentLink)];
  if (!event.message.includes('Multi-Attach error')) {
    const text = quote(event.message.replace(/^AttachVolume\.\w+ failed for volume "[^"]*" : /, ''));
    return draft(one, 'PodAttachFailed', {
      ...base,
      message: `${what} cannot be attached: ${text}`,
      evidence: [eventEvidence(pod, event)],
      causes: [...volumes, ...driverLinks(one, volumeDrivers(one)), ...nodeLinks(one)],
    });
  }
  const holders = attachments.filter(({ spec }) => spec.nodeName !== pod.spec.nodeName);
  const where = holders.map(({ spec }) => `node ${spec.nodeName}`).join(', ');
  return draft(one, 'PodMultiAttach', {
    ...base,
    message: `${what} is still attached to ${where === '' ? 'another node' : where}, and it can be attached to one node only`,
    evidence: [
      eventEvidence(pod, event),
      ...holders.map((attachment) => field(attachment, 'spec.nodeName', attachment.spec.nodeName)),
    ],
    causes: [...holders.flatMap(holderLinks), ...userLinks(one, claim), ...volumes],
    values: values({ ...base.values, holder: holders[0]?.spec.nodeName, deadHolder: deadHolder(one, holders) }),
  });
}

/** The claim of this pod that is bound to a PersistentVolume. */
function claimOf({ pod, snapshot }: PodCase, volume: string): string | undefined {
  const found = snapshot.lookup('persistentvolumes', volume);
  const claim = found.state === 'found' ? found.object.spec.claimRef : undefined;
  return claim?.namespace === pod.metadata.namespace ? claim?.name : undefined;
}

function attachmentsOf({ snapshot }: PodCase, volume: string): readonly VolumeAttachment[] {
  const { items } = snapshot.list('volumeattachments.storage.k8s.io');
  return items.filter(({ spec }) => spec.source.persistentVolumeName === volume);
}

function attachmentLink(attachment: VolumeAttachment): CauseLink {
  const via = { field: 'spec.source.persistentVolumeName', value: attachment.spec.source.persistentVolumeName ?? '' };
  return { object: ref(attachment), needs: 'mount', via, certainty: 'sure' };
}

/** The node that holds the volume, where it is not Ready: only then its volumes may be taken from it by force. */
function deadHolder({ snapshot }: PodCase, holders: readonly VolumeAttachment[]): string | undefined {
  return holders
    .map(({ spec }) => spec.nodeName)
    .find((name) => {
      const node = snapshot.lookup('nodes', name);
      return node.state === 'found' && !nodeIsReady(node.object);
    });
}

/** The node that holds the volume lets it go only when its kubelet says that it is unmounted. */
function holderLinks({ metadata, spec }: VolumeAttachment): readonly CauseLink[] {
  const via = { field: `VolumeAttachment ${metadata.name} spec.nodeName`, value: spec.nodeName };
  return [{ object: nodeRef(spec.nodeName), needs: 'run', via, certainty: 'sure' }];
}

/** Other pods that use the claim: one that cannot be deleted keeps the volume. */
function userLinks({ pod, snapshot }: PodCase, claim: string | undefined): readonly CauseLink[] {
  if (claim === undefined) return [];
  return snapshot
    .list('pods', pod.metadata.namespace)
    .items.filter((other) => other.metadata.name !== pod.metadata.name && other.spec.nodeName !== pod.spec.nodeName)
    .flatMap((other) =>
      referenceLinks(
        podReferences(other).filter(
          ({ resource, object }) => resource === 'persistentvolumeclaims' && object.name === claim,
        ),
      ).map(({ via }) => ({
        object: { apiVersion: 'v1', kind: 'Pod', name: other.metadata.name, ...namespaceOf(other.metadata.namespace) },
        needs: 'mount' as const,
        via,
        certainty: 'sure' as const,
      })),
    );
}

function namespaceOf(namespace: string | undefined) {
  return namespace === undefined ? {} : { namespace };
}
