import {
  age,
  conditionIs,
  controllerOf,
  groupBy,
  millis,
  once,
  refKey,
  type ResourceTypes,
  type Snapshot,
} from '../../src/kit.ts';

export type Job = ResourceTypes['jobs.batch'];
export type CronJob = ResourceTypes['cronjobs.batch'];

export function isComplete(job: Job): boolean {
  return conditionIs(job, 'Complete', 'True') !== undefined;
}

export function isFailed(job: Job): boolean {
  return conditionIs(job, 'Failed', 'True') !== undefined;
}

export function isFinished(job: Job): boolean {
  return isComplete(job) || isFailed(job);
}

const byOwner = once((snapshot: Snapshot<'jobs.batch'>) =>
  groupBy(snapshot.list('jobs.batch').items, (job) => {
    const owner = controllerOf(job);
    return owner === undefined ? undefined : refKey(owner);
  }),
);

/** The Jobs with the same controller (the runs of one CronJob), oldest first; only itself for a Job of its own. */
export function runsWith(snapshot: Snapshot<'jobs.batch'>, job: Job): readonly Job[] {
  const owner = controllerOf(job);
  return owner === undefined ? [job] : sorted(byOwner(snapshot).get(refKey(owner)) ?? [job]);
}

/** The Jobs that a controller made, oldest first. */
export function sorted(jobs: readonly Job[]): readonly Job[] {
  return [...jobs].sort((one, other) => created(one) - created(other));
}

function created(job: Job): number {
  return millis(job.metadata.creationTimestamp) ?? 0;
}

/** Seconds that the slowest completed run took; undefined where none has completed. */
function slowestRun(jobs: readonly Job[]): number | undefined {
  const lengths = jobs.filter(isComplete).flatMap(({ status }) => {
    const start = millis(status?.startTime);
    const end = millis(status?.completionTime);
    return start === undefined || end === undefined ? [] : (end - start) / 1000;
  });
  return lengths.length === 0 ? undefined : Math.max(...lengths);
}

/** How much slower than the slowest completed run a run must be to be taken for stuck. */
const muchSlower = 10;

/**
 * Whether a run lasts out of all proportion: ten times its slowest completed sibling, and `least` seconds.
 * @returns undefined where there is nothing to compare with.
 */
export function lastsTooLong(
  snapshot: Snapshot<'jobs.batch'>,
  job: Job,
  least: number,
): { readonly seconds: number; readonly usual: number } | false | undefined {
  const usual = slowestRun(runsWith(snapshot, job));
  const seconds = age(snapshot, job.status?.startTime);
  if (usual === undefined || seconds === undefined) return undefined;
  return seconds >= least && seconds >= usual * muchSlower ? { seconds, usual } : false;
}
