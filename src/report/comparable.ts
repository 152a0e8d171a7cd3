import { UserError } from '../errors.ts';
import { type Comparable, comparableSchema } from '../model/comparable-schema.ts';
import { reportVersion } from '../model/report.ts';

const howToMake = 'Make one with: mekhanikube analyze -o json=report.json';

/**
 * What can be compared of a report that was written as JSON or as JSON lines.
 * @param name where the text comes from, for messages.
 * @returns undefined where the text is something else: another document, or no JSON at all.
 * @throws UserError for a report of another version, one that was cut off, and one whose fields are not what they should be.
 */
export function comparableIn(text: string, name: string): Comparable | undefined {
  const value = documentIn(text, name);
  if (!isRecord(value) || !('schemaVersion' in value) || !('problems' in value)) return undefined;
  const version = value['schemaVersion'];
  if (version !== reportVersion)
    throw new UserError(
      'report-version',
      `${name} is a report of version ${JSON.stringify(version)}, and version ${JSON.stringify(reportVersion)} can be read`,
      { hint: `Make it anew with this mekhanikube. ${howToMake}` },
    );
  const result = comparableSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  throw new UserError('bad-report', `${name} is no whole report: ${where}${issue?.message ?? 'bad form'}`, {
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
    if (type === 'summary' && isRecord(value)) return { ...value, problems: problemsOf(incidents) };
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
