import { open, readFile, stat } from 'node:fs/promises';
import { readProblem, UserError } from '../errors.ts';
import type { Comparable } from '../model/comparable-schema.ts';
import type { Report } from '../model/report.ts';
import { comparableIn } from '../report/comparable.ts';
import { wholeReportIn } from '../report/whole.ts';

const howToMake = 'Make one with: mekhanikube analyze -o json=report.json';

/** Reads an earlier report: JSON or JSON lines. @throws UserError where the file cannot be read or holds something else. */
export function readReport(path: string): Promise<Comparable> {
  return required(path, comparableIn);
}

/** Reads all of a report: JSON or JSON lines; `-` is stdin. @throws UserError as {@link readReport}. */
export function readWholeReport(path: string): Promise<Report> {
  return required(path, wholeReportIn);
}

async function required<Form>(path: string, parse: Parser<Form>): Promise<Form> {
  const report = await parsedAt(path, parse);
  if (report !== undefined) return report;
  const name = nameOf(path);
  throw new UserError('bad-report', `${name} is no report of mekhanikube in JSON or JSON lines`, { hint: howToMake });
}

/**
 * What can be compared of the report in a file, or at stdin for `-`; undefined where the file is something else, such as a recording.
 * @throws UserError where it cannot be read, and for a report that is broken or of another version.
 */
export function reportAt(path: string): Promise<Comparable | undefined> {
  return parsedAt(path, comparableIn);
}

/** Makes a report of a text, undefined of a text that is something else. @param name for messages. */
type Parser<Form> = (text: string, name: string) => Form | undefined;

const nameOf = (path: string) => (path === '-' ? 'stdin' : path);

async function parsedAt<Form>(path: string, parse: Parser<Form>): Promise<Form | undefined> {
  const name = nameOf(path);
  try {
    if (path !== '-' && !(await mayBeReport(path))) return undefined;
    return parse(path === '-' ? await stdinText() : await readFile(path, 'utf8'), name);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('cannot-read', `${name} cannot be read: ${readProblem(error)}`, {
      hint: howToMake,
      cause: error,
    });
  }
}

/** A report begins as JSON does, and folders and compressed recordings do not. */
async function mayBeReport(path: string): Promise<boolean> {
  const stats = await stat(path);
  // What a pipe has given it does not give again.
  if (!stats.isFile()) return !stats.isDirectory();
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.toString('utf8', 0, bytesRead).trimStart().startsWith('{');
  } finally {
    await file.close();
  }
}

async function stdinText(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
