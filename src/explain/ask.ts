import { parseAnswer, type Said } from './answer.ts';
import { type Batch, batchOf, fewestTokens, type PlanOptions } from './plan.ts';
import { type Answer, ModelError, type Provider } from './provider.ts';
import type { Subject } from './subject.ts';

/** What stays the same between questions. */
export interface Session {
  readonly provider: Provider;
  readonly plan: PlanOptions;
  /** How many tokens the model's context has. Raised, for the rest of the run, when a prompt turns out longer than was thought. */
  numCtx: number;
  readonly onPiece: (text: string) => void;
}

/** A subject of which nothing useful was said, and what was wrong with that. */
export interface Failure {
  readonly subject: Subject;
  readonly problem: string;
}

/** How often the same is asked: once more than needed, for small models do not always keep to the form. */
const tries = 2;
const firstSeed = 42;

/**
 * Asks about a batch. What is said of each subject goes to `take`, which says what is wrong with it. What was wrong or missing is
 * asked once more, in halves where nothing could be used. @returns what failed all the same. @throws ModelError where asking on is
 * of no use.
 */
export async function askBatch(
  batch: Batch,
  session: Session,
  take: (subject: Subject, said: Said) => Promise<string | undefined>,
  left = tries,
): Promise<readonly Failure[]> {
  const { said, problem: general = 'it says nothing' } = await answerTo(batch, session, left);
  const failures: Failure[] = [];
  for (const [index, subject] of batch.subjects.entries()) {
    const one = said[index];
    const problem = one === undefined ? general : await take(subject, one);
    if (problem !== undefined) failures.push({ subject, problem });
  }
  if (failures.length === 0 || left <= 1) return failures;
  const middle = failures.length === batch.subjects.length ? Math.ceil(failures.length / 2) : failures.length;
  const rest: Failure[] = [];
  for (const part of [failures.slice(0, middle), failures.slice(middle)]) {
    if (part.length === 0) continue;
    const subjects = part.map(({ subject }) => subject);
    rest.push(...(await askBatch(batchOf(subjects, session.plan, part[0]?.problem), session, take, left - 1)));
  }
  return rest;
}

type Parsed = ReturnType<typeof parseAnswer>;

/** The answer to a batch. What concerns this batch alone counts as a bad answer; all else is thrown. */
async function answerTo(batch: Batch, session: Session, left: number): Promise<Parsed> {
  const { provider, numCtx, onPiece } = session;
  const nothing = (problem: string): Parsed => ({ said: batch.subjects.map(() => undefined), problem });
  const room = numCtx - batch.promptTokens;
  try {
    const answer = await provider.ask({
      messages: batch.messages,
      schema: batch.schema,
      numCtx,
      maxTokens: left < tries ? Math.max(batch.maxTokens, Math.min(room, 2 * batch.maxTokens)) : batch.maxTokens,
      seed: firstSeed + tries - left,
      onPiece: (pieces) => onPiece(`${pieces} words`),
    });
    const isFull = (answer.promptTokens ?? 0) + (answer.answerTokens ?? 0) >= numCtx;
    if (isFull && grow(session)) return await answerTo(batch, session, left);
    const cut = cutOf(answer, batch, numCtx);
    return cut === undefined ? parseAnswer(answer.text, batch.subjects) : nothing(cut);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    if (error.problem === 'too-long') {
      return grow(session)
        ? answerTo(batch, session, left)
        : nothing(`it does not fit into the ${numCtx} tokens of the model`);
    }
    if (error.problem === 'broken' && left > 1) return nothing(error.message);
    throw error;
  }
}

/** Doubles the window, once a prompt and its answer took more room than was thought. @returns false where the model has no more. */
function grow(session: Session): boolean {
  const { numCtx, plan } = session;
  session.numCtx = Math.min(numCtx * 2, plan.contextLength);
  return session.numCtx > numCtx;
}

/** Why an answer cannot be trusted whatever it says: it was cut, or made from a prompt that was. */
function cutOf({ end, promptTokens, answerTokens }: Answer, { messages }: Batch, numCtx: number): string | undefined {
  if (end === 'length') return 'it was cut, for it became too long';
  if (promptTokens === undefined || promptTokens === 0) return undefined;
  if (promptTokens < fewestTokens(messages.map(({ content }) => content).join(''))) return 'the server cut the prompt';
  return promptTokens + (answerTokens ?? 0) > numCtx ? 'prompt and answer exceeded the context' : undefined;
}
