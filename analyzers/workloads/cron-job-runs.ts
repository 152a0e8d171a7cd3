import {
  type CauseLink,
  controllerManagerLink,
  type CronSchedule,
  type Draft,
  duration,
  eventEvidence,
  eventsOf,
  field,
  latest,
  millis,
  nextDue,
  type ObjectEvent,
  olderThan,
  parseCron,
  ref,
  type Snapshot,
  specChanged,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { type CronJob, lastsTooLong } from './job-view.ts';

type Reads = 'cronjobs.batch' | 'jobs.batch' | 'pods' | 'events';

export interface RunWaits {
  readonly grace: number;
  /** Seconds below which a run that is under way is never called too long. */
  readonly slow: number;
}

/** How many runs must have been skipped before an active one is called in the way. */
const skipped = 3;

/** Runs that `concurrencyPolicy: Forbid` skips because an earlier one does not end, against all that is usual for it. */
export function blocked(snapshot: Snapshot<Reads>, cronJob: CronJob, waits: RunWaits): Draft<Code> | undefined {
  const { concurrencyPolicy, schedule } = cronJob.spec;
  const active = cronJob.status?.active?.[0];
  if (concurrencyPolicy !== 'Forbid' || active?.name === undefined) return undefined;
  const found = snapshot.lookup('jobs.batch', active.name, cronJob.metadata.namespace);
  if (found.state !== 'found') return undefined;
  const job = found.object;
  const began = job.status?.startTime ?? job.metadata.creationTimestamp;
  if (lastsTooLong(snapshot, job, waits.slow) === false || !olderThan(snapshot, began, waits.slow)) return undefined;
  const due = dues(cronJob, skipped)?.at(-1);
  if (due === undefined || !olderThan(snapshot, due, waits.grace)) return undefined;
  return {
    code: 'CronJobBlocked',
    object: ref(cronJob),
    message: `at least ${skipped} runs were skipped: an earlier run has not ended, and its concurrency policy forbids a second`,
    evidence: [
      field(cronJob, 'spec.concurrencyPolicy', 'Forbid'),
      field(cronJob, 'spec.schedule', schedule),
      field(cronJob, 'status.active[0].name', active.name),
      ...(began === undefined ? [] : [field(job, 'status.startTime', began)]),
    ],
    causes: [
      {
        object: ref(job),
        needs: 'ready',
        via: { field: 'status.active[0].name', value: active.name },
        certainty: 'sure',
      },
    ],
    values: { job: active.name },
    ...(began === undefined ? {} : { since: began }),
  };
}

/** Runs that were due a whole period ago and did not start. */
export function missed(snapshot: Snapshot<Reads>, cronJob: CronJob, waits: RunWaits): Draft<Code> | undefined {
  const { concurrencyPolicy, schedule, startingDeadlineSeconds } = cronJob.spec;
  if (concurrencyPolicy === 'Forbid' && (cronJob.status?.active?.length ?? 0) > 0) return undefined;
  const [due, next] = dues(cronJob, 2) ?? [];
  const one = millis(due);
  const two = millis(next);
  if (due === undefined || one === undefined || two === undefined) return undefined;
  const period = (two - one) / 1000;
  if (!olderThan(snapshot, due, period + Math.min(startingDeadlineSeconds ?? 0, period) + waits.grace))
    return undefined;
  const last = cronJob.status?.lastScheduleTime;
  const told = eventsOf(snapshot, ref(cronJob), cronJob.metadata.uid).find(
    (event) => reasons.has(event.reason) && (millis(event.last) ?? 0) > (millis(last) ?? 0),
  );
  const refused = told?.reason === 'FailedCreate' ? `: ${told.message.replace(/\s+/g, ' ').replace(/\.$/, '')}` : '';
  return {
    code: 'CronJobMissed',
    object: ref(cronJob),
    message: `the run due at ${due} did not start, nor any since${refused}${deadlineText(startingDeadlineSeconds)}`,
    evidence: [
      field(cronJob, 'spec.schedule', schedule),
      ...(last === undefined ? [] : [field(cronJob, 'status.lastScheduleTime', last)]),
      ...(startingDeadlineSeconds === undefined
        ? []
        : [field(cronJob, 'spec.startingDeadlineSeconds', startingDeadlineSeconds)]),
      ...(told === undefined ? [] : [eventEvidence(cronJob, told)]),
    ],
    causes: [
      controllerManagerLink('status.lastScheduleTime', last ?? `never, due every ${duration(period)}`),
      ...quotaLinks(cronJob, told),
    ],
    since: due,
  };
}

/** How often the controller may look, in seconds: a shorter deadline has passed when it does. Source: CronJob documentation. */
const looks = 10;

function deadlineText(seconds: number | undefined): string {
  return seconds === undefined || seconds >= looks
    ? ''
    : `; with startingDeadlineSeconds ${seconds} a run is skipped when the controller comes to it a little late`;
}

const reasons = new Set(['FailedCreate', 'MissSchedule', 'TooManyMissedTimes']);

/** The first times at which a run was due since a moment: the last run, the creation, or the last change, where none is given. */
export function dues(cronJob: CronJob, count: number, from?: string): readonly string[] | undefined {
  const { schedule, timeZone } = cronJob.spec;
  const parsed: CronSchedule | string = parseCron(schedule, timeZone);
  if (typeof parsed === 'string') return undefined;
  const { status, metadata } = cronJob;
  const times: string[] = [];
  let after = from ?? latest([status?.lastScheduleTime, metadata.creationTimestamp, specChanged(cronJob)]);
  while (after !== undefined && times.length < count) {
    after = nextDue(parsed, after);
    if (after !== undefined) times.push(after);
  }
  return times.length === count ? times : undefined;
}

function quotaLinks({ metadata }: CronJob, told: ObjectEvent | undefined): CauseLink[] {
  const name = /exceeded quota: ([a-z0-9.-]+)/.exec(told?.message ?? '')?.[1];
  if (name === undefined || told === undefined) return [];
  const { namespace } = metadata;
  const object = { apiVersion: 'v1', kind: 'ResourceQuota', ...(namespace === undefined ? {} : { namespace }), name };
  return [
    { object, needs: 'admit', via: { field: 'events[reason=FailedCreate].message', value: name }, certainty: 'sure' },
  ];
}
