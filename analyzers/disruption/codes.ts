import type { CodeSpec } from '../../src/kit.ts';

export const codes = {
  PodDisruptionBudgetBlocksEvictions: {
    severity: 'warning',
    title: 'Allows no eviction even when all pods are healthy',
    breaks: ['resolve'],
  },
  PodDisruptionBudgetMatchesNoPods: { severity: 'info', title: 'Selects no pods' },
  PodDisruptionBudgetOverlap: { severity: 'warning', title: 'Pods under more than one budget cannot be evicted' },
  PodDisruptionBudgetSyncFailed: { severity: 'warning', title: 'Cannot be computed' },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
