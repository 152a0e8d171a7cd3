import { UserError } from '../../errors.ts';
import { isRecord } from '../shape.ts';
import { slim } from './json.ts';

/** Above this the items of a list are parsed in portions: the parser needs fifty times the memory of its text. */
const portion = 2 * 1024 ** 2;
const largest = 48 * 1024 ** 2;

/**
 * The documents of a YAML text. Times stay texts, and aliases, which `kubectl` never writes, are bounded.
 * @throws UserError where it is not YAML, with file and line.
 */
export async function* yamlDocuments(text: string, label: string, firstLine: number = 1): AsyncGenerator {
  const { CORE_SCHEMA, loadAll, YAMLException } = await import('js-yaml');
  // CORE_SCHEMA knows no timestamps and no merge keys.
  const options = { schema: CORE_SCHEMA, maxAliases: 100, maxDepth: 100, json: true };
  const parse = (part: string, start: number): readonly unknown[] => {
    try {
      return loadAll(part, options);
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const line = start + (error.mark?.line ?? 0);
      if (line >= firstLine + countLines(text.trimEnd())) throw cut(label, line, error);
      throw new UserError('file-broken', `${label} is not sound YAML: line ${line}: ${error.reason}`, {
        hint: 'Give what kubectl get -o yaml wrote, unchanged. JSON (-o json) is read faster.',
        cause: error,
      });
    }
  };
  for (const { text: document, line } of splitDocuments(text, firstLine)) {
    if (document.length <= portion) {
      for (const one of parse(document, line)) if (one !== null && one !== undefined) yield bounded(one, label);
    } else yield bounded(inPortions(document, line, label, parse), label);
  }
}

interface Part {
  readonly text: string;
  readonly line: number;
}

/** Splits at lines that begin with `---`, which cannot be anything else in YAML. */
function* splitDocuments(text: string, firstLine: number): Generator<Part> {
  // Small texts are left to the parser; directives belong to the document that follows.
  const mark = /^---(?:[ \t\r].*)?$/gm;
  let start = 0;
  let line = firstLine;
  const whole = text.length <= portion || text.startsWith('%');
  for (const match of whole ? [] : text.matchAll(mark)) {
    if (match.index === start) continue;
    const part = text.slice(start, match.index);
    yield { text: part, line };
    line += countLines(part);
    start = match.index;
  }
  yield { text: text.slice(start), line };
}

/** Parses a large list portion by portion: its items begin with `- ` at the beginning of a line. */
function inPortions(
  text: string,
  line: number,
  label: string,
  parse: (part: string, line: number) => readonly unknown[],
): unknown {
  const head = /^items:[ \t]*\r?\n(?=- )/m.exec(text);
  const start = head === null ? -1 : head.index + head[0].length;
  if (head === null) {
    if (text.length > largest) throw tooLarge(label);
    return parse(text, line)[0];
  }
  const tail = /^[^\s#-]/gm;
  tail.lastIndex = start;
  const end = tail.exec(text)?.index ?? text.length;
  const frame = parse(`${text.slice(0, head.index)}\n${text.slice(end)}`, line)[0];
  const items: unknown[] = [];
  let from = start;
  let fromLine = line + countLines(text.slice(0, start));
  while (from < end) {
    let to = from + portion >= end ? end : text.indexOf('\n- ', from + portion) + 1;
    if (to <= from || to > end) to = end;
    const part = text.slice(from, to);
    if (part.length > largest) throw tooLarge(label);
    const list = parse(part, fromLine)[0];
    if (Array.isArray(list)) for (const item of list) items.push(slim(item));
    fromLine += countLines(part);
    from = to;
  }
  return isRecord(frame) ? { ...frame, items } : { items };
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

const mostNodes = 50_000_000;

/** Aliases of aliases can unfold a page of text to billions of nodes: those are counted before anybody walks them. */
function bounded(document: unknown, label: string): unknown {
  const sizes = new Map<object, number>();
  const size = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 1;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    // What contains itself has no end.
    sizes.set(value, Infinity);
    let sum = 1;
    for (const part of Object.values(value)) sum += size(part);
    sizes.set(value, sum);
    return sum;
  };
  if (size(document) > mostNodes) {
    throw new UserError('file-too-large', `${label} unfolds to more than ${mostNodes} values through YAML aliases`, {
      hint: 'kubectl writes no aliases. Give what it wrote, unchanged.',
    });
  }
  return document;
}

/** What is wrong in the last line is most often that the rest is missing. */
function cut(label: string, line: number, cause: Error): UserError {
  return new UserError('file-cut', `${label} is cut or not YAML: it ends in the middle of something, at line ${line}`, {
    hint: 'Give what kubectl get -o yaml wrote, to its end and unchanged.',
    cause,
  });
}

function tooLarge(label: string): UserError {
  return new UserError('file-too-large', `${label} is too large for YAML that is not a plain list`, {
    hint: 'Write it as JSON: kubectl get ... -o json',
  });
}
