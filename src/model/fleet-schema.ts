import { z } from 'zod';
import type { Frozen } from './frozen.ts';
import { reportSchema } from './report-schema.ts';

/** Several clusters of one run as data: the one source of its types and of schema/fleet.json. Only tests and scripts import it at run time. */

const count = z.int().min(0);
const counts = z.strictObject({ critical: count, warning: count, info: count });

export const fleetSchema = z
  .strictObject({
    schemaVersion: z.literal('1'),
    tool: reportSchema.shape.tool,
    status: z
      .enum(['ok', 'problems'])
      .meta({ description: 'ok: nothing above info in the clusters that could be read' }),
    complete: z.boolean().meta({ description: 'False when a cluster, or something in one, could not be seen' }),
    summary: z
      .strictObject({ clusters: count, unread: count, incidents: counts, problems: counts, suppressed: counts })
      .meta({ description: 'Sums over the clusters that could be read' }),
    clusters: z.array(reportSchema).meta({ description: 'A report for each cluster that could be read, as asked for' }),
    gaps: z
      .array(z.strictObject({ what: z.literal('cluster'), name: z.string(), reason: z.string() }))
      .meta({ description: 'Contexts whose cluster could not be read, and why' }),
  })
  .meta({ title: 'Report of several clusters, by mekhanikube' });

export type FleetReport = Frozen<z.infer<typeof fleetSchema>>;
