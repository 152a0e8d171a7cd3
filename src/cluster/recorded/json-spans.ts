const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
export const openBrace = 0x7b;
const closeBrace = 0x7d;
export const openBracket = 0x5b;
const closeBracket = 0x5d;

/** One JSON value of a text. */
export interface Span {
  readonly end: number;
  /** The elements of the list under the top-level key `items`, or of the value itself where it is a list. */
  readonly items?: {
    readonly start: number;
    readonly end: number;
    readonly elements: readonly (readonly [number, number])[];
  };
}

/** Where the value that starts here ends, and where its items lie. Undefined where the text ends first. */
export function measure(bytes: Buffer, start: number): Span | undefined {
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

/** The offset of the next byte that is no blank. */
export function skipBlank(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && isBlank(bytes[at])) at += 1;
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

const token =
  /[ \t\r\n]*(?:[{}[\]:,]|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b)/y;

/** The offset of the first thing in a text that is no token of JSON; 0 where its tokens stand in a wrong order. */
export function wrongToken(text: string): number {
  const blank = /[ \t\r\n]*/y;
  token.lastIndex = 0;
  let end = 0;
  while (token.test(text)) end = token.lastIndex;
  blank.lastIndex = end;
  blank.test(text);
  return blank.lastIndex < text.length ? blank.lastIndex : 0;
}
