import { answerSchema } from './answer.ts';
import { type Message, messagesFor, type Prompts } from './prompt.ts';
import type { Subject } from './subject.ts';

/** How much goes into one request: few incidents, so that answers come soon and small models do not mix them up. */
const limits = { subjects: 5, promptTokens: 4_000, answerTokens: 700, spare: 200 };
/** What a model that thinks may use for that, where it does so although it was asked not to. */
const thoughtTokens = 1_000;
const buckets = [4_096, 8_192, 16_384, 32_768, 65_536];
/** What is taken for a model's context where it is not known: nearly all have it. */
export const assumedContext = 8_192;

export interface Batch {
  readonly subjects: readonly Subject[];
  readonly messages: readonly Message[];
  readonly schema: Readonly<Record<string, unknown>>;
  /** An estimate that is rather too high. */
  readonly promptTokens: number;
  readonly maxTokens: number;
}

export interface Plan {
  readonly batches: readonly Batch[];
  /** One size for the run: a change makes the server load the model again. */
  readonly numCtx: number;
  /** What is too long for the model. */
  readonly tooLong: readonly Subject[];
}

export interface PlanOptions {
  readonly prompts: Prompts;
  readonly language: string;
  readonly mark: string;
  /** What the model can hold at most; `assumedContext` where that is not known. */
  readonly contextLength: number;
  readonly thinks: boolean;
}

/** Puts subjects into requests, in their order, each within a budget of tokens. */
export function planBatches(subjects: readonly Subject[], options: PlanOptions): Plan {
  const budget = { ...limits, promptTokens: Math.min(limits.promptTokens, options.contextLength) };
  const fits = (batch: Batch) =>
    batch.subjects.length <= budget.subjects &&
    batch.promptTokens <= budget.promptTokens &&
    sizeOf(batch) <= options.contextLength;
  const batches: Batch[] = [];
  const tooLong: Subject[] = [];
  for (const subject of subjects) {
    const last = batches.at(-1);
    const longer = last === undefined ? undefined : batchOf([...last.subjects, subject], options);
    const alone = batchOf([subject], options);
    if (longer !== undefined && fits(longer)) batches[batches.length - 1] = longer;
    else if (sizeOf(alone) <= options.contextLength) batches.push(alone);
    else tooLong.push(subject);
  }
  const largest = Math.max(0, ...batches.map(sizeOf));
  const bucket = buckets.find((size) => size >= largest) ?? largest;
  return { batches, tooLong, numCtx: Math.min(bucket, options.contextLength) };
}

/** One request. `problem` is what was wrong with the answer to the last. */
export function batchOf(subjects: readonly Subject[], options: PlanOptions, problem?: string): Batch {
  const messages = messagesFor(subjects, { ...options, problem });
  const text = messages.map(({ content }) => content).join('\n');
  return {
    subjects,
    messages,
    schema: answerSchema(subjects),
    promptTokens: estimateTokens(text) + limits.spare,
    maxTokens: subjects.length * limits.answerTokens + (options.thinks ? thoughtTokens : 0),
  };
}

/** An estimate of a text's tokens that is rather too high: there is no way to ask the server. Four bytes are usual in English. */
function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 2.8);
}

/** The fewest tokens that a text can have: no tokenizer in use packs eight bytes of such text into one on average. */
export function fewestTokens(text: string): number {
  return Math.floor(Buffer.byteLength(text) / 8);
}

function sizeOf({ promptTokens, maxTokens }: Batch): number {
  return promptTokens + maxTokens;
}
