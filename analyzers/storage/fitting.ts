import { claimOf, type Claim, sizeOf, sizeText, type Volume } from './claims.ts';
import { classOf, matchesSelector, selectorText } from '../../src/kit.ts';

export interface Misfit {
  readonly volume: Volume;
  readonly reasons: readonly string[];
}

/**
 * Why a volume cannot be bound to a claim; empty where it can, node affinity left out.
 * Source: component-helpers/storage/volume, FindMatchingVolume, and the controller's index by access modes.
 */
export function misfits(volume: Volume, claim: Claim): readonly string[] {
  const { spec, status, metadata } = volume;
  const reasons: string[] = [];
  const holder = claimOf(volume);
  const sameName = holder?.namespace === claim.metadata.namespace && holder?.name === claim.metadata.name;
  const mine = sameName && (!spec.claimRef?.uid || spec.claimRef.uid === claim.metadata.uid);
  if (holder !== undefined && !mine) {
    const whose = sameName ? 'an earlier claim of this name' : `${holder.namespace}/${holder.name}`;
    reasons.push(status?.phase === 'Released' ? `is Released, still reserved for ${whose}` : `belongs to ${whose}`);
  } else if (!mine && status?.phase !== undefined && status.phase !== 'Available') {
    reasons.push(`is ${status.phase}`);
  }
  if (metadata.deletionTimestamp !== undefined) reasons.push('is being deleted');
  const [size, wanted] = [sizeOf(spec.capacity), sizeOf(claim.spec.resources?.requests)];
  if (size < wanted) reasons.push(`has ${sizeText(size)} of ${sizeText(wanted)} asked for`);
  const [mode, wantedMode] = [spec.volumeMode ?? 'Filesystem', claim.spec.volumeMode ?? 'Filesystem'];
  if (mode !== wantedMode) reasons.push(`is a ${mode} volume, not ${wantedMode}`);
  if (mine) return reasons;
  const lacking = (claim.spec.accessModes ?? []).filter((one) => !(spec.accessModes ?? []).includes(one));
  if (lacking.length > 0) reasons.push(`does not offer ${lacking.join(', ')}`);
  const has = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
  if (has !== classOf(claim)) reasons.push(has === '' ? 'has no class' : `is of class ${has}`);
  const { selector } = claim.spec;
  if (selector !== undefined && !matchesSelector(selector, metadata.labels)) {
    reasons.push(`lacks the labels ${selectorText(selector)}`);
  }
  const attributes = claim.spec.volumeAttributesClassName ?? '';
  if ((spec.volumeAttributesClassName ?? '') !== attributes) reasons.push('has another volume attributes class');
  return reasons;
}

/** The volume that comes nearest to a claim: with the fewest reasons against it, then by name. */
export function nearestVolume(volumes: readonly Volume[], claim: Claim): Misfit | undefined {
  let best: Misfit | undefined;
  for (const volume of volumes) {
    const reasons = misfits(volume, claim);
    if (best === undefined || reasons.length < best.reasons.length) best = { volume, reasons };
  }
  return best;
}
