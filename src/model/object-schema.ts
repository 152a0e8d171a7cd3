import { z } from 'zod';

/** How every public form names one object of the cluster. */
export const objectSchema = z
  .strictObject({
    apiVersion: z.string(),
    kind: z.string(),
    namespace: z.exactOptional(z.string()).meta({ description: 'Left out for cluster-scoped objects' }),
    name: z.string(),
  })
  .meta({ description: 'Names one object of the cluster' });

/** How every public form tells what could not be seen. */
export const gapSchema = z
  .strictObject({
    what: z.enum(['resource', 'namespace', 'analyzer', 'explanation']),
    name: z.string(),
    reason: z.string(),
  })
  .meta({ description: 'What could not be seen' });
