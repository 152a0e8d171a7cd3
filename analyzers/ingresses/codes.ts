import type { CodeSpec } from '../../src/kit.ts';

export const codes = {
  GatewayNotProgrammed: { severity: 'critical', title: 'Gateway that no controller serves' },
  IngressBackendPortUnknown: { severity: 'critical', title: 'Backend port that the Service does not have' },
  IngressBackendUnavailable: { severity: 'critical', title: 'Backend that serves nobody' },
  IngressClassSeveralDefaults: { severity: 'warning', title: 'Several default IngressClasses' },
  IngressNoAddress: { severity: 'warning', title: 'Ingress without an address' },
  IngressNotServed: { severity: 'critical', title: 'Ingress that no controller serves' },
  IngressPathConflict: { severity: 'warning', title: 'Host and path of another Ingress' },
  IngressStuckTerminating: { severity: 'warning', title: 'Ingress that cannot be deleted', breaks: ['ready'] },
  IngressSyncFailed: { severity: 'critical', title: 'Ingress that its controller cannot put into effect' },
  IngressTLSUnavailable: { severity: 'critical', title: 'TLS certificate that cannot be used' },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
