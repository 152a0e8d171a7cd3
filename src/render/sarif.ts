import { millis } from '../graph/time.ts';
import type { Report, ReportIncident } from '../model/report.ts';
import type { RenderOptions } from './formats.ts';
import { incidentResult, messageText, suppressedResult } from './sarif-result.ts';
import { rulesOf } from './sarif-rules.ts';
import { clean } from './terminal.ts';
import { severities } from '../model/severities.ts';
import { jsonText } from './json-text.ts';

/** GitHub rejects a run with more results than this; it shows the 5,000 worst of them. */
const most = 25_000;

/**
 * The report as SARIF 2.1.0: a result for each incident, worst first, then those problems that are ignored. Its fingerprint is the id,
 * which stays the same between runs; its location a path that names the object, for GitHub takes no result without
 * one; its code flows the causal chain. What could not be seen and what is resolved are notifications.
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
 */
export function renderSarif(report: Report, options: RenderOptions = {}): string {
  const { incidents, suppressed, tool, cluster } = report;
  const shown = incidents.slice(0, most);
  const ignored = suppressed.slice(0, most - shown.length);
  const rules = rulesOf([...shown, ...ignored], options);
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  const context = {
    report,
    options,
    problemOf: (id: string) => problems.get(id),
    ruleIndex: (code: string) => index.get(code) ?? -1,
  };
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, rules } },
        // Several clusters in one repository must not take each other's results for their own that are gone.
        automationDetails: { id: `mekhanikube/${encodeURIComponent(clean(cluster.name))}/` },
        invocations: [invocation(report, [...incidents.slice(most), ...suppressed.slice(ignored.length)])],
        results: [
          ...shown.map((incident) => incidentResult(incident, context)),
          ...ignored.map((problem) => suppressedResult(problem, context)),
        ],
        columnKind: 'utf16CodeUnits',
        properties: { ...report.summary, complete: report.complete },
      },
    ],
  };
  return jsonText(log);
}

function invocation({ gaps, takenAt, baseline }: Report, leftOut: readonly Pick<ReportIncident, 'severity'>[]) {
  const counts = severities
    .map((one) => `${leftOut.filter(({ severity }) => severity === one).length} ${one}`)
    .join(', ');
  const at = millis(takenAt);
  return {
    executionSuccessful: gaps.every(({ what }) => what !== 'analyzer'),
    ...(at === undefined ? {} : { endTimeUtc: new Date(at).toISOString() }),
    toolExecutionNotifications: [
      ...gaps.map(({ what, name, reason }) =>
        notification('NotSeen', what === 'analyzer' ? 'error' : 'warning', `Not seen: ${what} ${name}: ${reason}.`),
      ),
      ...(baseline?.unseen ?? []).map(({ code, message, why }) =>
        notification('NotSeen', 'warning', `In the baseline and not seen now: ${code}: ${message} (${why}).`),
      ),
      ...(baseline?.resolved ?? []).map(({ code, message }) =>
        notification('Resolved', 'note', `Resolved since the baseline: ${code}: ${message}.`),
      ),
      ...(leftOut.length === 0
        ? []
        : [notification('LeftOut', 'warning', `Left out are the least bad results: ${counts}. GitHub takes ${most}.`)]),
    ],
  };
}

/** Something to tell of the run: what was not seen, what of the baseline is resolved, what was left out. */
function notification(id: 'NotSeen' | 'Resolved' | 'LeftOut', level: 'error' | 'warning' | 'note', text: string) {
  return { descriptor: { id }, level, message: messageText(text) };
}
