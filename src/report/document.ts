import { UserError } from '../errors.ts';
import { reportVersion } from '../model/report.ts';

const howToMake = 'Make one with: mekhanikube analyze -o json=report.json';

/**
 * A report as it was written, JSON or JSON lines; its fields are still to be checked.
 * @param name where the text comes from, for messages.
 * @returns undefined where the text is something else: another document, or no JSON at all.
 * @throws UserError for a report of another version, and for one that was cut off.
 */
export function reportDocument(text: string, name: string): Readonly<Record<string, unknown>> | undefined {
  const value = documentIn(text, name);
  if (!isRecord(value) || !('schemaVersion' in value) || !('problems' in value)) return undefined;
  const version = value['schemaVersion'];
  if (version !== reportVersion)
    throw new UserError(
      'report-version',
      `${name} is a report of version ${JSON.stringify(version)}, and version ${JSON.stringify(reportVersion)} can be read`,
      { hint: `Make it anew with this mekhanikube. ${howToMake}` },
    );
  return value;
}

/** The error for a report whose fields are not what they should be. @param issues what the schema says, the first of which is told. */
export function broken(
  [issue]: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  name: string,
): UserError {
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  return new UserError('bad-report', `${name} is no whole report: ${where}${issue?.message ?? 'bad form'}`, {
    hint: howToMake,
  });
}

/** A JSON document, or JSON lines put together as one. */
function documentIn(text: string, name: string): unknown {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return undefined;
  const whole = parsed(trimmed);
  return whole === undefined || lineType(whole) !== undefined ? joinedLines(trimmed, name) : whole;
}

function joinedLines(text: string, name: string): unknown {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lineType(parsed(lines[0] ?? '')) === undefined) return undefined;
  const incidents: unknown[] = [];
  for (const line of lines) {
    const value = parsed(line);
    const type = lineType(value);
    if (type === 'summary' && isRecord(value)) {
      const { type: _type, ...rest } = value;
      return { ...rest, problems: problemsOf(incidents), incidents: incidents.map(withoutProblems) };
    }
    if (type !== 'incident') break;
    incidents.push(value);
  }
  throw new UserError('bad-report', `${name} is a report in JSON lines that was cut off: its summary is missing`, {
    hint: howToMake,
  });
}

/** The problems of incidents, each once. */
function problemsOf(incidents: readonly unknown[]): readonly unknown[] {
  const own = (incident: unknown) => (isRecord(incident) ? incident['problems'] : []);
  const problems = incidents.map(own).flatMap((list): unknown[] => (Array.isArray(list) ? list : []));
  return [...new Map(problems.map((problem) => [isRecord(problem) ? problem['id'] : problem, problem])).values()];
}

/** An incident as the report has it: a line of it has a type and its problems in full as well. */
function withoutProblems(incident: unknown): unknown {
  if (!isRecord(incident)) return incident;
  const { type: _type, problems: _problems, ...rest } = incident;
  return rest;
}

function lineType(value: unknown): 'incident' | 'summary' | undefined {
  const type = isRecord(value) ? value['type'] : undefined;
  return type === 'incident' || type === 'summary' ? type : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value of JSON is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
