import type { CodeSpec } from '../../src/kit.ts';

export const codes = {
  APIServiceUnavailable: {
    severity: 'critical',
    title: 'Aggregated API unavailable',
    breaks: ['measure', 'resolve'],
  },
  CRDConversionUnavailable: {
    severity: 'warning',
    title: 'Custom resources that cannot be converted',
    breaks: ['resolve'],
  },
  CRDNotEstablished: { severity: 'critical', title: 'Custom resources whose names are taken' },
  CRDStuckTerminating: {
    severity: 'warning',
    title: 'CustomResourceDefinition that cannot be deleted',
    breaks: ['ready'],
  },
  ControllerManagerDead: { severity: 'critical', title: 'kube-controller-manager does not run', breaks: ['scale'] },
  SchedulerDead: { severity: 'critical', title: 'kube-scheduler does not run', breaks: ['schedule'] },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
