import type { ObjectEvent, Snapshot } from '../../src/kit.ts';
import type { Claim } from './claims.ts';
import type { ProvisionerReads } from './provisioners.ts';

export type PendingReads =
  | 'persistentvolumeclaims'
  | 'persistentvolumes'
  | 'storageclasses.storage.k8s.io'
  | 'nodes'
  | 'pods'
  | 'events'
  | ProvisionerReads;

/** A claim that waits, with what is known of it. */
export interface Waiting {
  readonly snapshot: Snapshot<PendingReads>;
  readonly claim: Claim;
  /** Newest first. */
  readonly events: readonly ObjectEvent[];
  readonly provisionSeconds: number;
}

/** What the controller says of a class that does not exist: `storageclass.storage.k8s.io "fast" not found`. */
export function isNoClass(message: string): boolean {
  return /storageclass\S* "[^"]*" not found/.test(message);
}
