import { createHash } from 'node:crypto';
import type { Evidence, Finding, Incident } from '../model/finding.ts';
import type { Explanation } from '../model/report.ts';
import { type Names, namesOf } from './names.ts';
import { steady, tame } from './steady.ts';

/** An incident with its explanation from the runbook. */
export interface Told {
  readonly incident: Incident;
  readonly explanation: Explanation;
}

/** A fact that an explanation may cite. */
export interface Fact {
  /** `E1`, `E2`: in the order of telling. */
  readonly id: string;
  readonly problem: string;
  /** Its position in the evidence of the problem. */
  readonly index: number;
}

/** An incident as a model sees it: without names and without what changes from run to run. */
export interface Subject extends Told {
  readonly names: Names;
  readonly facts: readonly Fact[];
  /** The values of the placeholders of prompts/incident.md, save `id`. */
  readonly values: Readonly<Record<string, string>>;
  /** Equal for incidents that one explanation fits. */
  readonly signature: string;
}

/** How much of an incident is told. */
const limits = { rootFacts: 8, factsPerEffect: 2, effects: 6, effectsPerCode: 2 };

/** Makes what a model is told of an incident. `titleOf` gives the title of a code. */
export function subjectOf(told: Told, titleOf: (code: string) => string | undefined): Subject {
  const { incident, explanation } = told;
  const { root } = incident;
  const names = namesOf(incident);
  const say = (text: string) => tame(steady(names.hide(text)));
  const facts: Fact[] = [];
  const lines: string[] = [];
  const seen = new Set<string>();
  const addFacts = (finding: Finding, most: number) => {
    let added = 0;
    for (const [index, evidence] of finding.evidence.entries()) {
      const line = say(factText(evidence, names));
      if (added >= most || seen.has(line)) continue;
      seen.add(line);
      added += 1;
      const id = `E${facts.length + 1}`;
      facts.push({ id, problem: finding.id, index });
      lines.push(`${id} ${line}`);
    }
  };
  addFacts(root, limits.rootFacts);
  const effects = effectsOf(incident);
  for (const effect of effects) addFacts(effect, limits.factsPerEffect);
  const values = {
    code: root.code,
    title: titleOf(root.code) ?? root.code,
    severity: incident.severity,
    object: say(names.hideRef(root.object)),
    message: say(root.message),
    facts: lines.join('\n'),
    effects:
      effects.map((effect) => `- ${say(`${names.hideRef(effect.object)}: ${effect.message}`)}`).join('\n') || '- none',
    runbook: say(explanation.cause),
    steps: explanation.steps.map((step) => stepText(step, names)).join('\n') || '- none',
  };
  return { ...told, names, facts, values, signature: hash(JSON.stringify(values)) };
}

/** Groups subjects by signature, in their order. The first of each group stands for all. */
export function groupSubjects(subjects: readonly Subject[]): readonly (readonly [Subject, ...Subject[]])[] {
  const groups = new Map<string, [Subject, ...Subject[]]>();
  for (const subject of subjects) {
    const group = groups.get(subject.signature);
    if (group === undefined) groups.set(subject.signature, [subject]);
    else group.push(subject);
  }
  return [...groups.values()];
}

/** A short name for some text, the same on every machine. */
export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** The effects that are told: of each code a few. */
function effectsOf({ symptoms }: Incident): readonly Finding[] {
  const told = new Map<string, number>();
  return symptoms
    .filter(({ code }) => {
      const before = told.get(code) ?? 0;
      told.set(code, before + 1);
      return before < limits.effectsPerCode;
    })
    .slice(0, limits.effects);
}

function factText({ object, path, value, kind }: Evidence, names: Names): string {
  const where = kind === 'event' ? `${names.hideRef(object)}, event` : names.hideRef(object);
  return path === undefined ? `${where}: ${value}` : `${where} ${path}: ${value}`;
}

/** Commands keep their numbers, for they are copied. */
function stepText({ phase, text, command }: Explanation['steps'][number], names: Names): string {
  const words = tame(steady(names.hide(text)));
  return `- ${phase}: ${words}${command === undefined ? '' : ` | ${tame(names.hide(command))}`}`;
}
