import { type Draft, field, latest, olderThan, ownedBy, ref, type Snapshot, specChanged } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { dues, type RunWaits } from './cron-job-runs.ts';
import { type CronJob, isComplete, isFailed, type Job } from './job-view.ts';

/** So many runs must have been due since the last success, and with the policy Allow be under way at once. */
const many = 3;

/**
 * Runs that never come to their end: with `concurrencyPolicy: Replace` each is ended by the next, with `Allow` they pile up. Runs that
 * failed are findings of their own.
 */
export function overrun(
  snapshot: Snapshot<'cronjobs.batch' | 'jobs.batch'>,
  cronJob: CronJob,
  waits: RunWaits,
): Draft<Code> | undefined {
  const { spec, status, metadata } = cronJob;
  const active = status?.active ?? [];
  const replaces = spec.concurrencyPolicy === 'Replace';
  if (spec.concurrencyPolicy === 'Forbid' || active.length < (replaces ? 1 : many)) return undefined;
  if (!snapshot.list('jobs.batch', metadata.namespace).complete) return undefined;
  const runs = ownedBy(snapshot, 'jobs.batch', cronJob);
  const success = latest([
    status?.lastSuccessfulTime,
    ...runs.filter(isComplete).map(({ status: one }) => one?.completionTime),
  ]);
  if (success === undefined && !keepsSuccesses(cronJob)) return undefined;
  const since = latest([success, metadata.creationTimestamp, specChanged(cronJob)]);
  const due = dues(cronJob, many, since)?.at(-1);
  if (due === undefined || !olderThan(snapshot, due, waits.grace)) return undefined;
  const open = runs.filter((run) => !isComplete(run) && !isFailed(run));
  if (runs.some(isFailed) || (!replaces && !isOld(snapshot, open, waits.slow))) return undefined;
  const none = success === undefined ? 'none has succeeded so far' : `none has succeeded since ${success}`;
  return {
    code: 'CronJobOverrun',
    object: ref(cronJob),
    message: replaces
      ? `each of its runs replaces the one before, however far that has come: ${none}`
      : `${active.length} of its runs are under way at once: ${none}`,
    evidence: [
      field(cronJob, 'spec.schedule', spec.schedule),
      field(cronJob, 'spec.concurrencyPolicy', spec.concurrencyPolicy ?? 'Allow'),
      field(cronJob, 'status.active', `${active.length} Jobs`),
      ...(status?.lastSuccessfulTime === undefined
        ? []
        : [field(cronJob, 'status.lastSuccessfulTime', status.lastSuccessfulTime)]),
    ],
    causes: open.map((run) => ({
      object: ref(run),
      needs: 'ready',
      via: { field: 'status.active', value: run.metadata.name },
      certainty: 'sure',
    })),
    ...(since === undefined ? {} : { since }),
  };
}

/** Whether a success would be seen in a Job that is kept: controllers before 1.21 write no time of it. */
function keepsSuccesses({ spec }: CronJob): boolean {
  return (spec.successfulJobsHistoryLimit ?? 1) > 0 && spec.jobTemplate.spec?.ttlSecondsAfterFinished === undefined;
}

/** Whether the oldest run under way has lasted for long: many short ones may well overlap. */
function isOld(snapshot: Snapshot<never>, open: readonly Job[], slow: number): boolean {
  return open.some(({ status, metadata }) =>
    olderThan(snapshot, status?.startTime ?? metadata.creationTimestamp, slow),
  );
}
