import { z } from 'zod';
import type { Subject } from './subject.ts';
import { incidentId } from './prompt.ts';

/** How long the texts of an answer may be: a string without a bound can run on for ever. */
const most = { cause: 900, text: 300, command: 200, steps: 6, citations: 6 };

const step = z.object({
  phase: z.enum(['confirm', 'fix']),
  text: z.string().max(most.text),
  command: z.string().max(most.command),
});

function explanationOf(subject: Subject) {
  const [first = 'E1', ...rest] = subject.facts.map(({ id }) => id);
  return z.object({
    cause: z
      .string()
      .max(most.cause)
      .refine((text) => text.trim() !== ''),
    confidence: z.enum(['high', 'medium', 'low']),
    steps: z.array(step).max(most.steps),
    citations: z.array(z.enum([first, ...rest])).max(most.citations),
  });
}

/** What a model says of one incident, still in stand-ins. */
export type Said = z.infer<ReturnType<typeof explanationOf>>;

/**
 * The JSON schema of the answer to a request: one required key for each incident, the facts of each as the only citations. It has no
 * `pattern`, no `format` and no tuple, which crash some servers, and every string is bounded.
 */
export function answerSchema(subjects: readonly Subject[]): Readonly<Record<string, unknown>> {
  const shape = Object.fromEntries(subjects.map((subject, index) => [incidentId(index), explanationOf(subject)]));
  const { $schema: _, ...schema } = z.toJSONSchema(z.object(shape), { target: 'draft-7', io: 'input' });
  return schema;
}

export interface ParsedAnswer {
  /** By position of the subject; undefined where what is said of it cannot be used. */
  readonly said: readonly (Said | undefined)[];
  /** The first thing that is wrong with it. */
  readonly problem?: string;
}

/** Reads an answer: JSON, perhaps after thoughts or in a fence. What is said of one incident may be good where another's is not. */
export function parseAnswer(text: string, subjects: readonly Subject[]): ParsedAnswer {
  const none = subjects.map(() => undefined);
  const json = withoutThoughts(text)
    .replace(/^```(?:json)?\s*/i, '')
    .replace(/\s*```$/, '');
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return { said: none, problem: json.trim() === '' ? 'it was empty' : 'it was not JSON' };
  }
  const outer = z.record(z.string(), z.unknown()).safeParse(raw);
  if (!outer.success) return { said: none, problem: 'it was not a JSON object' };
  const results = subjects.map((subject, index) => explanationOf(subject).safeParse(outer.data[incidentId(index)]));
  const bad = results.findIndex(({ success }) => !success);
  const issue = results[bad]?.error?.issues[0];
  return {
    said: results.map(({ data }) => data),
    ...(issue === undefined ? {} : { problem: `${[incidentId(bad), ...issue.path].join('.')} was not as asked for` }),
  };
}

/** One subject's part of an answer, as the cache keeps it. */
export function parseSaid(raw: unknown, subject: Subject): Said | undefined {
  return explanationOf(subject).safeParse(raw).data;
}

/** Leaves out what some servers put before the answer: thoughts, sometimes without their opening tag. */
function withoutThoughts(text: string): string {
  const end = text.lastIndexOf('</think>');
  return (end === -1 ? text : text.slice(end + '</think>'.length)).trim();
}
