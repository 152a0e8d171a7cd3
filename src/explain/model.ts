import type { Snapshot } from '../model/snapshot.ts';
import { parseSaid, type Said } from './answer.ts';
import { askBatch, type Failure } from './ask.ts';
import { type Cache, cacheKey } from './cache.ts';
import { judge } from './judge.ts';
import { entriesOf, type Explained, fallback, type Group, refused, standing } from './outcome.ts';
import { assumedContext, type Plan, planBatches, type PlanOptions } from './plan.ts';
import type { Prompts } from './prompt.ts';
import type { ModelFacts, Provider } from './provider.ts';
import { groupSubjects, type Subject, subjectOf, type Told } from './subject.ts';

export interface ExplainOptions {
  /** The incidents to explain, in the order of the report. */
  readonly told: readonly Told[];
  readonly snapshot: Snapshot;
  readonly titleOf: (code: string) => string | undefined;
  readonly prompts: Prompts;
  readonly language: string;
  /** A word that no data can know, made anew for each run. */
  readonly mark: string;
  readonly provider: Provider;
  readonly cache?: Cache | undefined;
  /** What is being done, for a progress line. */
  readonly onProgress?: (text: string) => void;
}

/**
 * Explains incidents by a model, group by group as the answers come. Incidents that one explanation fits are asked about once; what
 * was explained before comes from the cache. What the model cannot or must not say stays as the runbook says it, with a gap that
 * says why. Throws nothing but what aborted it.
 */
export async function* explainWithModel(options: ExplainOptions): AsyncGenerator<Explained> {
  const groups = groupSubjects(options.told.map((one) => subjectOf(one, options.titleOf)));
  if (groups.length === 0) return;
  let facts: ModelFacts;
  try {
    options.onProgress?.('Asking Ollama for its models');
    facts = await options.provider.facts();
  } catch (error) {
    yield standing(groups, error);
    return;
  }
  const { prompts, language, mark, cache } = options;
  const keyOf = ({ signature }: Subject) => cacheKey({ signature, digest: facts.digest, prompts, language });
  const open: Group[] = [];
  for (const group of groups) {
    const said = facts.digest === '' ? undefined : parseSaid(await cache?.get(keyOf(group[0])), group[0]);
    const known = said === undefined ? undefined : judgeGroup(group, said, options.snapshot, facts.name);
    if (known === undefined || known.gap !== undefined) open.push(group);
    else yield known;
  }
  const contextLength = facts.contextLength ?? assumedContext;
  yield* askAll(open, options, {
    facts,
    plan: { prompts, language, mark, contextLength, thinks: facts.thinks },
    keep: async (subject, said) => cache?.put(keyOf(subject), said),
  });
}

/** What would be sent where nothing is cached, without asking anybody anything. */
export function planned(options: Omit<ExplainOptions, 'provider' | 'snapshot'>): Plan {
  const groups = groupSubjects(options.told.map((one) => subjectOf(one, options.titleOf)));
  return planBatches(
    groups.map(([first]) => first),
    { ...options, contextLength: assumedContext, thinks: false },
  );
}

interface Run {
  readonly facts: ModelFacts;
  readonly plan: PlanOptions;
  readonly keep: (subject: Subject, said: Said) => Promise<void>;
}

async function* askAll(open: readonly Group[], options: ExplainOptions, run: Run): AsyncGenerator<Explained> {
  const { snapshot, provider, onProgress } = options;
  const { facts, plan, keep } = run;
  const left = new Map(open.map((group) => [group[0], group]));
  const { batches, numCtx, tooLong } = planBatches([...left.keys()], plan);
  const session = { provider, plan, numCtx, onPiece: (text: string) => onProgress?.(`${facts.name} answers: ${text}`) };
  /** Judges what is said of a group, and says what is wrong with it; nothing where it was taken. */
  const taken: Explained[] = [];
  const take = async (subject: Subject, said: Said): Promise<string | undefined> => {
    const group = left.get(subject);
    if (group === undefined) return undefined;
    const judged = judgeGroup(group, said, snapshot, facts.name);
    if (judged.gap !== undefined) return judged.gap.reason;
    await keep(subject, said);
    left.delete(subject);
    taken.push(judged);
    return undefined;
  };
  const refuse = (failures: readonly Failure[]): readonly Explained[] =>
    failures.flatMap(({ subject, problem }) => {
      const group = left.get(subject);
      left.delete(subject);
      return group === undefined ? [] : [{ entries: entriesOf(group, problem), ...refused(group, problem) }];
    });
  for (const [index, batch] of batches.entries()) {
    onProgress?.(`Asking ${facts.name} (${index + 1} of ${batches.length})`);
    try {
      const failures = await askBatch(batch, session, take);
      yield* taken.splice(0);
      yield* refuse(failures);
    } catch (error) {
      yield* taken.splice(0);
      const rest = [...left.values()].filter(([first]) => !tooLong.includes(first));
      yield standing(rest, error);
      break;
    }
  }
  const problem = `it does not fit into the ${plan.contextLength} tokens of ${facts.name}`;
  yield* refuse(tooLong.map((subject) => ({ subject, problem })));
}

/** What is said of the first of a group holds for all of it, each with its own names. */
function judgeGroup(group: Group, said: Said, snapshot: Snapshot, model: string): Explained {
  let problem: string | undefined;
  const entries = group.map((subject) => {
    const { id } = subject.incident;
    const verdict = judge(said, subject, snapshot, model);
    if ('explanation' in verdict) return { id, explanation: verdict.explanation };
    problem ??= verdict.problem;
    return { id, explanation: fallback(subject, verdict.problem) };
  });
  return problem === undefined ? { entries } : { entries, ...refused(group, problem) };
}
