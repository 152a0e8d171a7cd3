import type { CodeSpec, Settings, SettingSpec } from '../../src/kit.ts';

/** A fault of a node's devices keeps pods that ask for them away, and ends those that hold them. */
const breaks = ['schedule', 'start'] as const;

export const codes = {
  ClusterPolicyIgnored: { severity: 'warning', title: 'GPU operator: a second ClusterPolicy, which is ignored' },
  ClusterPolicyMisleadingReady: {
    severity: 'warning',
    title: 'GPU operator: Ready is reported, but no node is seen to have a GPU',
    breaks,
  },
  ClusterPolicyNotReady: { severity: 'critical', title: 'GPU operator: not all of its parts are ready', breaks },
  NodeGPUAllUnhealthy: { severity: 'critical', title: 'Node whose GPUs are all unhealthy', breaks },
  NodeGPUCountMismatch: { severity: 'warning', title: 'Node that offers fewer GPUs than it has', breaks },
  NodeGPUDeviceTainted: { severity: 'critical', title: 'GPU taken out of service by its driver', breaks },
  NodeGPUDriverUpgradeFailed: { severity: 'critical', title: 'Node whose GPU driver upgrade failed', breaks },
  NodeGPUDriverUpgrading: { severity: 'info', title: 'Node whose GPU driver is being upgraded', breaks },
  NodeGPUExcluded: { severity: 'info', title: 'GPU node taken out of use on purpose', breaks },
  NodeGPUNotOffered: { severity: 'critical', title: 'GPU that its node does not offer to pods', breaks },
  NodeGPUPluginBlind: { severity: 'critical', title: 'Device plugin that runs and finds no GPU', breaks },
  NodeGPUPluginDown: { severity: 'critical', title: 'Node whose device plugin is down', breaks },
  NodeGPUUnhealthy: { severity: 'warning', title: 'Node with an unhealthy GPU', breaks },
  NodeMIGConfigFailed: { severity: 'warning', title: 'Node whose GPUs cannot be partitioned as asked', breaks },
  NodeMIGStrategyMismatch: { severity: 'warning', title: 'Node whose MIG strategy and resources differ' },
  PodGPUHeldIdle: { severity: 'warning', title: 'GPU held by a pod that does not run', breaks: ['schedule'] },
  PodGPUServerWithoutGPU: { severity: 'warning', title: 'GPU server that asks for no GPU' },
  PodGPUShares: { severity: 'info', title: 'Several shares of a GPU asked for by one container' },
  PodGPUUnaccounted: { severity: 'warning', title: 'GPU used without being asked for' },
  RuntimeClassHandlerMissing: {
    severity: 'critical',
    title: 'RuntimeClass whose handler its nodes do not have',
    breaks: ['start'],
  },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;

export const settings = {
  pluginGrace: { default: 300, unit: 'seconds', title: 'How long a device plugin may take to restart' },
  setUpGrace: { default: 600, unit: 'seconds', title: 'How long drivers may take to be set up on a new node' },
  operatorGrace: { default: 900, unit: 'seconds', title: 'How long the GPU operator may take to bring its parts up' },
  holdGrace: { default: 300, unit: 'seconds', title: 'How long a pod in trouble may hold a GPU' },
  loadGrace: { default: 1_800, unit: 'seconds', title: 'How long a pod may hold a GPU while it is being started' },
} as const satisfies Record<string, SettingSpec>;

export type GpuSettings = Settings<typeof settings>;
