import type { Severity } from '../model/finding.ts';
import { refText } from '../model/object.ts';
import type { Report } from '../model/report.ts';
import type { RenderOptions } from './formats.ts';
import { clean } from './terminal.ts';
import { hasNew } from './text-baseline.ts';
import { coverageRows } from './text-coverage.ts';

const commands: Readonly<Record<Severity, string>> = { critical: 'error', warning: 'warning', info: 'notice' };

/** How many annotations of each kind GitHub shows of one step. */
const shown = 10;

/**
 * The report as workflow commands of GitHub Actions, which make annotations of them: an error for each critical incident, a warning for
 * each warning, a notice for the others, worst first, for of each kind ten are shown. The other lines are for the log, and so is what a
 * baseline knows already.
 * Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function renderGithub(report: Report, { titleOf = () => undefined }: RenderOptions = {}): string {
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  const context = { report, problemOf: (id: string) => problems.get(id) };
  const lines = report.incidents.map((incident) => {
    const { severity, code, object, message, symptoms, explanation } = incident;
    const title = `${titleOf(code) ?? code}: ${refText(object)}`;
    if (report.baseline !== undefined && !hasNew(incident, context))
      return logLine(`known before: ${severity}: ${title}: ${message}`);
    const more = symptoms.length === 0 ? '' : ` (explains ${symptoms.length} more)`;
    const fix = explanation.steps.find(({ phase }) => phase === 'fix');
    const text = [`${message}${more}`, ...(fix === undefined ? [] : [`Fix: ${fix.text}`])].map(clean).join('\n');
    return `::${commands[severity]} title=${property(clean(title))}::${data(text)}`;
  });
  const notSeen = coverageRows(report, false).map(({ spans }) => logLine(spans.map(({ text }) => text).join('')));
  return [...lines, summaryLine(report), ...notSeen].map((line) => `${line}\n`).join('');
}

function summaryLine({ summary: { incidents, suppressed }, complete }: Report): string {
  const kinds = ['critical', 'warning', 'info'] as const;
  const counts = kinds.map((severity) => `${incidents[severity]} ${severity}`).join(', ');
  const ignored = kinds.reduce((sum, severity) => sum + suppressed[severity], 0);
  const hidden = kinds.some((severity) => incidents[severity] > shown);
  return logLine(
    [
      `mekhanikube: ${counts} incidents`,
      ...(ignored > 0 ? [`${ignored} ignored`] : []),
      ...(complete ? [] : ['not everything could be seen']),
      ...(hidden ? [`GitHub shows ${shown} annotations of each kind; all are above`] : []),
    ].join('; '),
  );
}

/** A line of the log: what runners take for a command of the old form, anywhere in a line, is taken apart. */
function logLine(text: string): string {
  return clean(text)
    .replaceAll('##[', '## [')
    .replace(/^\s*::/, ': :');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
