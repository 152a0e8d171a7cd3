import type { Message } from './prompt.ts';

/** What is known of a model before it is asked. */
export interface ModelFacts {
  readonly name: string;
  /** Changes when the model does. */
  readonly digest: string;
  readonly contextLength: number | undefined;
  readonly thinks: boolean;
}

export interface Question {
  readonly messages: readonly Message[];
  /** A JSON schema that the answer has to follow. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly numCtx: number;
  readonly maxTokens: number;
  readonly seed: number;
  /** Called now and then with how many pieces of the answer have come. */
  readonly onPiece?: (pieces: number) => void;
}

export interface Answer {
  readonly text: string;
  /** How the answer ended: by itself, or cut at maxTokens. */
  readonly end: 'stop' | 'length';
  readonly promptTokens: number | undefined;
  readonly answerTokens: number | undefined;
}

/** Something that answers questions: Ollama, or what a test puts in its place. Every method throws ModelError where it cannot. */
export interface Provider {
  readonly facts: () => Promise<ModelFacts>;
  readonly ask: (question: Question) => Promise<Answer>;
}

/** Why a model does not answer. `too-long` and `broken` concern one question, all others every question. */
export type ModelProblem =
  | 'unreachable'
  | 'not-ollama'
  | 'missing'
  | 'remote'
  | 'memory'
  | 'busy'
  | 'timeout'
  | 'too-long'
  | 'broken'
  | 'server';

/** A failure of the model or its server. It never costs the user the findings. */
export class ModelError extends Error {
  readonly problem: ModelProblem;
  readonly hint: string | undefined;

  /** @param options.hint what to do, one sentence. */
  constructor(problem: ModelProblem, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ModelError';
    this.problem = problem;
    this.hint = options.hint;
  }
}
