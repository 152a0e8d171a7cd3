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

/** How every public form names the program that wrote it. */
export const toolSchema = z.strictObject({ name: z.literal('mekhanikube'), version: z.string() });

/** How the lists of a cluster name it. */
export const clusterSchema = z.strictObject({
  name: z.string(),
  context: z.exactOptional(z.string()),
  version: z.exactOptional(z.string()),
  source: z.enum(['live', 'recorded']),
});
