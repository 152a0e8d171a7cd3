import { UserError } from '../../errors.ts';
import { isRecord } from '../shape.ts';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** One JSON value of a text. */
interface Span {
  readonly end: number;
  /** The elements of the list under the top-level key `items`, or of the value itself where it is a list. */
  readonly items?: {
    readonly start: number;
    readonly end: number;
    readonly elements: readonly (readonly [number, number])[];
  };
}

/** True where a text begins as JSON does. */
export function looksLikeJson(bytes: Buffer): boolean {
  const start = skipBlank(bytes, 0);
  return bytes[start] === openBrace || bytes[start] === openBracket;
}

/**
 * The JSON values that stand one after the other in a text, with `---`, commas or container logs (`kubectl cluster-info dump`)
 * between them. The items of a list are parsed one at a time, so that a large list never lies in memory with its managed fields.
 * `rest` is called with the offset of what is not JSON, where something else follows.
 * @throws UserError where the text is cut or is not JSON, with file and line.
 */
export function* jsonDocuments(bytes: Buffer, label: string, rest?: (offset: number) => void): Generator {
  let at = between(bytes, 0);
  while (at < bytes.length) {
    const first = bytes[at];
    if (first !== openBrace && first !== openBracket) {
      if (rest === undefined) throw broken(bytes, at, label, 'is not JSON');
      rest(at);
      return;
    }
    const span = measure(bytes, at);
    if (span === undefined) throw cut(bytes, label);
    yield value(bytes, at, span, label);
    at = between(bytes, span.end);
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
    throw broken(bytes, start, label, 'is not sound JSON');
  }
  return isRecord(frame) ? { ...frame, items } : frame;
}

function parse(bytes: Buffer, start: number, end: number, label: string): unknown {
  try {
    return JSON.parse(bytes.subarray(start, end).toString('utf8'));
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw broken(bytes, Math.min(start + Number(position ?? 0), end), label, 'is not sound JSON');
  }
}

/** Managed fields are up to half of an object, and nobody reads them. */
export function slim(item: unknown): unknown {
  if (!isRecord(item) || !isRecord(item['metadata']) || item['metadata']['managedFields'] === undefined) return item;
  const { managedFields: _, ...metadata } = item['metadata'];
  return { ...item, metadata };
}

/** Where the value that starts here ends, and where its items lie. Undefined where the text ends first. */
function measure(bytes: Buffer, start: number): Span | undefined {
  const elements: [number, number][] = [];
  let listStart = bytes[start] === openBracket ? start : -1;
  let listEnd = -1;
  let element = listStart === start ? start + 1 : -1;
  // The depth at which the elements' commas stand.
  const within = listStart === start ? 1 : 2;
  let depth = 0;
  const finish = (end: number) => {
    const from = skipBlank(bytes, element);
    if (from < end) elements.push([from, end]);
    element = end + 1;
  };
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      const end = stringEnd(bytes, at);
      if (end === -1) return undefined;
      if (depth === 1 && listStart === -1 && end - at === 6 && bytes.toString('latin1', at + 1, end) === 'items') {
        const sign = skipBlank(bytes, end + 1);
        const open = bytes[sign] === colon ? skipBlank(bytes, sign + 1) : -1;
        if (open !== -1 && bytes[open] === openBracket) {
          listStart = open;
          element = open + 1;
        }
      }
      at = end;
    } else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (listStart !== -1 && listEnd === -1 && depth === within - 1 && byte === closeBracket) {
        finish(at);
        listEnd = at + 1;
      }
      if (depth === 0) {
        const items = listEnd === -1 ? {} : { items: { start: listStart, end: listEnd, elements } };
        return { end: at + 1, ...items };
      }
    } else if (byte === comma && listStart !== -1 && listEnd === -1 && depth === within) finish(at);
  }
  return undefined;
}

/** The closing quote of the string that opens here. */
function stringEnd(bytes: Buffer, start: number): number {
  let at = bytes.indexOf(quote, start + 1);
  while (at !== -1) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return at;
    at = bytes.indexOf(quote, at + 1);
  }
  return -1;
}

function skipBlank(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && isBlank(bytes[at])) at += 1;
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

const logsStart = '==== START logs';
const logsEnd = '==== END logs';

/** Skips what may stand between two values. */
function between(bytes: Buffer, start: number): number {
  let at = skipBlank(bytes, start);
  while (at < bytes.length) {
    const here = bytes.toString('latin1', at, at + logsStart.length);
    if (here === logsStart) {
      const end = bytes.indexOf(logsEnd, at);
      at = end === -1 ? bytes.length : lineEnd(bytes, end);
    } else if (/^---\s*[[{\r\n]/.test(here)) at += 3;
    else if (bytes[at] === comma || bytes[at] === 0x1e) at += 1;
    else return at;
    at = skipBlank(bytes, at);
  }
  return at;
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

function broken(bytes: Buffer, at: number, label: string, what: string): UserError {
  let line = 1;
  for (let next = bytes.indexOf(0x0a); next !== -1 && next < at; next = bytes.indexOf(0x0a, next + 1)) line += 1;
  return new UserError('file-broken', `${label} ${what}: line ${line}`, {
    hint: 'Give what kubectl get -o json wrote, unchanged.',
  });
}
