import {
  controllerOf,
  type Denial,
  type FailedCreation,
  failedCreations,
  type KubeObject,
  olderThan,
  type Snapshot,
} from '../../src/kit.ts';
import type { Reads } from './reads.ts';

/** The failed creations to report: what passes by itself, and what may pass within the grace, is left out. */
export function lastingDenials(snapshot: Snapshot<Reads>, graceSeconds: number): readonly FailedCreation[] {
  return failedCreations(snapshot).filter(
    ({ object, denial, since }) =>
      denial.kind !== 'passing' &&
      object.metadata.deletionTimestamp === undefined &&
      (!mayPass(denial) || since === undefined || olderThan(snapshot, since, graceSeconds)),
  );
}

/** A full quota is normal for a moment in a rollout, a webhook may restart, and what is missing may be on its way. */
function mayPass(denial: Denial): boolean {
  switch (denial.kind) {
    case 'quota':
      return !denial.needsRequests;
    case 'webhookFailure':
    case 'missing':
    case 'other':
      return true;
    default:
      return false;
  }
}

/** A workload as the person who edits it knows it: the Deployment of a ReplicaSet, the CronJob of a Job. */
export function editedName(workload: KubeObject): string {
  const owner = controllerOf(workload);
  return owner === undefined ? `${workload.kind} ${workload.metadata.name}` : `${owner.kind} ${owner.name}`;
}
