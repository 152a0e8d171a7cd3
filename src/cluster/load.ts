import type { Resource } from '../model/resources.ts';
import type { Coverage, Gap, Snapshot } from '../model/snapshot.ts';

/** What reading a cluster gives, live or from a recording: the snapshot, and all that a report says of how it was made. */
export interface Loaded {
  readonly snapshot: Snapshot;
  readonly source: 'live' | 'recorded';
  readonly cluster: ClusterFacts;
  /** What could not be seen. */
  readonly gaps: readonly Gap[];
  /** What was taken for granted of a recording ("the list of pods is taken as complete"). */
  readonly assumptions: readonly string[];
  /** What the user could do to see more. */
  readonly hints: readonly string[];
  readonly coverage: Readonly<Record<Resource, Coverage>>;
  readonly stats: { readonly requests: number; readonly bytes: number; readonly objects: number };
}

/** Which cluster it is. `name` is always there: the cluster's name in the kubeconfig, or what a recording calls itself. */
export interface ClusterFacts {
  readonly name: string;
  /** The API server's address. */
  readonly server?: string;
  /** The API server's version, `v1.36.3`. */
  readonly version?: string;
  /** The kubeconfig's context. */
  readonly context?: string;
  /** The namespace of that context. */
  readonly namespace?: string;
}
