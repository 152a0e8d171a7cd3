import {
  type CauseLink,
  condition,
  computed,
  deadNodeLinks,
  duration,
  field,
  isActive,
  olderThan,
  ownedBy,
  podStates,
  podTrouble,
  ref,
  type Snapshot,
} from '../../src/kit.ts';
import { isFinished, type Job, lastsTooLong } from './job-view.ts';
import { missingPodLinks, type Out } from './waits.ts';

type Reads = 'jobs.batch' | 'pods' | 'nodes';

/** Jobs under way that get nowhere, that are suspended, or that are decided while their pods still end. */
export function* runningJobs(
  snapshot: Snapshot<Reads>,
  waits: { readonly starting: number; readonly slow: number },
): Generator<Out> {
  for (const job of snapshot.list('jobs.batch').items) {
    if (isFinished(job) || job.metadata.deletionTimestamp !== undefined) continue;
    if (job.spec.suspend === true) {
      yield {
        code: 'JobSuspended',
        object: ref(job),
        message: 'it is suspended: no pod of it is started',
        evidence: [field(job, 'spec.suspend', true)],
      };
      continue;
    }
    const draft = lingering(snapshot, job, waits.starting) ?? stuck(snapshot, job, waits);
    if (draft !== undefined) yield draft;
  }
}

/** The controller sets these before the final condition, which waits for the pods to be gone. Source: batch/v1 JobConditionType. */
function lingering(snapshot: Snapshot<Reads>, job: Job, grace: number): Out | undefined {
  for (const type of ['FailureTarget', 'SuccessCriteriaMet']) {
    const decided = condition(job, type);
    if (decided?.status !== 'True') continue;
    if (!olderThan(snapshot, decided.lastTransitionTime, grace)) return undefined;
    return {
      code: 'JobPodsLinger',
      object: ref(job),
      message: `it is decided (${type}${decided.reason === undefined ? '' : `, ${decided.reason}`}), but waits for its pods to end`,
      evidence: [
        field(job, `status.conditions[type=${type}]`, `${decided.status} ${decided.reason ?? ''}`.trim()),
        field(job, 'status.active', job.status?.active ?? 0),
      ],
    };
  }
  return undefined;
}

function stuck(
  snapshot: Snapshot<Reads>,
  job: Job,
  waits: { readonly starting: number; readonly slow: number },
): Out | undefined {
  const { status, spec } = job;
  // Another controller runs Jobs that name one (spec.managedBy): what their status means is its business.
  if (spec.managedBy !== undefined && spec.managedBy !== 'kubernetes.io/job-controller') return undefined;
  const began = status?.startTime ?? job.metadata.creationTimestamp;
  if (spec.parallelism === 0 || !olderThan(snapshot, began, waits.starting)) return undefined;
  const pods = ownedBy(snapshot, 'pods', job);
  const active = pods.filter(isActive);
  const make = (message: string, causes: readonly CauseLink[]): Out => ({
    code: 'JobStuck',
    object: ref(job),
    message,
    evidence: [
      field(job, 'status.active', status?.active ?? 0),
      ...(status?.startTime === undefined ? [] : [field(job, 'status.startTime', status.startTime)]),
      ...(podStates(active) === '' ? [] : [computed(job, `pods: ${podStates(active)}`)]),
    ],
    causes,
    // Runs of a CronJob are one finding on it.
    values: { job: job.metadata.name },
    ...(began === undefined ? {} : { since: began }),
  });
  // After a failure the controller waits up to six minutes before the next try; without one it makes pods at once.
  const tried = (status?.active ?? 0) + (status?.failed ?? 0) + (status?.succeeded ?? 0) + pods.length;
  if (tried === 0) {
    return snapshot.list('pods', job.metadata.namespace).complete
      ? make('it has no pod, and never had one', missingPodLinks(job, 'status.active', '0', { none: true }))
      : undefined;
  }
  const waiting = active.filter(
    (pod) =>
      olderThan(snapshot, pod.metadata.creationTimestamp, waits.starting) &&
      (podTrouble(pod) !== undefined || pod.status?.phase === 'Pending'),
  );
  if (active.length > 0 && waiting.length === active.length) {
    return make(`none of its pods runs (${podStates(active)})`, deadNodeLinks(snapshot, active));
  }
  const slow = lastsTooLong(snapshot, job, waits.slow);
  return slow === undefined || slow === false
    ? undefined
    : make(
        `it has been running for ${duration(slow.seconds)}; the slowest run that completed took ${duration(slow.usual)}`,
        deadNodeLinks(snapshot, active),
      );
}
