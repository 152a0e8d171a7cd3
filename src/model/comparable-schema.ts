import { z } from 'zod';
import type { Frozen } from './frozen.ts';

/**
 * What is read of an earlier report, to compare a later one with it. It comes from a file, so it is checked; fields that are not
 * needed may be there, or be new.
 */

const severity = z.enum(['critical', 'warning', 'info']);
const time = z.string().refine((value) => !Number.isNaN(Date.parse(value)), 'is no time');

const object = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.exactOptional(z.string()),
  name: z.string(),
});

const problem = z.object({
  id: z.string().min(1),
  analyzer: z.string(),
  code: z.string(),
  severity,
  object,
  message: z.string(),
  members: z.array(object),
  suppressed: z.exactOptional(z.literal(true)),
});

export const comparableSchema = z.object({
  tool: z.object({ version: z.string() }),
  cluster: z.object({ name: z.string(), server: z.exactOptional(z.string()) }),
  scope: z.object({
    namespaces: z.array(z.string()),
    selector: z.exactOptional(z.string()),
    filters: z.array(z.string()),
    targets: z.array(z.string()),
  }),
  takenAt: time,
  problems: z.array(problem),
  suppressed: z.array(z.object({ id: z.string() })).default([]),
  gaps: z.array(z.object({ what: z.string(), name: z.string(), reason: z.string() })),
});

/** The part of a report that comparing needs: every Report is one. */
export type Comparable = Frozen<z.output<typeof comparableSchema>>;
export type ComparableProblem = Comparable['problems'][number];
