import type { Severity } from '../model/finding.ts';
import type { RenderOptions } from './formats.ts';

export const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  warning: 'warning',
  info: 'note',
};

/** The rules of what is reported, by code: title, and as help what the runbook says where that is known. GitHub takes no rule without help. */
export function rulesOf(
  reported: readonly { readonly code: string; readonly severity: Severity }[],
  { titleOf = () => undefined, runbookOf = () => undefined }: RenderOptions,
) {
  const codes = [...new Set(reported.map(({ code }) => code))].sort();
  return codes.map((code) => {
    const title = titleOf(code) ?? code;
    const runbook = runbookOf(code) ?? `${title}.`;
    const severity = reported.find((one) => one.code === code)?.severity ?? 'warning';
    return {
      id: code,
      shortDescription: { text: title },
      fullDescription: { text: `${title}.` },
      help: { text: runbook, markdown: runbook },
      defaultConfiguration: { level: levels[severity] },
      properties: { tags: ['kubernetes'], precision: 'high' },
    };
  });
}
