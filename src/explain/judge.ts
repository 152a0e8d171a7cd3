import type { Finding } from '../model/finding.ts';
import { refKey } from '../model/object.ts';
import type { Explanation, Step } from '../model/report.ts';
import { resources } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { resourceByName } from '../graph/names.ts';
import type { Said } from './answer.ts';
import { namedObjects, stateOfNamed } from './commands.ts';
import { effectOf, readsOnly } from './kubectl.ts';
import type { Subject } from './subject.ts';

export type Verdict = { readonly explanation: Explanation } | { readonly problem: string };

/** What no sentence of an explanation may hold: links, markup, commands, chat templates, the fence of the prompt. */
const unwanted: readonly (readonly [RegExp, string])[] = [
  [/:\/\/|\bwww\.|\]\(|\bmailto:/i, 'it holds a link'],
  [/<[/!a-z|]|\|>|\[\/?INST\]|```/i, 'it holds markup'],
  [
    /\b(?:kubectl|helm|curl|wget|sudo|chmod|eval|crictl|nsenter)\s+\S|\brm\s+-|\|\s*(?:ba|z)?sh\b/i,
    'it holds a command',
  ],
  [/\b(?:BEGIN|END) DATA\b/, 'it repeats the prompt'],
];

/**
 * Judges what a model said of an incident against the cluster. Sentences may only name what exists; commands have to be the runbook's,
 * or known to only read and about objects that exist. Steps that do not hold are dropped; without any left, those of the runbook
 * stand. The severity, the verdict and the evidence are not the model's to say.
 */
export function judge(said: Said, subject: Subject, snapshot: Snapshot, model: string): Verdict {
  const { explanation: runbook, incident, names, facts } = subject;
  const cause = names.reveal(said.cause);
  if (cause === undefined) return { problem: 'it names what is not there' };
  const wrong = problemOf(cause, subject, snapshot);
  if (wrong !== undefined) return { problem: wrong };
  const steps = said.steps.map((step) => judgeStep(step, subject, snapshot)).filter((step) => step !== undefined);
  const cited = new Set(said.citations);
  const citations = facts.filter(({ id }) => cited.has(id)).map(({ problem, index }) => ({ problem, evidence: index }));
  if (citations.length === 0) return { problem: 'it cites no fact' };
  const hopsSure = incident.chain.every(({ certainty }) => certainty === 'sure');
  return {
    explanation: {
      source: 'model',
      cause,
      confidence: !hopsSure && said.confidence === 'high' ? 'medium' : said.confidence,
      steps: steps.length === 0 ? runbook.steps : steps.map(({ step }) => step),
      verified: steps.length === 0 ? runbook.verified : steps.every(({ seen }) => seen),
      model,
      citations,
    },
  };
}

function judgeStep(
  { phase, text, command }: Said['steps'][number],
  subject: Subject,
  snapshot: Snapshot,
): { readonly step: Step; readonly seen: boolean } | undefined {
  const words = subject.names.reveal(text);
  if (words === undefined || words.trim() === '' || problemOf(words, subject, snapshot) !== undefined) return undefined;
  if (command.trim() === '') return { step: { phase, text: words }, seen: true };
  const written = subject.names.reveal(command.trim().replaceAll(/\s+/g, ' '));
  if (written === undefined) return undefined;
  const known = subject.explanation.steps.find((one) => one.command?.replaceAll(/\s+/g, ' ') === written);
  if (known?.command !== undefined) {
    const effect = effectOf(known.command);
    if (effect === undefined) return undefined;
    return {
      step: { phase: known.phase, text: words, command: known.command, effect },
      seen: subject.explanation.verified || stateOf(known.command, subject, snapshot) === 'found',
    };
  }
  if (!readsOnly(written)) return undefined;
  const state = stateOf(written, subject, snapshot);
  return state === 'absent'
    ? undefined
    : { step: { phase: 'confirm', text: words, command: written, effect: 'reads' }, seen: state === 'found' };
}

/** What is wrong with a sentence: what it may not hold, or `deployment/web` and its like where no such object exists. */
function problemOf(text: string, subject: Subject, snapshot: Snapshot): string | undefined {
  const found = unwanted.find(([pattern]) => pattern.test(text));
  if (found !== undefined) return found[1];
  for (const [, type = '', name = ''] of text.matchAll(
    /(?<![\w./-])([A-Za-z]+)\/([a-z0-9][a-z0-9.-]*[a-z0-9])(?![\w/-])/g,
  )) {
    const resource = resourceByName(type);
    if (resource === undefined || resourceByName(name) !== undefined || /^(?:container|volume|port)s?$/.test(name))
      continue;
    const namespaces = resources[resource].namespaced ? namespacesOf(subject) : [undefined];
    const { apiVersion, kind } = resources[resource];
    const isThere = namespaces.some((namespace) => {
      const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
      return aboutOf(subject).has(refKey(ref)) || snapshot.lookup(resource, name, namespace).state !== 'absent';
    });
    if (!isThere) return `it names ${type}/${name}, which does not exist`;
  }
  return undefined;
}

/** What is known of the objects that a command names. What an incident is about may be what is missing. */
function stateOf(command: string, subject: Subject, snapshot: Snapshot): 'found' | 'absent' | 'unknown' {
  const words = command.split(' ');
  const flag = words.findIndex((word) => word === '-n' || word === '--namespace');
  const namespaces = flag === -1 ? [] : [words[flag + 1] ?? ''];
  const named = [...namedObjects(command), ...namespaces.map((name) => ({ resource: 'namespaces' as const, name }))];
  return stateOfNamed(named, aboutOf(subject), snapshot);
}

function aboutOf({ incident }: Subject): ReadonlySet<string> {
  return new Set(
    findingsOf(incident).flatMap(({ object, members, origins }) => [object, ...members, ...origins].map(refKey)),
  );
}

function namespacesOf({ incident }: Subject): readonly (string | undefined)[] {
  return [
    ...new Set(findingsOf(incident).flatMap(({ object, members }) => [object, ...members].map((one) => one.namespace))),
  ];
}

function findingsOf({ root, symptoms }: Subject['incident']): readonly Finding[] {
  return [root, ...symptoms];
}
