import {
  computed,
  condition,
  type Draft,
  eventEvidence,
  eventsOf,
  field,
  olderThan,
  ref,
  refText,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import { type Claim, sizeOf, usersOf } from './claims.ts';
import type { Code } from './codes.ts';

type Snap = Snapshot<'persistentvolumeclaims' | 'pods' | 'events'>;

/** What happens to claims that are bound: they grow, are deleted, or are forgotten. */
export function* changes(
  snapshot: Snap,
  { graceSeconds, unusedSeconds }: { readonly graceSeconds: number; readonly unusedSeconds: number },
): Generator<Draft<Code>> {
  for (const claim of snapshot.list('persistentvolumeclaims').items) {
    if (claim.metadata.deletionTimestamp !== undefined) {
      yield* terminating(snapshot, claim, graceSeconds);
      continue;
    }
    yield* resizing(snapshot, claim, graceSeconds);
    yield* unused(snapshot, claim, unusedSeconds);
  }
}

const failures = ['ControllerResizeError', 'NodeResizeError', 'ModifyVolumeError'];

function* resizing(snapshot: Snap, claim: Claim, grace: number): Generator<Draft<Code>> {
  const failed = failures.map((type) => condition(claim, type)).find((one) => one?.status === 'True');
  const infeasible = Object.entries(claim.status?.allocatedResourceStatuses ?? {}).find(([, status]) =>
    status.endsWith('Infeasible'),
  );
  const modify = claim.status?.modifyVolumeStatus?.status === 'Infeasible';
  const waiting = condition(claim, 'FileSystemResizePending');
  const event = eventsOf(snapshot, ref(claim), claim.metadata.uid).find(({ reason }) =>
    ['VolumeResizeFailed', 'FileSystemResizeFailed', 'VolumeModifyFailed'].includes(reason),
  );
  // Resizers of the time before these conditions tell by events alone.
  const told = event !== undefined && waiting?.status !== 'True' && wantsMore(claim);
  if (failed !== undefined || infeasible !== undefined || modify || told) {
    const [resource, status] = infeasible ?? [];
    const what = failed?.type ?? status ?? (modify ? 'Infeasible' : (event?.reason ?? ''));
    const text = failed?.message ?? event?.message;
    yield {
      code: 'PersistentVolumeClaimResizeFailed',
      object: ref(claim),
      message: `its volume cannot be changed (${what})${text === undefined || text === '' ? '' : `: ${brief(text)}`}`,
      evidence: [
        ...(failed === undefined
          ? []
          : [field(claim, `status.conditions[type=${failed.type}]`, failed.message ?? 'True')]),
        ...(resource === undefined ? [] : [field(claim, `status.allocatedResourceStatuses.${resource}`, status)]),
        ...(modify ? [field(claim, 'status.modifyVolumeStatus.status', 'Infeasible')] : []),
        ...(event === undefined ? [] : [eventEvidence(claim, event)]),
      ],
      ...(failed?.lastTransitionTime === undefined ? {} : { since: failed.lastTransitionTime }),
    };
  } else if (waiting?.status === 'True' && olderThan(snapshot, waiting.lastTransitionTime, grace)) {
    const used = usersOf(snapshot, claim).length > 0;
    yield {
      code: 'PersistentVolumeClaimResizePending',
      object: ref(claim),
      message: `its volume has grown, and its file system grows when a pod mounts it${used ? ' anew' : ''}`,
      evidence: [field(claim, 'status.conditions[type=FileSystemResizePending]', waiting.message ?? 'True')],
      ...(waiting.lastTransitionTime === undefined ? {} : { since: waiting.lastTransitionTime }),
    };
  }
}

function wantsMore({ spec, status }: Claim): boolean {
  return sizeOf(spec.resources?.requests) > sizeOf(status?.capacity);
}

/** The finalizer keeps a claim that is being deleted until no pod uses it; new pods are not placed meanwhile. */
function* terminating(snapshot: Snap, claim: Claim, grace: number): Generator<Draft<Code>> {
  const { deletionTimestamp, finalizers } = claim.metadata;
  // Pods that are not placed yet do not hold it. Source: pkg/controller/volume/pvcprotection.
  const users = usersOf(snapshot, claim).filter(({ spec }) => (spec.nodeName ?? '') !== '');
  const [first] = users;
  if (first === undefined || !(finalizers ?? []).includes('kubernetes.io/pvc-protection')) return;
  if (!olderThan(snapshot, deletionTimestamp, grace)) return;
  const more = users.length === 1 ? '' : ` and ${users.length - 1} more`;
  yield {
    code: 'PersistentVolumeClaimTerminating',
    object: ref(claim),
    message: `it is deleted and waits for ${refText(ref(first))}${more} to let go of it`,
    evidence: [
      field(claim, 'metadata.deletionTimestamp', deletionTimestamp ?? ''),
      field(claim, 'metadata.finalizers', finalizers ?? []),
      computed(claim, `${users.length} pods use it`),
    ],
    ...(deletionTimestamp === undefined ? {} : { since: deletionTimestamp }),
    values: { user: first.metadata.name },
  };
}

/** Newer API servers say since when no pod has used a claim (condition Unused, alpha in 1.36). */
function* unused(snapshot: Snap, claim: Claim, seconds: number): Generator<Draft<Code>> {
  const found = condition(claim, 'Unused');
  if (found?.status !== 'True' || !olderThan(snapshot, found.lastTransitionTime, seconds)) return;
  yield {
    code: 'PersistentVolumeClaimUnused',
    object: ref(claim),
    message: `no pod has used it since ${found.lastTransitionTime ?? ''}`,
    evidence: [field(claim, 'status.conditions[type=Unused].lastTransitionTime', found.lastTransitionTime ?? '')],
    ...(found.lastTransitionTime === undefined ? {} : { since: found.lastTransitionTime }),
  };
}
