import type { Report, ReportIncident, ReportProblem } from '../model/report.ts';
import { escapeJson } from './terminal.ts';

/**
 * The report as JSON lines, for programs that read as it comes: a line of type `incident` for each, worst first, with its problems in
 * full; then one line of type `summary` with everything else, so that a reader knows whether it got all.
 */
export function renderJsonl(report: Report): string {
  return lineValues(report).map(line).join('');
}

/** What the lines hold. */
export function lineValues(report: Report): readonly object[] {
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  return [...report.incidents.map((incident) => incidentValue(incident, problems)), summaryValue(report)];
}

/** One incident, final. */
export function incidentLine(incident: ReportIncident, problems: ReadonlyMap<string, ReportProblem>): string {
  return line(incidentValue(incident, problems));
}

/** What is said of the whole run. */
export function summaryLine(report: Report): string {
  return line(summaryValue(report));
}

function incidentValue(incident: ReportIncident, problems: ReadonlyMap<string, ReportProblem>): object {
  const own = [incident.root, ...incident.symptoms].flatMap((id) => problems.get(id) ?? []);
  return { type: 'incident', ...incident, problems: own };
}

function summaryValue({ problems: _problems, incidents: _incidents, ...rest }: Report): object {
  return { type: 'summary', ...rest };
}

/** A value as one line. */
export function line(value: object): string {
  return `${escapeJson(JSON.stringify(value))}\n`;
}
