import { type Comparable, comparableSchema } from '../model/comparable-schema.ts';
import { broken, reportDocument } from './document.ts';

/**
 * What can be compared of a report that was written as JSON or as JSON lines.
 * @param name where the text comes from, for messages.
 * @returns undefined where the text is something else: another document, or no JSON at all.
 * @throws UserError for a report of another version, one that was cut off, and one whose fields are not what they should be.
 */
export function comparableIn(text: string, name: string): Comparable | undefined {
  const value = reportDocument(text, name);
  if (value === undefined) return undefined;
  const result = comparableSchema.safeParse(value);
  if (result.success) return result.data;
  throw broken(result.error.issues, name);
}
