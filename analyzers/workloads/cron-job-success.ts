import { type Draft, field, millis, olderThan, ownedBy, ref, type Snapshot } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { type CronJob, isComplete, sorted } from './job-view.ts';

/**
 * The last run ended without success and its Job is gone (history limits, time to live), so that only the CronJob's own times tell.
 * A failed Job that still exists is its own finding.
 */
export function failing(
  snapshot: Snapshot<'cronjobs.batch' | 'jobs.batch'>,
  cronJob: CronJob,
  grace: number,
): Draft<Code> | undefined {
  const { status, metadata } = cronJob;
  const started = status?.lastScheduleTime;
  const succeeded = status?.lastSuccessfulTime;
  if (started === undefined || (status?.active?.length ?? 0) > 0 || !olderThan(snapshot, started, grace))
    return undefined;
  if ((millis(succeeded) ?? -Infinity) >= (millis(started) ?? 0)) return undefined;
  if (!snapshot.list('jobs.batch', metadata.namespace).complete) return undefined;
  const runs = sorted(ownedBy(snapshot, 'jobs.batch', cronJob));
  // A success without its time in the status: the controller is older than that field (1.21).
  if (succeeded === undefined && runs.some(isComplete)) return undefined;
  const last = runs.at(-1);
  if ((millis(last?.metadata.creationTimestamp) ?? -Infinity) >= (millis(started) ?? 0)) return undefined;
  return {
    code: 'CronJobFailing',
    object: ref(cronJob),
    message: `the run of ${started} ended without success${succeeded === undefined ? ', as did all before it' : `; the last success was at ${succeeded}`}`,
    evidence: [
      field(cronJob, 'status.lastScheduleTime', started),
      ...(succeeded === undefined ? [] : [field(cronJob, 'status.lastSuccessfulTime', succeeded)]),
    ],
    since: started,
  };
}
