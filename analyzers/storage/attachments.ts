import {
  type CauseLink,
  computed,
  type Draft,
  field,
  type ObjectRef,
  olderThan,
  ref,
  type ResourceTypes,
  type Severity,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import { claimOf, waitingOn } from './claims.ts';
import type { Code } from './codes.ts';
import { type ProvisionerReads, provisionerLinks, workloadsOf } from './provisioners.ts';

type Snap = Snapshot<'volumeattachments.storage.k8s.io' | 'persistentvolumes' | 'pods' | 'nodes' | ProvisionerReads>;
type Attachment = ResourceTypes['volumeattachments.storage.k8s.io'];

interface Patience {
  readonly graceSeconds: number;
  readonly detachSeconds: number;
}

/** Volumes that do not get on a node or off it. */
export function* attachments(snapshot: Snap, patience: Patience): Generator<Draft<Code>> {
  for (const attachment of snapshot.list('volumeattachments.storage.k8s.io').items) {
    if (!olderThan(snapshot, attachment.metadata.creationTimestamp, patience.graceSeconds)) continue;
    const draft = nodeGone(snapshot, attachment, patience) ?? failed(snapshot, attachment, patience);
    if (draft !== undefined) yield draft;
  }
}

/** The node object is gone, and the volume counts as attached there until somebody confirms that it is not. */
function nodeGone(snapshot: Snap, attachment: Attachment, patience: Patience): Draft<Code> | undefined {
  const { spec, status, metadata } = attachment;
  if (snapshot.lookup('nodes', spec.nodeName).state !== 'absent') return undefined;
  const { claim, waits } = usage(snapshot, attachment, patience);
  const late = olderThan(snapshot, metadata.deletionTimestamp, patience.detachSeconds);
  const severity: Severity = waits ? 'critical' : late ? 'warning' : 'info';
  return {
    code: 'VolumeAttachmentNodeGone',
    object: ref(attachment),
    severity,
    message: `volume ${volumeOf(attachment)} counts as attached to node ${spec.nodeName}, which does not exist${waits ? ', and a pod waits for it' : ''}`,
    evidence: [
      field(attachment, 'spec.nodeName', spec.nodeName),
      field(attachment, 'status.attached', status?.attached ?? false),
      computed(attachment, `no node is named ${spec.nodeName}`),
    ],
    causes: linksOf(snapshot, attachment),
    ...(claim === undefined ? {} : { members: [claim] }),
    values: { node: spec.nodeName, volume: volumeOf(attachment) },
  };
}

function failed(snapshot: Snap, attachment: Attachment, patience: Patience): Draft<Code> | undefined {
  const { spec, status, metadata } = attachment;
  const leaving = metadata.deletionTimestamp !== undefined;
  const error = leaving ? status?.detachError : status?.attached === true ? undefined : status?.attachError;
  const late = leaving && olderThan(snapshot, metadata.deletionTimestamp, patience.detachSeconds);
  // Drivers attach within seconds, or say why not.
  const ignored = !leaving && status?.attached === false && error === undefined;
  if (ignored && !olderThan(snapshot, metadata.creationTimestamp, patience.detachSeconds)) return undefined;
  if (error === undefined && !late && !ignored) return undefined;
  const { claim, waits } = usage(snapshot, attachment, patience);
  const text = ignored ? `${spec.attacher} has said nothing` : error?.message;
  const verb = leaving ? 'detached from' : 'attached to';
  const since = leaving ? metadata.deletionTimestamp : metadata.creationTimestamp;
  return {
    code: 'VolumeAttachmentFailed',
    object: ref(attachment),
    ...((leaving || ignored) && !waits ? { severity: 'warning' as const } : {}),
    message: `volume ${volumeOf(attachment)} cannot be ${verb} node ${spec.nodeName}${text === undefined || text === '' ? '' : `: ${brief(text)}`}`,
    evidence: [
      field(attachment, 'spec.nodeName', spec.nodeName),
      ...(error === undefined
        ? [field(attachment, 'status.attached', status?.attached ?? false)]
        : [field(attachment, `status.${leaving ? 'detach' : 'attach'}Error.message`, text ?? '')]),
      ...(metadata.deletionTimestamp === undefined
        ? []
        : [field(attachment, 'metadata.deletionTimestamp', metadata.deletionTimestamp)]),
    ],
    causes: linksOf(snapshot, attachment),
    ...(claim === undefined ? {} : { members: [claim] }),
    ...(since === undefined ? {} : { since }),
    values: { node: spec.nodeName, volume: volumeOf(attachment) },
  };
}

function volumeOf({ spec }: Attachment): string {
  return spec.source.persistentVolumeName ?? 'of a pod';
}

/** The claim behind the attachment, and whether a pod waits for it. */
function usage(
  snapshot: Snap,
  { spec }: Attachment,
  { graceSeconds }: Patience,
): { readonly claim: ObjectRef | undefined; readonly waits: boolean } {
  const name = spec.source.persistentVolumeName;
  const volume = name === undefined ? undefined : snapshot.lookup('persistentvolumes', name);
  const claim = volume?.state === 'found' ? claimOf(volume.object) : undefined;
  return { claim, waits: claim !== undefined && waitingOn(snapshot, claim, graceSeconds).length > 0 };
}

function linksOf(snapshot: Snap, { spec }: Attachment): readonly CauseLink[] {
  return [
    {
      object: { apiVersion: 'v1', kind: 'Node', name: spec.nodeName },
      needs: 'run',
      via: { field: 'spec.nodeName', value: spec.nodeName },
      certainty: 'sure',
    },
    {
      object: { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', name: spec.nodeName },
      needs: 'mount',
      via: { field: 'spec.nodeName', value: spec.nodeName },
      certainty: 'sure',
    },
    ...provisionerLinks(workloadsOf(snapshot, spec.attacher), 'spec.attacher', spec.attacher),
  ];
}
