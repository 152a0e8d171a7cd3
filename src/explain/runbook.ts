import { once } from '../graph/memo.ts';
import type { Analyzer } from '../model/finding.ts';

/** One bullet of a runbook, with its placeholders unfilled. */
export interface StepTemplate {
  readonly phase: 'confirm' | 'fix';
  readonly text: string;
  readonly command?: string;
}

/** What a runbook says about one code. */
export interface Section {
  readonly prose: string;
  readonly steps: readonly StepTemplate[];
}

/**
 * Reads a runbook: `## Code`, prose, `### Confirm` and `### Fix` with one bullet per step, whose command is the code span that ends
 * it. Lines that wrap belong to what they follow; other headings and what is below them are left out.
 */
export function parseRunbook(markdown: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Section>();
  for (const part of markdown.replaceAll('\r\n', '\n').split(/^## +/m).slice(1)) {
    const [code = '', ...lines] = part.split('\n');
    sections.set(code.trim(), parseSection(lines));
  }
  return sections;
}

/** The section of a code in its analyzer's runbook, which is parsed once, when it is first asked for. */
export function sectionOf(analyzer: Analyzer | undefined, code: string): Section | undefined {
  return analyzer === undefined ? undefined : parsed(analyzer).get(code);
}

const parsed = once((analyzer: Analyzer) => parseRunbook(analyzer.runbook));

const phases: Readonly<Record<string, StepTemplate['phase']>> = { confirm: 'confirm', fix: 'fix' };

function parseSection(lines: readonly string[]): Section {
  const prose: string[] = [];
  const bullets: { phase: StepTemplate['phase']; text: string }[] = [];
  let part: 'prose' | StepTemplate['phase'] | 'other' = 'prose';
  for (const raw of lines) {
    const line = raw.trim();
    const heading = /^#{3,}\s+(.*)$/.exec(line)?.[1];
    if (heading !== undefined) part = phases[heading.toLowerCase()] ?? 'other';
    else if (part === 'prose') prose.push(line);
    else if (part !== 'other') addBullet(bullets, part, line);
  }
  return {
    prose: prose.join(' ').replaceAll(/\s+/g, ' ').trim(),
    steps: bullets.map(({ phase, text }) => ({ phase, ...splitCommand(text) })),
  };
}

function addBullet(
  bullets: { phase: StepTemplate['phase']; text: string }[],
  phase: StepTemplate['phase'],
  line: string,
) {
  const text = /^(?:[-*]|\d+\.)\s+(.*)$/.exec(line)?.[1];
  const last = bullets.at(-1);
  if (text !== undefined) bullets.push({ phase, text });
  else if (line !== '' && last?.phase === phase) last.text += ` ${line}`;
}

/** Splits `Do this: ``command``.` into words and command; code spans before the last stay in the words. */
function splitCommand(bullet: string): { text: string; command?: string } {
  const end = bullet.replace(/[.:]$/, '');
  const start = end.endsWith('`') ? end.lastIndexOf('`', end.length - 2) : -1;
  if (start === -1) return { text: bullet };
  const command = end.slice(start + 1, -1);
  const words = bullet.slice(0, start).trim();
  return looksLikeCommand(command) ? { text: words.replace(/\s*:$/, ''), command } : { text: bullet };
}

/** A command has a program and arguments; a lone word in a code span is a field or a value. */
function looksLikeCommand(span: string): boolean {
  return /^[a-z][\w.-]*\s+\S/.test(span);
}
