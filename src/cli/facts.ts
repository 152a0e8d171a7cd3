import { sectionOf } from '../explain/runbook.ts';
import type { Analyzer } from '../model/finding.ts';
import type { RenderOptions } from '../render/formats.ts';

/** What renderers may tell of the analyzers that ran: their names and what they read, titles of codes, and what runbooks say. */
export function factsOf(
  analyzers: readonly Analyzer[],
): Required<Pick<RenderOptions, 'titleOf' | 'runbookOf' | 'analyzers'>> {
  const owners = new Map(analyzers.flatMap((one) => Object.keys(one.codes).map((code) => [code, one] as const)));
  return {
    analyzers: analyzers.map(({ id, title, reads }) => ({ id, title, reads })),
    titleOf: (code) => owners.get(code)?.codes[code]?.title,
    runbookOf: (code) => runbookText(sectionOf(owners.get(code), code)),
  };
}

/** A section as Markdown that is about no object yet: its placeholders become the words NAME, NAMESPACE and so on. */
function runbookText(section: ReturnType<typeof sectionOf>): string | undefined {
  if (section === undefined) return undefined;
  const listed = (title: string, phase: 'confirm' | 'fix') => {
    const steps = section.steps.filter((step) => step.phase === phase);
    const lines = steps.map(({ text, command }) => `- ${text}${command === undefined ? '' : `: \`${command}\``}`);
    return lines.length === 0 ? [] : [`${title}:\n\n${lines.join('\n')}`];
  };
  return [section.prose, ...listed('Confirm', 'confirm'), ...listed('Fix', 'fix')]
    .join('\n\n')
    .replaceAll(/\{\{\s*([\w-]+)\s*\}\}/g, (_, name: string) => name.toUpperCase());
}
