import type { CodeSpec } from '../../src/kit.ts';

export const codes = {
  CronJobBlocked: { severity: 'warning', title: 'Runs are skipped because an earlier one does not end' },
  CronJobFailing: { severity: 'critical', title: 'The last run did not succeed' },
  CronJobMissed: { severity: 'warning', title: 'Runs that were due did not start' },
  CronJobOverrun: { severity: 'warning', title: 'Runs do not come to their end before the next' },
  CronJobScheduleInvalid: { severity: 'warning', title: 'The schedule or time zone cannot be read' },
  CronJobSuspended: { severity: 'info', title: 'Suspended: no runs are started' },
  // A network, storage or device plugin that is down takes its node's pods with it.
  DaemonSetDegraded: {
    severity: 'warning',
    title: 'Nodes lack a ready pod',
    breaks: ['ready', 'run', 'mount'],
  },
  DaemonSetMatchesNoNode: {
    severity: 'warning',
    title: 'No node matches',
    breaks: ['ready', 'run', 'mount'],
  },
  DaemonSetMisscheduled: { severity: 'info', title: 'Pods on nodes where they should not run' },
  DaemonSetNotObserved: {
    severity: 'critical',
    title: 'The daemon set controller has not acted on the newest spec',
    breaks: ['ready'],
  },
  DaemonSetRolloutStuck: { severity: 'warning', title: 'The rolling update does not go on' },
  DaemonSetUnavailable: {
    severity: 'critical',
    title: 'No node has a ready pod',
    breaks: ['ready', 'run', 'mount'],
  },
  DaemonSetUpdatePending: { severity: 'info', title: 'Pods of an older template, updated only when deleted' },
  JobFailed: { severity: 'critical', title: 'The Job failed', breaks: ['ready'] },
  JobPodsLinger: { severity: 'info', title: 'The Job is decided, but its pods linger' },
  JobStuck: { severity: 'warning', title: 'The Job makes no progress', breaks: ['ready'] },
  JobSuspended: { severity: 'info', title: 'Suspended: no pods are started' },
  ReplicationControllerDegraded: { severity: 'warning', title: 'Some replicas are not ready', breaks: ['ready'] },
  ReplicationControllerUnavailable: { severity: 'critical', title: 'No replica is ready', breaks: ['ready'] },
  StatefulSetDegraded: { severity: 'warning', title: 'Some replicas are not ready', breaks: ['ready'] },
  StatefulSetNotObserved: {
    severity: 'critical',
    title: 'The stateful set controller has not acted on the newest spec',
    breaks: ['ready'],
  },
  StatefulSetRevisionBlocked: {
    severity: 'warning',
    title: 'A pod of an older revision that is not ready keeps the newest revision from being rolled out',
    breaks: ['ready', 'scale'],
    // The pod waits for the newest revision, and that for the pod: it is deleted first.
    unlocks: true,
  },
  StatefulSetRolloutStuck: { severity: 'warning', title: 'The rolling update does not go on', breaks: ['ready'] },
  StatefulSetScaledToZero: {
    severity: 'info',
    title: 'Scaled to zero while something points at it',
    breaks: ['ready'],
  },
  StatefulSetServiceNotHeadless: { severity: 'info', title: 'The governing Service is not headless' },
  StatefulSetUnavailable: { severity: 'critical', title: 'No replica is ready', breaks: ['ready'] },
  StatefulSetUpdatePending: { severity: 'info', title: 'Pods of an older template, updated only when deleted' },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
