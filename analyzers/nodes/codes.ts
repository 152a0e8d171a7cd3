import type { CodeSpec, SettingSpec } from '../../src/kit.ts';

const dead = ['run', 'schedule'] as const;

export const codes = {
  NodeNotReady: { severity: 'critical', title: 'Node whose kubelet reports that it is not ready', breaks: dead },
  NodeUnreachable: { severity: 'critical', title: 'Node whose kubelet is silent', breaks: dead },
  NodeNetworkUnavailable: { severity: 'critical', title: 'Node whose network is not set up', breaks: dead },
  NodeMemoryPressure: { severity: 'warning', title: 'Node short of memory', breaks: dead },
  NodeDiskPressure: { severity: 'warning', title: 'Node short of disk space', breaks: dead },
  NodePIDPressure: { severity: 'warning', title: 'Node short of process ids', breaks: dead },
  NodeFaulty: { severity: 'warning', title: 'Node on which a monitor sees a fault', breaks: ['run'] },
  NodeProblem: { severity: 'warning', title: 'Node on which a monitor sees a problem' },
  NodeCordoned: { severity: 'info', title: 'Node closed to new pods', breaks: ['schedule'] },
  NodeStuckTerminating: { severity: 'warning', title: 'Deleted node that does not go' },
  NodeOutOfService: { severity: 'warning', title: 'Node marked as out of service', breaks: dead },
  NodeUninitialized: { severity: 'warning', title: 'Node that waits for its first set-up', breaks: ['schedule'] },
  NodeFull: { severity: 'info', title: 'Node with hardly any room left' },
  NodeVersionSkew: { severity: 'warning', title: 'Kubelet of a version the API server does not support' },
  NodeVersionsMixed: { severity: 'info', title: 'Kubelets of several minor versions' },
  NodeClockSkew: { severity: 'warning', title: 'Node whose clock is wrong' },
  NodeEvicting: { severity: 'warning', title: 'Node that evicted pods for lack of a resource' },
  NodeSystemOOM: { severity: 'warning', title: 'Node that ran out of memory' },
  NodeCleanupFailing: { severity: 'warning', title: 'Node that cannot clean up images or containers' },
  NodeRebooted: { severity: 'info', title: 'Node that was rebooted' },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;

export const settings = {
  startGrace: { default: 120, unit: 'seconds', title: 'How long a new node may take to become ready' },
  setUpGrace: { default: 300, unit: 'seconds', title: 'How long a new node may keep the taints of its set-up' },
  maintenanceGrace: { default: 600, unit: 'seconds', title: 'How long a node that shuts down may be away' },
  goingGrace: { default: 3_600, unit: 'seconds', title: 'How long a deleted node may take to go' },
  cordonedLong: { default: 86_400, unit: 'seconds', title: 'How long a node may be cordoned without a warning' },
  fullPercent: { default: 95, unit: 'percent', title: 'How much of a node may be requested before it counts as full' },
  clockSkew: { default: 120, unit: 'seconds', title: 'How far the clock of a node may be off' },
  eventAge: { default: 3_600, unit: 'seconds', title: 'How old an event about a node may be' },
} as const satisfies Record<string, SettingSpec>;
