import { computed, type Draft, field, type ObjectRef, olderThan, ref, type Snapshot } from '../../src/kit.ts';
import type { Claim } from './claims.ts';
import type { Code } from './codes.ts';

type Snap = Snapshot<'persistentvolumeclaims' | 'persistentvolumes'>;

/** Claims that were bound and whose volume is gone, or is another claim's: the data is out of reach. */
export function* lostClaims(snapshot: Snap, grace: number): Generator<Draft<Code>> {
  for (const claim of snapshot.list('persistentvolumeclaims').items) {
    const phase = claim.status?.phase;
    if ((phase !== 'Bound' && phase !== 'Lost') || claim.metadata.deletionTimestamp !== undefined) continue;
    const why = whyLost(snapshot, claim);
    if (why === undefined && phase !== 'Lost') continue;
    if (phase === 'Bound' && !olderThan(snapshot, claim.metadata.creationTimestamp, grace)) continue;
    yield lost(claim, why ?? 'it has lost its volume');
  }
}

function whyLost(snapshot: Snap, { metadata, spec }: Claim): string | undefined {
  const name = spec.volumeName ?? '';
  if (name === '') return undefined;
  const found = snapshot.lookup('persistentvolumes', name);
  if (found.state === 'absent') return `its volume ${name} does not exist any more`;
  if (found.state === 'unknown') return undefined;
  const holder = found.object.spec.claimRef;
  if (holder?.name === undefined) return undefined;
  if (holder.namespace !== metadata.namespace || holder.name !== metadata.name) {
    return `its volume ${name} belongs to the claim ${holder.namespace}/${holder.name}`;
  }
  const other =
    holder.uid !== undefined && holder.uid !== '' && metadata.uid !== undefined && holder.uid !== metadata.uid;
  return other ? `its volume ${name} belongs to an earlier claim of the same name` : undefined;
}

function lost(claim: Claim, message: string): Draft<Code> {
  const name = claim.spec.volumeName ?? '';
  const volume: ObjectRef = { apiVersion: 'v1', kind: 'PersistentVolume', name };
  return {
    code: 'PersistentVolumeClaimLost',
    object: ref(claim),
    message,
    evidence: [
      field(claim, 'status.phase', claim.status?.phase ?? ''),
      ...(name === '' ? [computed(claim, 'spec.volumeName is empty')] : [field(claim, 'spec.volumeName', name)]),
      computed(claim, message),
    ],
    causes:
      name === ''
        ? []
        : [{ object: volume, needs: 'bind', via: { field: 'spec.volumeName', value: name }, certainty: 'sure' }],
    values: { volume: name },
  };
}
