import { duration, millis } from '../graph/time.ts';
import { type ObjectRef, refKey, refText } from '../model/object.ts';
import type { ReportIncident, ReportProblem, Step } from '../model/report.ts';
import { code, commandBlock, inline } from './markdown-text.ts';
import { hasNew, markOf } from './text-baseline.ts';
import { isSaid } from './text-chain.ts';
import type { IncidentContext } from './text-incident.ts';

/** How many hops of a chain, facts, and objects of one kind are shown. */
const shown = { hops: 20, effects: 5, facts: 5, objects: 5 };

/** An incident in full: its headline, its chain, and folded away what proves it and what to do. Blocks are apart by an empty line. */
export function incidentBlocks(incident: ReportIncident, number: number, context: IncidentContext): readonly string[] {
  const { explanation, deadlock } = incident;
  const by =
    explanation.source === 'model'
      ? `**Cause**, by a language model (${inline(explanation.model ?? 'unknown')}), which may be wrong: `
      : '**Cause:** ';
  return [
    `#### ${number}. ${headlineText(incident, context)}`,
    chainList(incident, context),
    ...(deadlock === true ? ['**Deadlock:** each of these waits for the other. Break it at the first.'] : []),
    '<details><summary>Evidence, and what to do</summary>',
    `${by}${inline(explanation.cause)}`,
    ...titled('Evidence', factLines(context.problemOf(incident.root))),
    ...titled('Confirm', stepLines(explanation.steps, 'confirm')),
    ...titled('Fix', stepLines(explanation.steps, 'fix')),
    ...titled('Affected', affectedLines(incident)),
    '</details>',
  ];
}

/** What an incident is, in one line: severity, title, object, since when, and whether it is new. */
export function headlineText(incident: ReportIncident, context: IncidentContext): string {
  const { severity, code: name, object, since } = incident;
  const began = millis(since);
  const now = millis(context.report.takenAt);
  const age = began === undefined || now === undefined || began > now ? '' : `, for ${duration((now - began) / 1000)}`;
  const title = inline(context.titleOf(name) ?? name);
  return `**${severity}** ${title}: ${code(refText(object))}${age}${hasNew(incident, context) ? ' (new)' : ''}`;
}

/** The chain as nested lists, from the cause to its effects, each with the field that proves it. */
function chainList(incident: ReportIncident, { report, problemOf }: IncidentContext): string {
  const effects = Map.groupBy(incident.chain, ({ from }) => from);
  const drawn = new Set<string>();
  const lines: string[] = [];
  const draw = (id: string, depth: number, via: string) => {
    const problem = problemOf(id);
    const indent = '  '.repeat(depth);
    const object = problem === undefined ? code(id) : code(refText(problem.object));
    if (drawn.has(id)) {
      lines.push(`${indent}- ${object} (see above)${via}`);
      return;
    }
    drawn.add(id);
    const mark = problem === undefined ? '' : `: ${inline(problem.message)}${markOf(report, problem)}`;
    lines.push(`${indent}- ${object}${mark}${via}`);
    const below = effects.get(id) ?? [];
    const room = lines.length < shown.hops ? shown.effects : 0;
    for (const { to, via: proof, certainty } of below.slice(0, room)) {
      const value = isSaid(proof.value, problemOf(to)?.message ?? '') ? '' : `: ${code(proof.value)}`;
      draw(to, depth + 1, ` (via ${code(proof.field)}${value}${certainty === 'likely' ? ', likely' : ''})`);
    }
    if (below.length > room) lines.push(`${indent}  - and ${below.length - room} more`);
  };
  draw(incident.root, 0, '');
  return lines.join('\n');
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`**${title}**`, lines.join('\n')];
}

function factLines(root: ReportProblem | undefined): readonly string[] {
  const evidence = root?.evidence ?? [];
  const lines = evidence.slice(0, shown.facts).map(({ object, path, value, kind }) => {
    const where = `${code(refText(object))}${kind === 'event' ? ', event' : path === undefined ? '' : ` ${code(path)}`}`;
    return `- ${where}: ${kind === 'field' ? code(value) : inline(value)}`;
  });
  const rest = evidence.length - lines.length;
  return rest > 0 ? [...lines, `- and ${rest} more`] : lines;
}

function stepLines(steps: readonly Step[], phase: Step['phase']): readonly string[] {
  return steps
    .filter((step) => step.phase === phase)
    .map(({ text, command, effect }, index) => {
      const mark = effect === 'changes' ? ' (changes the cluster)' : '';
      if (command === undefined) return `${index + 1}. ${inline(text)}${mark}`;
      return `${index + 1}. ${inline(text.replace(/[.:]$/, ''))}${mark}:\n${commandBlock(command, '   ')}`;
    });
}

function affectedLines({ affected, object }: ReportIncident): readonly string[] {
  const others = affected.objects.filter((one) => refKey(one) !== refKey(object));
  return [...Map.groupBy(others, ({ kind }) => kind)].map(([kind, objects]) => {
    const names = objects.slice(0, shown.objects).map((one) => code(nameOf(one)));
    const rest = objects.length - names.length;
    return `- ${inline(kind)} ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  });
}

function nameOf({ namespace, name }: ObjectRef): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
