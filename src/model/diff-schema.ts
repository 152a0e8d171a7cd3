import { z } from 'zod';
import type { Frozen } from './frozen.ts';
import { objectSchema as object, toolSchema } from './object-schema.ts';

/** What changed between two reports, as data: the source of its types and of schema/diff.json. Only tests and scripts import it at run time. */

/** Raised when a field goes or changes its meaning; a new optional field does not raise it. */
export const diffSchemaVersion = '1';

const severity = z.enum(['critical', 'warning', 'info']);
const count = z.int().min(0);
const counts = z.strictObject({ critical: count, warning: count, info: count });

const brief = z.strictObject({ id: z.string().min(1), code: z.string(), severity, object, message: z.string() });
const changed = z.strictObject({
  ...brief.shape,
  before: severity.meta({ description: 'How bad it was; severity is how bad it is' }),
});

const side = z.strictObject({
  name: z.string().meta({ description: 'The file' }),
  cluster: z.string(),
  takenAt: z.string().meta({ description: 'RFC 3339' }),
});

export const diffSchema = z
  .strictObject({
    schemaVersion: z.literal(diffSchemaVersion),
    tool: toolSchema,
    old: side,
    new: side,
    summary: z
      .strictObject({
        added: counts,
        worsened: counts,
        improved: counts,
        unchanged: counts,
        resolved: counts,
        unseen: counts,
        ignored: counts,
      })
      .meta({ description: 'How many problems of each severity, as it is now; of those that are gone, as it was' }),
    added: z.array(brief).meta({ description: 'New problems, and those that were ignored and count again' }),
    worsened: z.array(changed),
    improved: z.array(changed),
    resolved: z.array(brief).meta({ description: 'Gone, and they would have been seen' }),
    unseen: z
      .array(z.strictObject({ ...brief.shape, why: z.string() }))
      .meta({ description: 'Gone where nothing could be seen now, and why' }),
    ignored: z.array(brief).meta({ description: 'Counted before, ignored now' }),
    hints: z.array(z.string()).meta({ description: 'Why the two may not be of the same thing' }),
  })
  .meta({ title: 'Difference of two reports of mekhanikube' });

/** What changed between two reports. Its form is schema/diff.json. */
export type DiffReport = Frozen<z.infer<typeof diffSchema>>;
