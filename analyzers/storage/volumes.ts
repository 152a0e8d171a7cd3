import {
  computed,
  type Draft,
  eventEvidence,
  eventsOf,
  field,
  isReachable,
  olderThan,
  ref,
  refText,
  type Severity,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import { claimOf, sizeOf, sizeText, usersOf, type Volume } from './claims.ts';
import type { Code } from './codes.ts';

type Snap = Snapshot<'persistentvolumes' | 'pods' | 'nodes' | 'events'>;

/** Faults of volumes themselves: left over, failed, tied to nodes that are gone, or of a plugin that is. */
export function* volumes(
  snapshot: Snap,
  { deleteSeconds }: { readonly deleteSeconds: number },
): Generator<Draft<Code>> {
  for (const volume of snapshot.list('persistentvolumes').items) {
    if (volume.status?.phase === 'Failed') yield failed(volume);
    if (volume.status?.phase === 'Released') yield* released(snapshot, volume, deleteSeconds);
    yield* terminating(snapshot, volume, deleteSeconds);
    yield* noNode(snapshot, volume);
    yield* pluginRemoved(snapshot, volume);
  }
}

function failed(volume: Volume): Draft<Code> {
  const { message, reason, lastPhaseTransitionTime } = volume.status ?? {};
  const text = message ?? reason;
  return {
    code: 'PersistentVolumeFailed',
    object: ref(volume),
    message: `it could not be reclaimed${text === undefined || text === '' ? '' : `: ${brief(text)}`}`,
    evidence: [
      field(volume, 'status.phase', 'Failed'),
      ...(text === undefined ? [] : [field(volume, message === undefined ? 'status.reason' : 'status.message', text)]),
    ],
    ...(lastPhaseTransitionTime === undefined ? {} : { since: lastPhaseTransitionTime }),
  };
}

/** With Retain a released volume stays on purpose until somebody deletes it; with Delete it should be gone soon. */
function* released(snapshot: Snap, volume: Volume, patience: number): Generator<Draft<Code>> {
  const { status, spec, metadata } = volume;
  const policy = spec.persistentVolumeReclaimPolicy ?? 'Retain';
  const base = {
    code: 'PersistentVolumeReleased',
    object: ref(volume),
    ...(status?.lastPhaseTransitionTime === undefined ? {} : { since: status.lastPhaseTransitionTime }),
  } as const;
  const evidence = [
    field(volume, 'status.phase', 'Released'),
    field(volume, 'spec.persistentVolumeReclaimPolicy', policy),
  ];
  const claim = claimOf(volume);
  const whose = claim === undefined ? 'its claim' : `the claim ${claim.namespace}/${claim.name}`;
  if (policy === 'Retain') {
    const size = sizeText(sizeOf(spec.capacity));
    yield { ...base, message: `its ${size} are kept though ${whose} is gone (reclaim policy Retain)`, evidence };
    return;
  }
  const event = eventsOf(snapshot, ref(volume), metadata.uid).find(({ reason }) => reason === 'VolumeFailedDelete');
  const since = status?.lastPhaseTransitionTime ?? metadata.deletionTimestamp;
  if (event === undefined && !olderThan(snapshot, since, patience)) return;
  yield {
    ...base,
    severity: 'warning',
    message: `${whose} is gone, and the volume is not deleted${event === undefined ? '' : `: ${brief(event.message)}`}`,
    evidence: [...evidence, ...(event === undefined ? [] : [eventEvidence(volume, event)])],
  };
}

/** The finalizer keeps a deleted volume as long as a claim is bound to it; both go together then. */
function* terminating(snapshot: Snap, volume: Volume, patience: number): Generator<Draft<Code>> {
  const { deletionTimestamp } = volume.metadata;
  const claim = claimOf(volume);
  if (claim === undefined || volume.status?.phase !== 'Bound' || !olderThan(snapshot, deletionTimestamp, patience))
    return;
  const policy = volume.spec.persistentVolumeReclaimPolicy ?? 'Retain';
  yield {
    code: 'PersistentVolumeTerminating',
    object: ref(volume),
    message: `it is deleted and goes with its claim ${claim.namespace}/${claim.name}, which is bound to it`,
    evidence: [
      field(volume, 'metadata.deletionTimestamp', deletionTimestamp ?? ''),
      field(volume, 'spec.claimRef', refText(claim)),
      field(volume, 'spec.persistentVolumeReclaimPolicy', policy),
    ],
    ...(deletionTimestamp === undefined ? {} : { since: deletionTimestamp }),
    values: { claim: claim.name, claimNamespace: claim.namespace ?? 'default' },
  };
}

/** A volume whose node affinity no node meets: its data can be reached from nowhere. */
function* noNode(snapshot: Snap, volume: Volume): Generator<Draft<Code>> {
  const required = volume.spec.nodeAffinity?.required;
  const nodes = snapshot.list('nodes');
  if (required === undefined || !nodes.complete || nodes.items.length === 0) return;
  if (nodes.items.some(({ metadata }) => isReachable(volume, metadata.labels ?? {}))) return;
  const claim = claimOf(volume);
  const users = claim === undefined ? [] : usersOf(snapshot, claim);
  const wanted = required.nodeSelectorTerms.flatMap(({ matchExpressions }) =>
    (matchExpressions ?? []).map(({ key, operator, values }) => `${key} ${operator} ${(values ?? []).join(', ')}`),
  );
  const text = [...new Set(wanted)].join(' or ');
  yield {
    code: 'PersistentVolumeNoNode',
    object: ref(volume),
    severity: severityOf(),
    message: `no node matches where it can be reached (${brief(text)})`,
    evidence: [
      field(volume, 'spec.nodeAffinity.required', required),
      computed(volume, `${nodes.items.length} nodes, none matches`),
      ...(claim === undefined ? [] : [field(volume, 'spec.claimRef', refText(claim))]),
    ],
    // Pods know their claim, not the volume behind it.
    ...(claim !== undefined && volume.status?.phase === 'Bound' ? { members: [claim] } : {}),
  };

  function severityOf(): Severity {
    if (users.some(({ status }) => status?.phase === 'Pending')) return 'critical';
    return volume.status?.phase === 'Bound' ? 'warning' : 'info';
  }
}

/** In-tree plugins that later versions of Kubernetes no longer have, with the minor version of 1.x that removed them. */
const removed = { glusterfs: 26, rbd: 31, cephfs: 31 } as const;

function* pluginRemoved(snapshot: Snap, volume: Volume): Generator<Draft<Code>> {
  const minor = Number(/^v?1\.(\d+)/.exec(snapshot.serverVersion ?? '')?.[1] ?? Number.NaN);
  for (const plugin of ['glusterfs', 'rbd', 'cephfs'] as const) {
    if (volume.spec[plugin] === undefined || !(minor >= removed[plugin])) continue;
    yield {
      code: 'PersistentVolumePluginRemoved',
      object: ref(volume),
      key: plugin,
      message: `it uses the in-tree plugin ${plugin}, which Kubernetes 1.${removed[plugin]} removed`,
      evidence: [
        field(volume, `spec.${plugin}`, volume.spec[plugin]),
        computed(volume, `the API server is ${snapshot.serverVersion}`),
      ],
      values: { plugin },
    };
  }
}
