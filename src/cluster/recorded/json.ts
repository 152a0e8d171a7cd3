import { UserError } from '../../errors.ts';
import { specWrites } from '../redact/spec-write.ts';
import { isRecord } from '../shape.ts';
import { measure, openBrace, openBracket, skipBlank, type Span, wrongToken } from './json-spans.ts';

/** True where a text begins as JSON does. */
export function looksLikeJson(bytes: Buffer): boolean {
  const start = skipBlank(bytes, 0);
  return bytes[start] === openBrace || bytes[start] === openBracket;
}

/**
 * The JSON values that stand one after the other in a text, with `---`, commas or container logs (`kubectl cluster-info dump`)
 * between them. The items of a list are parsed one at a time, so that a large list never lies in memory with its managed fields.
 * `rest` is called with the offset of a YAML document, where one follows after a line `---`.
 * @throws UserError where the text is cut or is not JSON, with file and line.
 */
export function* jsonDocuments(bytes: Buffer, label: string, rest: (offset: number) => void): Generator {
  let { at } = between(bytes, 0);
  while (at < bytes.length) {
    const span = measure(bytes, at);
    if (span === undefined) throw cut(bytes, label);
    yield value(bytes, at, span, label);
    const next = between(bytes, span.end);
    at = next.at;
    if (at < bytes.length && bytes[at] !== openBrace && bytes[at] !== openBracket) {
      if (!next.marked) throw broken(bytes, at, label);
      rest(at);
      return;
    }
  }
}

function value(bytes: Buffer, start: number, span: Span, label: string): unknown {
  if (span.items === undefined) return parse(bytes, start, span.end, label);
  const { start: open, end: close, elements } = span.items;
  const items = elements.map(([from, to]) => slim(parse(bytes, from, to, label)));
  if (open === start) return items;
  const around = bytes.subarray(start, open).toString('utf8') + '[]' + bytes.subarray(close, span.end).toString('utf8');
  let frame: unknown;
  try {
    frame = JSON.parse(around);
  } catch {
    const wrong = wrongToken(around);
    throw broken(bytes, start + wrong < open ? start + wrong : close, label);
  }
  return isRecord(frame) ? { ...frame, items } : frame;
}

function parse(bytes: Buffer, start: number, end: number, label: string): unknown {
  const text = bytes.toString('utf8', start, end);
  try {
    return JSON.parse(text);
  } catch {
    throw broken(bytes, start + wrongToken(text), label);
  }
}

/** Managed fields are up to half of an object, and little is read of them. */
export function slim(item: unknown): unknown {
  if (!isRecord(item) || !isRecord(item['metadata']) || item['metadata']['managedFields'] === undefined) return item;
  const { managedFields, ...metadata } = item['metadata'];
  const kept = specWrites(managedFields);
  return { ...item, metadata: kept === undefined ? metadata : { ...metadata, managedFields: kept } };
}

const logsStart = '==== START logs';
const logsEnd = '==== END logs';
const comma = 0x2c;
// RFC 7464 puts it before each value of a JSON text sequence.
const recordSeparator = 0x1e;

/** Skips what may stand between two values; `marked` where a line `---` was the last of it. */
function between(bytes: Buffer, start: number): { at: number; marked: boolean } {
  let at = skipBlank(bytes, start);
  let marked = false;
  while (at < bytes.length) {
    const here = bytes.toString('latin1', at, at + logsStart.length);
    if (here === logsStart) {
      const end = bytes.indexOf(logsEnd, at);
      at = end === -1 ? bytes.length : lineEnd(bytes, end);
    } else if (/^---\s/.test(here)) {
      at += 3;
      marked = true;
    } else if (bytes[at] === comma || bytes[at] === recordSeparator) at += 1;
    else break;
    at = skipBlank(bytes, at);
  }
  return { at, marked };
}

function lineEnd(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(0x0a, start);
  return end === -1 ? bytes.length : end + 1;
}

function cut(bytes: Buffer, label: string): UserError {
  return new UserError('file-cut', `${label} is cut: its JSON ends in the middle of a value, at byte ${bytes.length}`, {
    hint: 'kubectl was stopped, or the disk was full. Record it again.',
  });
}

function broken(bytes: Buffer, at: number, label: string): UserError {
  return new UserError('file-broken', `${label} is not sound JSON: line ${lineOf(bytes, at)}`, {
    hint: 'Give what kubectl get -o json wrote, unchanged.',
  });
}

/** The number of the line that an offset lies in, from 1. */
export function lineOf(bytes: Buffer, at: number): number {
  let line = 1;
  for (let next = bytes.indexOf(0x0a); next !== -1 && next < at; next = bytes.indexOf(0x0a, next + 1)) line += 1;
  return line;
}
