import type { CodeSpec } from '../../src/kit.ts';

/** Whoever names a missing object may need any of this of it. */
const breaks = ['mount', 'start', 'pull', 'admit', 'bind', 'route', 'schedule', 'resolve'] as const;

/** Severities are decided by what the referrers suffer: critical when one is broken now, info when none needs it now. */
export const codes = {
  ConfigMapKeyMissing: { severity: 'warning', title: 'Key of a ConfigMap missing', breaks },
  ConfigMapMissing: { severity: 'warning', title: 'ConfigMap missing', breaks },
  IngressClassMissing: { severity: 'warning', title: 'IngressClass missing', breaks },
  PersistentVolumeClaimMissing: { severity: 'warning', title: 'PersistentVolumeClaim missing', breaks },
  PriorityClassMissing: { severity: 'warning', title: 'PriorityClass missing', breaks },
  RuntimeClassMissing: { severity: 'warning', title: 'RuntimeClass missing', breaks },
  SecretKeyMissing: { severity: 'warning', title: 'Key of a Secret missing', breaks },
  SecretMissing: { severity: 'warning', title: 'Secret missing', breaks },
  ServiceAccountMissing: { severity: 'warning', title: 'ServiceAccount missing', breaks },
  ServiceMissing: { severity: 'warning', title: 'Service missing', breaks },
  StorageClassMissing: { severity: 'warning', title: 'StorageClass missing', breaks },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
