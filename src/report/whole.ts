import { UserError } from '../errors.ts';
import { reportSchema } from '../model/report-schema.ts';
import type { Report } from '../model/report.ts';
import { broken, isRecord, reportDocument } from './document.ts';

/**
 * The whole report of a text, JSON or JSON lines. Fields that this version does not know are passed over: a new optional field is no
 * new version of the form.
 * @param name where the text comes from, for messages.
 * @returns undefined where the text is something else.
 * @throws UserError for a report of another version, one that was cut off, and one whose fields are not what they should be.
 */
export function wholeReportIn(text: string, name: string): Report | undefined {
  if (text.trim() === '')
    throw new UserError('bad-report', `${name} is empty`, { hint: 'Did the command that writes the report fail?' });
  const value = reportDocument(text, name);
  if (value === undefined) return undefined;
  const result = reportSchema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) if (issue.code === 'unrecognized_keys') forget(value, issue);
  const known = reportSchema.safeParse(value);
  if (known.success) return known.data;
  throw broken(known.error.issues, name);
}

/** Takes out fields that the schema does not know. */
function forget(value: unknown, { path, keys }: { path: readonly PropertyKey[]; keys: readonly string[] }): void {
  let at = value;
  for (const step of path) at = isRecord(at) || Array.isArray(at) ? Reflect.get(at, step) : undefined;
  if (isRecord(at)) for (const key of keys) Reflect.deleteProperty(at, key);
}
