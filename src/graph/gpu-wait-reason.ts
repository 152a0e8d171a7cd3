/** Why a pod does not get the accelerators it asks for: the first of these that holds. */
export type GpuWaitCause =
  | 'gated'
  | 'unseen'
  | 'name-not-offered'
  | 'no-gpu'
  | 'plugin-silent'
  | 'too-large'
  | 'selector'
  | 'taint'
  | 'node-unavailable'
  | 'all-held'
  | 'fragmented'
  | 'claims'
  | 'quota'
  | 'other'
  | 'fits';

/** Why a pod waits, and what would let it run where something short is known. */
export interface GpuWaitReason {
  readonly cause: GpuWaitCause;
  readonly why: string;
  readonly change: string | undefined;
}
