import { UserError } from '../errors.ts';
import type { Subject } from './subject.ts';

/** The prompts by name: the files of prompts/, without their ending. */
export type Prompts = Readonly<Record<PromptName, string>>;
export type PromptName = keyof typeof promptPlaceholders;

/** What each prompt may hold, and of that what it must hold. */
const promptPlaceholders = {
  system: { may: ['mark', 'language'], must: ['mark'] },
  task: { may: ['count', 'ids', 'incidents', 'mark', 'language'], must: ['incidents', 'mark'] },
  incident: {
    may: ['id', 'code', 'title', 'severity', 'object', 'message', 'facts', 'effects', 'runbook', 'steps'],
    must: ['id', 'facts'],
  },
  retry: { may: ['problem'], must: [] },
} as const satisfies Record<string, { readonly may: readonly string[]; readonly must: readonly string[] }>;

/** The names of the prompts. */
export const promptNames: readonly PromptName[] = ['system', 'task', 'incident', 'retry'];

export interface Message {
  readonly role: 'system' | 'user';
  readonly content: string;
}

const placeholder = /\{\{\s*([\w-]*)\s*\}\}/g;

/** @throws UserError where a prompt has a placeholder that nothing fills, or lacks one that it needs. `file` is for the message. */
export function checkPrompt(name: PromptName, text: string, file: string): void {
  const found = new Set([...text.matchAll(placeholder)].map(([, word = '']) => word));
  const { may, must }: { readonly may: readonly string[]; readonly must: readonly string[] } = promptPlaceholders[name];
  const allowed = may.map((word) => `{{${word}}}`).join(', ');
  for (const word of found) {
    if (!may.includes(word))
      throw new UserError('bad-prompt', `the prompt ${file} has the unknown placeholder {{${word}}}`, {
        hint: `It may have ${allowed}.`,
      });
  }
  const lacking = must.find((word) => !found.has(word));
  if (lacking !== undefined)
    throw new UserError('bad-prompt', `the prompt ${file} lacks the placeholder {{${lacking}}}`, {
      hint: `It may have ${allowed}.`,
    });
}

/** What is sent for some subjects, which are called I1, I2 and so on. `mark` fences the data: a word that no data can know. */
export function messagesFor(
  subjects: readonly Subject[],
  options: {
    readonly prompts: Prompts;
    readonly language: string;
    readonly mark: string;
    readonly problem?: string | undefined;
  },
): readonly Message[] {
  const { prompts, language, mark, problem } = options;
  const ids = subjects.map((_, index) => incidentId(index));
  const incidents = subjects.map(({ values }, index) =>
    fill(prompts.incident, { ...values, id: incidentId(index) }).trim(),
  );
  const common = { mark, language };
  const task = fill(prompts.task, {
    ...common,
    count: String(subjects.length),
    ids: ids.join(', '),
    incidents: incidents.join('\n\n'),
  });
  const again = problem === undefined ? '' : `\n\n${fill(prompts.retry, { problem }).trim()}`;
  return [
    { role: 'system', content: fill(prompts.system, common).trim() },
    { role: 'user', content: `${task.trim()}${again}` },
  ];
}

/** The key of a subject within its request. */
export function incidentId(index: number): string {
  return `I${index + 1}`;
}

/** Fills all placeholders in one pass: what is filled in is never read for placeholders. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(placeholder, (_, name: string) => values[name] ?? '');
}
