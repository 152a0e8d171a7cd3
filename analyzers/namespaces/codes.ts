import type { CodeSpec } from '../../src/kit.ts';

export const codes = {
  NamespaceStuckTerminating: { severity: 'warning', title: 'Namespace that cannot be deleted' },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
