import type { CodeSpec } from '../../src/kit.ts';

export const codes = {} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
