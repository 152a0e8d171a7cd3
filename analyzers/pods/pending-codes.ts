import type { CodeSpec, SettingSpec } from '../../src/kit.ts';

const breaks = ['ready', 'run'] as const;

/** What can be found about pods that wait for a node. */
export const pendingCodes = {
  PodUnschedulable: { severity: 'critical', title: 'Pod that no node can take', breaks },
  PodBlockedByOldReplica: { severity: 'critical', title: 'Rollout that waits for its own older pods', breaks },
  PodSchedulingGated: { severity: 'info', title: 'Pod held back by a scheduling gate', breaks },
  PodNotPickedUp: { severity: 'critical', title: 'Pod that no scheduler looks at', breaks },
  PodDeviceClaimMissing: { severity: 'critical', title: 'Pod whose device claim does not exist', breaks },
  PodSchedulerError: { severity: 'critical', title: 'Pod at which the scheduler fails', breaks },
} as const satisfies Record<string, CodeSpec>;

export const pendingSettings = {
  pendingNotice: { default: 30, unit: 'seconds', title: 'How long a pod may wait for a node before anything is said' },
  pendingGrace: { default: 120, unit: 'seconds', title: 'How long waiting for a node counts as a warning only' },
  scaleUpGrace: {
    default: 900,
    unit: 'seconds',
    title: 'How long an autoscaler may take to bring a node it announced',
  },
} as const satisfies Record<string, SettingSpec>;
