import type { ObjectRef } from '../model/object.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { conditionIs } from './conditions.ts';
import { olderThan } from './time.ts';

/** Seconds that a first certificate may take: challenges by DNS wait for its caches. */
const issuingSeconds = 900;

/** Whether cert-manager is at work on the certificate that a Secret is to hold, has not failed, and has not been at it for long. */
export function isBeingIssued(
  snapshot: Snapshot<'certificates.cert-manager.io'>,
  { namespace, name }: Pick<ObjectRef, 'namespace' | 'name'>,
): boolean {
  return snapshot.list('certificates.cert-manager.io', namespace).items.some((one) => {
    if (one.spec.secretName !== name || (one.status?.failedIssuanceAttempts ?? 0) > 0) return false;
    const since = conditionIs(one, 'Issuing', 'True')?.lastTransitionTime;
    return since !== undefined && !olderThan(snapshot, since, issuingSeconds);
  });
}
