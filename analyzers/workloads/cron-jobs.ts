import {
  type Draft,
  eventEvidence,
  eventsOf,
  field,
  millis,
  type ObjectEvent,
  parseCron,
  ref,
  type Snapshot,
  nextDue,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { overrun } from './cron-job-overrun.ts';
import { blocked, missed, type RunWaits } from './cron-job-runs.ts';
import { failing } from './cron-job-success.ts';
import type { CronJob } from './job-view.ts';

type Reads = 'cronjobs.batch' | 'jobs.batch' | 'pods' | 'events';

/** What keeps CronJobs from doing their work, one finding each; failed runs that still exist are findings about their Jobs. */
export function* cronJobs(snapshot: Snapshot<Reads>, waits: RunWaits): Generator<Draft<Code>> {
  for (const cronJob of snapshot.list('cronjobs.batch').items) {
    if (cronJob.metadata.deletionTimestamp !== undefined) continue;
    const draft =
      suspended(cronJob) ??
      unreadable(snapshot, cronJob) ??
      blocked(snapshot, cronJob, waits) ??
      missed(snapshot, cronJob, waits) ??
      failing(snapshot, cronJob, waits.grace) ??
      overrun(snapshot, cronJob, waits);
    if (draft !== undefined) yield draft;
  }
}

function suspended(cronJob: CronJob): Draft<Code> | undefined {
  if (cronJob.spec.suspend !== true) return undefined;
  return {
    code: 'CronJobSuspended',
    object: ref(cronJob),
    message: 'it is suspended: no runs are started',
    evidence: [field(cronJob, 'spec.suspend', true)],
  };
}

/** Reasons of the controller's events about a schedule that it cannot use. Source: pkg/controller/cronjob. */
const refusals = new Set(['UnparseableSchedule', 'InvalidSchedule', 'UnknownTimeZone']);

function unreadable(snapshot: Snapshot<Reads>, cronJob: CronJob): Draft<Code> | undefined {
  const { schedule, timeZone } = cronJob.spec;
  const parsed = parseCron(schedule, timeZone);
  const refusal = eventsOf(snapshot, ref(cronJob), cronJob.metadata.uid).find(
    (event) => refusals.has(event.reason) && isCurrent(event, cronJob),
  );
  const due = typeof parsed === 'string' ? undefined : nextDue(parsed, snapshot.takenAt);
  if (due !== undefined && refusal === undefined) return undefined;
  const problem =
    parsed === 'timeZone' || refusal?.reason === 'UnknownTimeZone'
      ? `its time zone ${timeZone ?? ''} is not known`.replace('  ', ' ')
      : typeof parsed === 'string' || refusal !== undefined
        ? `its schedule ${schedule} cannot be read`
        : `its schedule ${schedule} is never due`;
  return {
    code: 'CronJobScheduleInvalid',
    object: ref(cronJob),
    message: `${problem}: no run is started`,
    evidence: [
      field(cronJob, 'spec.schedule', schedule),
      ...(timeZone === undefined ? [] : [field(cronJob, 'spec.timeZone', timeZone)]),
      ...(refusal === undefined ? [] : [eventEvidence(cronJob, refusal)]),
    ],
  };
}

/** Whether an event is later than the last run: a schedule that was put right has had one since. */
function isCurrent(event: ObjectEvent, { status }: CronJob): boolean {
  return (millis(event.last) ?? 0) > (millis(status?.lastScheduleTime) ?? 0);
}
