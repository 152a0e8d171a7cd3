import type { Settings, SettingSpec } from '../../src/kit.ts';
import { pendingSettings } from './pending-codes.ts';

export const settings = {
  ...pendingSettings,
  startGrace: { default: 60, unit: 'seconds', title: 'How long mounts and the pod network may fail at the start' },
  attachGrace: { default: 120, unit: 'seconds', title: 'How long a volume may take to move between nodes' },
  creatingGrace: { default: 300, unit: 'seconds', title: 'How long containers may take to be created' },
  pullGrace: { default: 900, unit: 'seconds', title: 'How long an image may take to be pulled' },
  readyGrace: { default: 180, unit: 'seconds', title: 'How long a running pod may take to become ready' },
  initGrace: { default: 600, unit: 'seconds', title: 'How long an init container may run' },
  criticalAfter: { default: 600, unit: 'seconds', title: 'How long a pod that is not ready counts as a warning only' },
  restarts: { default: 5, unit: 'count', title: 'How many restarts of a running container are reported' },
  recentRestart: { default: 3_600, unit: 'seconds', title: 'How long ago a restart still counts' },
  sidecarGrace: { default: 300, unit: 'seconds', title: 'How long a sidecar may outlive the work of its pod' },
  failedStale: {
    default: 86_400,
    unit: 'seconds',
    title: 'After how long a pod of its own that failed is information only',
  },
  terminatingGrace: { default: 120, unit: 'seconds', title: 'How long a pod may outlive its termination grace period' },
} as const satisfies Record<string, SettingSpec>;

export type PodSettings = Settings<typeof settings>;
