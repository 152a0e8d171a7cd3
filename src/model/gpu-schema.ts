import { z } from 'zod';
import { clusterSchema, toolSchema } from './object-schema.ts';

/** The accelerators of a cluster as data: the one source of its types and of schema/gpu.json. Only tests and scripts import it at run time. */

/** Raised when a field goes or changes its meaning; a new optional field does not raise it. */
export const gpuSchemaVersion = '1';

const count = z.int().min(0);
const text = z.string().min(1);
const time = text.meta({ description: 'RFC 3339' });

const amounts = {
  capacity: count.meta({ description: 'What is registered' }),
  allocatable: count.meta({ description: 'What of it is healthy' }),
  requested: count.meta({ description: 'What pods on the node hold' }),
  free: count.meta({ description: 'Allocatable less requested' }),
  unhealthy: count,
};

const through = z.enum(['plugin', 'dra']).meta({
  description: 'plugin: an extended resource of a device plugin. dra: devices handed out through ResourceClaims',
});

const device = z.strictObject({
  resource: text.meta({ description: 'nvidia.com/gpu; for dra the driver, gpu.nvidia.com' }),
  vendor: z.enum(['nvidia', 'amd', 'intel', 'habana', 'google', 'aws', 'huawei', 'other']),
  through,
  ...amounts,
});

const holder = z.strictObject({
  namespace: z.string(),
  pod: text,
  owner: text.meta({ description: 'What a person would edit: Deployment shop/llm' }),
  resource: text,
  amount: count,
  state: text.meta({ description: 'running, not ready, starting, terminating, or what is wrong: ImagePullBackOff' }),
  runs: z.boolean().meta({ description: 'False where it holds its devices and does no work with them' }),
  since: z.exactOptional(time).meta({ description: 'When it was placed' }),
});

const node = z.strictObject({
  name: text,
  ready: z.boolean(),
  cordoned: z.boolean(),
  product: z.exactOptional(text),
  sharing: z
    .exactOptional(text)
    .meta({ description: 'MIG mixed, MIG single, time-slicing x4; left out for whole devices' }),
  driver: z.exactOptional(text),
  cuda: z.exactOptional(text).meta({ description: 'The newest CUDA that the driver supports' }),
  silent: z.exactOptional(text).meta({ description: 'The label that tells of devices, where the node offers none' }),
  devices: z.array(device),
  holders: z.array(holder).meta({ description: 'Those that do not run first' }),
});

const waiting = z.strictObject({
  namespace: z.string(),
  pod: z.exactOptional(text).meta({ description: 'Left out where the pod could not even be made' }),
  owner: text,
  asks: z.array(z.strictObject({ resource: text, amount: count })),
  since: z.exactOptional(time),
  cause: z.enum([
    'gated',
    'unseen',
    'name-not-offered',
    'no-gpu',
    'plugin-silent',
    'too-large',
    'selector',
    'taint',
    'node-unavailable',
    'all-held',
    'fragmented',
    'claims',
    'quota',
    'other',
    'fits',
  ]),
  why: text,
  change: z.exactOptional(text).meta({ description: 'What would let it run' }),
});

export const gpuSchema = z
  .strictObject({
    schemaVersion: z.literal(gpuSchemaVersion),
    tool: toolSchema,
    cluster: clusterSchema,
    takenAt: time,
    complete: z.boolean().meta({ description: 'False when something could not be seen: see gaps' }),
    totals: z.array(
      z.strictObject({
        resource: text,
        through,
        nodes: count,
        ...amounts,
        largestFree: count.meta({ description: 'The most that is free on one node that takes pods' }),
      }),
    ),
    nodes: z.array(node),
    waiting: z
      .array(waiting)
      .meta({ description: 'Pods that ask for accelerators and have no node, or may not be made' }),
    looked: z.strictObject({ nodes: count, pods: count }).meta({ description: 'How many objects were looked at' }),
    gaps: z.array(z.strictObject({ resource: text, reason: text })).meta({ description: 'What could not be seen' }),
  })
  .meta({ title: 'Accelerators of a cluster, by mekhanikube' });

export type GpuReport = z.infer<typeof gpuSchema>;
