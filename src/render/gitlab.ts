import type { Severity } from '../model/finding.ts';
import { refText } from '../model/object.ts';
import type { Report } from '../model/report.ts';
import type { RenderOptions } from './formats.ts';
import { objectPath } from './object-path.ts';
import { clean } from './terminal.ts';
import { jsonText } from './json-text.ts';

/** What GitLab calls severities: info, minor, major, critical, blocker. */
const severityNames: Readonly<Record<Severity, string>> = { critical: 'critical', warning: 'major', info: 'info' };

/**
 * The report as GitLab reads it for its code quality widget (https://docs.gitlab.com/ci/testing/code_quality/): an entry for each
 * incident, worst first. The fingerprint is the incident's id, which stays the same between runs, so that a merge request shows what
 * is new and what is gone. The path names the object, for there is no file.
 */
export function renderGitlab(report: Report, { titleOf = () => undefined }: RenderOptions = {}): string {
  const entries = report.incidents.map(({ id, severity, code, object, message, symptoms }) => ({
    description: clean(
      `${titleOf(code) ?? code}: ${refText(object)}: ${message}${symptoms.length === 0 ? '' : ` (explains ${symptoms.length} more)`}`,
    ),
    check_name: code,
    fingerprint: id,
    severity: severityNames[severity],
    location: { path: objectPath(object), lines: { begin: 1 } },
  }));
  return jsonText(entries);
}
