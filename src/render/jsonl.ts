import type { Report, ReportIncident, ReportProblem } from '../model/report.ts';
import { escapeJson } from './terminal.ts';

/**
 * The report as JSON lines, for programs that read as it comes: a line of type `incident` for each, worst first, with its problems in
 * full; then one line of type `summary` with everything else, so that a reader knows whether it got all.
 */
export function renderJsonl(report: Report): string {
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  return [...report.incidents.map((incident) => incidentLine(incident, problems)), summaryLine(report)].join('');
}

/** One incident, final. */
export function incidentLine(incident: ReportIncident, problems: ReadonlyMap<string, ReportProblem>): string {
  const own = [incident.root, ...incident.symptoms].flatMap((id) => problems.get(id) ?? []);
  return line({ type: 'incident', ...incident, problems: own });
}

/** What is said of the whole run. */
export function summaryLine({ problems: _problems, incidents: _incidents, ...rest }: Report): string {
  return line({ type: 'summary', ...rest });
}

function line(value: object): string {
  return `${escapeJson(JSON.stringify(value))}\n`;
}
