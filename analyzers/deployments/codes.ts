import type { CodeSpec } from '../../src/kit.ts';

export const codes = {
  DeploymentUnavailable: {
    severity: 'critical',
    title: 'Too few replicas are available',
    breaks: ['ready'],
  },
  DeploymentRolloutStuck: {
    severity: 'critical',
    title: 'The rollout has exceeded its progress deadline',
    breaks: ['ready'],
  },
  DeploymentDegraded: {
    severity: 'warning',
    title: 'Some replicas are not available',
    breaks: ['ready'],
  },
  DeploymentNotObserved: {
    severity: 'critical',
    title: 'The deployment controller has not acted on the newest spec',
    breaks: ['ready'],
  },
  DeploymentPausedChange: {
    severity: 'info',
    title: 'Paused with a change that is not rolled out',
  },
  DeploymentScaledToZero: {
    severity: 'info',
    title: 'Scaled to zero while something points at it',
    breaks: ['ready'],
  },
  DeploymentSelectorOverlap: {
    severity: 'warning',
    title: 'The selector matches the pods of another workload',
    breaks: ['measure'],
  },
  ReplicaSetUnavailable: {
    severity: 'critical',
    title: 'No replica is available',
    breaks: ['ready'],
  },
  ReplicaSetDegraded: {
    severity: 'warning',
    title: 'Some replicas are not available',
    breaks: ['ready'],
  },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
