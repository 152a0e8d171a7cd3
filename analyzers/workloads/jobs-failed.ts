import {
  condition,
  conditionIs,
  controllerOf,
  type Evidence,
  field,
  millis,
  olderThan,
  ownedBy,
  type Pod,
  ref,
  type Severity,
  type Snapshot,
} from '../../src/kit.ts';
import { isComplete, type Job, runsWith } from './job-view.ts';
import { type Out, unseenEvidence } from './waits.ts';

type Reads = 'jobs.batch' | 'cronjobs.batch' | 'pods';

/**
 * Jobs that have failed for good. Information only once a later run of the same CronJob has succeeded; a warning where nobody cared
 * for `stale` seconds.
 */
export function* failedJobs(snapshot: Snapshot<Reads>, stale: number): Generator<Out> {
  for (const job of snapshot.list('jobs.batch').items) {
    const failed = conditionIs(job, 'Failed', 'True');
    if (failed === undefined || job.metadata.deletionTimestamp !== undefined) continue;
    const exit = lastExit(ownedBy(snapshot, 'pods', job));
    const after = isSuperseded(snapshot, job) ? '; a later run succeeded' : '';
    const since = failed.lastTransitionTime;
    yield {
      code: 'JobFailed',
      object: ref(job),
      severity: severityOf(snapshot, job, stale),
      message: `it failed: ${failed.reason ?? 'no reason given'}${exit === undefined ? '' : `; ${exit.text}`}${after}`,
      evidence: [
        field(job, 'status.conditions[type=Failed].reason', failed.reason ?? ''),
        ...(failed.message === undefined ? [] : [field(job, 'status.conditions[type=Failed].message', failed.message)]),
        ...(job.status?.failed === undefined ? [] : [field(job, 'status.failed', job.status.failed)]),
        ...(job.status?.failedIndexes === undefined
          ? []
          : [field(job, 'status.failedIndexes', job.status.failedIndexes)]),
        ...(exit === undefined ? [] : [exit.evidence]),
        ...unseenEvidence(snapshot, job),
      ],
      // Where it made no pod at all, the refusal of its pods is a finding about the Job itself.
      causes: [
        {
          object: ref(job),
          needs: 'ready',
          via: { field: 'status.failed', value: String(job.status?.failed ?? 0) },
          certainty: 'sure',
        },
      ],
      // Runs of a CronJob are one finding on it.
      values: { job: job.metadata.name },
      ...(since === undefined ? {} : { since }),
    };
  }
}

function severityOf(snapshot: Snapshot<Reads>, job: Job, stale: number): Severity {
  if (isSuperseded(snapshot, job)) return 'info';
  const ended = condition(job, 'Failed')?.lastTransitionTime;
  return !isScheduled(snapshot, job) && olderThan(snapshot, ended, stale) ? 'warning' : 'critical';
}

/** A run of a schedule that goes on: it stays what the schedule last achieved, however long ago. */
function isScheduled(snapshot: Snapshot<Reads>, job: Job): boolean {
  const owner = controllerOf(job);
  if (owner?.kind !== 'CronJob') return false;
  const schedule = snapshot.lookup('cronjobs.batch', owner.name, owner.namespace);
  return schedule.state === 'unknown' || (schedule.state === 'found' && schedule.object.spec.suspend !== true);
}

/** Whether a later run of the same CronJob has succeeded. */
function isSuperseded(snapshot: Snapshot<Reads>, job: Job): boolean {
  const owner = controllerOf(job);
  if (owner?.kind !== 'CronJob') return false;
  const began = millis(job.metadata.creationTimestamp) ?? 0;
  if (runsWith(snapshot, job).some((run) => isComplete(run) && (millis(run.metadata.creationTimestamp) ?? 0) > began)) {
    return true;
  }
  const schedule = snapshot.lookup('cronjobs.batch', owner.name, owner.namespace);
  const success = schedule.state === 'found' ? schedule.object.status?.lastSuccessfulTime : undefined;
  const ended = millis(condition(job, 'Failed')?.lastTransitionTime) ?? began;
  return (millis(success) ?? -Infinity) > ended;
}

/** How the newest failed pod ended. */
function lastExit(pods: readonly Pod[]): { readonly text: string; readonly evidence: Evidence } | undefined {
  const failed = pods
    .filter((pod) => pod.status?.phase === 'Failed')
    .sort(
      (one, other) => (millis(other.metadata.creationTimestamp) ?? 0) - (millis(one.metadata.creationTimestamp) ?? 0),
    );
  for (const pod of failed) {
    for (const list of ['initContainerStatuses', 'containerStatuses'] as const) {
      const index = (pod.status?.[list] ?? []).findIndex(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
      const status = pod.status?.[list]?.[index];
      const ended = status?.state?.terminated;
      if (status === undefined || ended === undefined) continue;
      const reason = ended.reason === undefined || ended.reason === 'Error' ? '' : ` (${ended.reason})`;
      return {
        text: `container ${status.name} ended with exit code ${ended.exitCode}${reason}`,
        evidence: field(pod, `status.${list}[${index}].state.terminated`, `exit code ${ended.exitCode}${reason}`),
      };
    }
    const reason = pod.status?.reason;
    if (reason !== undefined)
      return { text: `its pod ended: ${reason}`, evidence: field(pod, 'status.reason', reason) };
  }
  return undefined;
}
