import type { CodeSpec } from '../../src/kit.ts';

export const codes = {
  HorizontalPodAutoscalerAtMaximum: { severity: 'warning', title: 'Wants more replicas than its maximum' },
  HorizontalPodAutoscalerCannotScale: { severity: 'critical', title: 'Cannot read or set the scale of its target' },
  HorizontalPodAutoscalerConflict: { severity: 'warning', title: 'Another autoscaler has the same target' },
  HorizontalPodAutoscalerDisabled: { severity: 'info', title: 'Does nothing: its target is scaled to zero' },
  HorizontalPodAutoscalerMetricsUnavailable: { severity: 'warning', title: 'Cannot read its metrics' },
  HorizontalPodAutoscalerRequestMissing: {
    severity: 'warning',
    title: 'Scales by a share of requests that containers do not set',
  },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
