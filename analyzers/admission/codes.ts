import type { CodeSpec } from '../../src/kit.ts';

export const codes = {
  LimitRangeDenies: { severity: 'critical', title: 'LimitRange denies pods', breaks: ['admit'] },
  NamespacePodSecurityDenies: {
    severity: 'critical',
    title: 'Pod Security level of the Namespace denies pods',
    breaks: ['admit'],
  },
  PodBlockedByWebhookFailure: {
    severity: 'critical',
    title: 'Pods not created: an admission webhook cannot be called',
    breaks: ['ready'],
  },
  PodCreationFailed: { severity: 'critical', title: 'Pods not created', breaks: ['ready'] },
  PodDeniedByLimitRange: { severity: 'critical', title: 'Pods denied by a LimitRange', breaks: ['ready'] },
  PodDeniedByPodSecurity: { severity: 'critical', title: 'Pods denied by Pod Security', breaks: ['ready'] },
  PodDeniedByPolicy: { severity: 'critical', title: 'Pods denied by an admission policy', breaks: ['ready'] },
  PodDeniedByQuota: { severity: 'critical', title: 'Pods denied by a ResourceQuota', breaks: ['ready'] },
  PodDeniedByWebhook: { severity: 'critical', title: 'Pods denied by an admission webhook', breaks: ['ready'] },
  PodDeniedReferenceMissing: {
    severity: 'critical',
    title: 'Pods denied: an object they name does not exist',
    breaks: ['ready'],
  },
  // Capabilities beside `admit` tell the two quota findings apart for the denials that name one of them only.
  QuotaExhausted: { severity: 'critical', title: 'ResourceQuota used up', breaks: ['admit', 'scale'] },
  QuotaNeedsRequests: {
    severity: 'critical',
    title: 'ResourceQuota wants requests or limits that pods do not set',
    breaks: ['admit', 'start'],
  },
  WebhookUnavailable: {
    severity: 'critical',
    title: 'Admission webhook cannot be called',
    breaks: ['admit'],
    // A webhook that intercepts the pods behind itself is got out of the way first; nothing else can start before.
    unlocks: true,
  },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
