import { z } from 'zod';
import { certificateRowSchema } from './certs-schema.ts';
import { gpuSchema } from './gpu-schema.ts';
import { gapSchema as gap, objectSchema as object, toolSchema } from './object-schema.ts';

/**
 * The report as data: the one source of the types in report.ts and of schema/report.json. Only tests and scripts import it at run
 * time, for a run trusts the report that it built itself.
 */

/** Raised when a field goes or changes its meaning; a new optional field does not raise it. */
export const schemaVersion = '1';

const severity = z.enum(['critical', 'warning', 'info']).meta({
  description:
    'critical: broken for users now, or the control path is blocked. warning: degraded, will break, or capacity is lost. info: hygiene or explanation.',
});

const count = z.int().min(0);
const counts = z.strictObject({ critical: count, warning: count, info: count });
const id = z.string().min(1);
const time = z.string().min(1).meta({ description: 'RFC 3339' });

const evidence = z.strictObject({
  object,
  path: z.exactOptional(z.string()).meta({ description: 'The field, as kubectl explain writes it' }),
  value: z.string(),
  kind: z.enum(['field', 'event', 'computed']),
});

const problem = z.strictObject({
  id: id.meta({ description: 'Stable between runs: made of code, object and what tells two of one code apart' }),
  analyzer: z.string(),
  code: z.string(),
  severity,
  object: object.meta({ description: 'What a person would edit: the top controller where there is one' }),
  message: z.string().meta({ description: 'One sentence without a full stop' }),
  evidence: z.array(evidence),
  members: z.array(object).meta({ description: 'The objects that share the problem, as the pods of a Deployment do' }),
  since: z.exactOptional(time).meta({ description: 'When it began, RFC 3339, where that is known' }),
  incidents: z.array(id).meta({ description: 'The incidents that it belongs to' }),
  known: z
    .exactOptional(z.literal(true))
    .meta({ description: 'The baseline has it, and it was as bad then: it does not count for --fail-on' }),
  suppressed: z
    .exactOptional(z.literal(true))
    .meta({ description: 'It is ignored, and told only because it explains what is not: it does not count' }),
});

/** A problem in short, where it is not part of an incident of this report. */
const brief = z.strictObject({ id, code: z.string(), severity, object, message: z.string() });

const suppressed = z.strictObject({
  ...brief.shape,
  by: z.enum(['annotation', 'configuration']).meta({ description: 'Who said that it is to be ignored' }),
  rule: z.string().meta({ description: 'The annotation, or the entry of the configuration, that says so' }),
  reason: z.exactOptional(z.string()).meta({ description: 'Why, in the words of the rule' }),
  until: z.exactOptional(time).meta({ description: 'When the rule ends' }),
});

const baseline = z
  .strictObject({
    takenAt: time,
    new: counts.meta({ description: 'Problems that it does not have, or that were less bad then' }),
    known: counts,
    resolved: z.array(brief).meta({ description: 'Problems that it has, and that are gone' }),
    unseen: z
      .array(z.strictObject({ ...brief.shape, why: z.string() }))
      .meta({ description: 'Problems that it has, where nothing could be seen now, and why' }),
  })
  .meta({ description: 'How the report differs from an earlier one' });

const hop = z
  .strictObject({
    from: id.meta({ description: 'The problem that is the cause' }),
    to: id.meta({ description: 'The problem that is the effect' }),
    via: z.strictObject({ field: z.string(), value: z.string() }).meta({ description: 'The field that proves it' }),
    certainty: z.enum(['sure', 'likely']).meta({ description: 'sure: the field names the object' }),
  })
  .meta({ description: 'One step of the causal chain' });

const step = z.strictObject({
  phase: z.enum(['confirm', 'fix']),
  text: z.string(),
  command: z.exactOptional(z.string()).meta({ description: 'For a POSIX shell, with values quoted' }),
  effect: z
    .exactOptional(z.enum(['reads', 'changes']))
    .meta({ description: 'Of commands that a model chose: whether they only read' }),
});

const explanation = z.strictObject({
  source: z.enum(['runbook', 'model']),
  cause: z.string(),
  confidence: z.enum(['high', 'medium', 'low']),
  steps: z.array(step),
  verified: z.boolean().meta({ description: 'True when every object that a command names was seen in the cluster' }),
  model: z.exactOptional(z.string()).meta({ description: 'The model that wrote it' }),
  citations: z
    .exactOptional(z.array(z.strictObject({ problem: id, evidence: count })))
    .meta({ description: 'The facts that the model leans on: a problem, and a position in its evidence' }),
  fallback: z.exactOptional(z.string()).meta({ description: 'Why the runbook stands here although a model was asked' }),
});

const incident = z.strictObject({
  id,
  severity: severity.meta({ description: 'The worst of its problems' }),
  code: z.string().meta({ description: "The root's" }),
  object: object.meta({ description: "The root's" }),
  message: z.string().meta({ description: "The root's" }),
  root: id.meta({ description: 'The problem that explains the others' }),
  symptoms: z.array(id).meta({ description: 'The problems that the root explains' }),
  chain: z.array(hop).meta({ description: 'From cause to effect, in the order of telling' }),
  affected: z.strictObject({ count, objects: z.array(object) }),
  since: z.exactOptional(z.string()).meta({ description: 'When its root began, else the first of its symptoms' }),
  explanation,
  deadlock: z.exactOptional(z.literal(true)).meta({ description: 'Its problems keep each other alive' }),
});

const scope = z
  .strictObject({
    namespaces: z.array(z.string()).meta({ description: 'Empty: all' }),
    selector: z.exactOptional(z.string()),
    filters: z.array(z.string()),
    targets: z.array(z.string()),
  })
  .meta({ description: 'Which incidents are shown: those that touch it' });

const stats = z.strictObject({
  requests: count,
  bytes: count,
  objects: count,
  analyzers: count.meta({ description: 'How many analyzers ran' }),
  codes: count.meta({ description: 'How many kinds of problem they look for' }),
  resources: z.record(z.string(), count).meta({ description: 'How many objects of each resource were looked at' }),
  seconds: z
    .exactOptional(z.number().min(0))
    .meta({ description: 'How long it took; left out for recordings, of which the same one gives the same report' }),
});

export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(schemaVersion),
    tool: toolSchema,
    status: z.enum(['ok', 'problems']).meta({ description: 'ok: nothing above info' }),
    complete: z.boolean().meta({ description: 'False when something could not be seen: see gaps' }),
    summary: z.strictObject({ incidents: counts, problems: counts, suppressed: counts }),
    cluster: z.strictObject({
      name: z.string(),
      context: z.exactOptional(z.string()),
      server: z.exactOptional(z.string()),
      version: z.exactOptional(z.string()),
      source: z.enum(['live', 'recorded']),
    }),
    scope,
    stale: z
      .exactOptional(z.strictObject({ since: time, reason: z.string() }))
      .meta({ description: 'The cluster could not be read again since then: this report is the last good one' }),
    takenAt: time.meta({ description: 'The moment that ages are measured against, RFC 3339' }),
    problems: z.array(problem).meta({ description: 'All that counts: what is ignored stands in suppressed' }),
    incidents: z.array(incident).meta({ description: 'Worst first' }),
    suppressed: z
      .array(suppressed)
      .meta({ description: 'Problems that somebody said to ignore; they count for nothing' }),
    baseline: z.exactOptional(baseline),
    gpu: z
      .exactOptional(gpuSchema.pick({ totals: true, nodes: true, waiting: true }))
      .meta({ description: 'The accelerators of the whole cluster' }),
    certificates: z
      .exactOptional(z.array(certificateRowSchema))
      .meta({ description: 'The certificates that could be seen, worst first' }),
    gaps: z.array(gap),
    assumptions: z.array(z.string()).meta({ description: 'What was taken for granted of a recording' }),
    hints: z.array(z.string()).meta({ description: 'What would let the tool see more' }),
    stats,
  })
  .meta({ title: 'Report of mekhanikube' });
