import { Chalk, type ChalkInstance } from 'chalk';
import { clean, columnsOf } from './terminal.ts';

export type Style = 'critical' | 'warning' | 'info' | 'good' | 'strong' | 'dim' | 'command';

/** A piece of text in one style. Made by `span` alone, which is where text from a cluster is made safe. */
export interface Span {
  readonly text: string;
  readonly style: Style | undefined;
}

/** A paragraph: what its first and its further lines begin with, and its words. */
export interface Row {
  readonly first: string;
  readonly rest: string;
  readonly spans: readonly Span[];
  /** False for what must stay on one line: headlines, which are counted, and commands, which are copied. */
  readonly wraps: boolean;
}

/** A piece of text, made safe for a terminal. */
export function span(text: string, style?: Style): Span {
  return { text: clean(text), style };
}

/** A paragraph that wraps. `rest` is what its further lines begin with: `first` in spaces where it is left out. */
export function row(first: string, spans: readonly (Span | string)[], rest = ' '.repeat(columnsOf(first))): Row {
  return { first, rest, spans: spans.map((one) => (typeof one === 'string' ? span(one) : one)), wraps: true };
}

/** A line that is never broken. */
export function line(first: string, spans: readonly (Span | string)[]): Row {
  return { ...row(first, spans), wraps: false };
}

export const blank: Row = line('', []);

/** Lays rows out as text that ends in a line feed. */
export function layout(rows: readonly Row[], options: { readonly columns: number; readonly color: boolean }): string {
  const paint = painter(options.color);
  return rows
    .flatMap((one) =>
      (one.wraps ? wrap(one, options.columns) : [[...one.spans]]).map((spans, index) => {
        const prefix = index === 0 ? one.first : one.rest;
        const body = merged(spans).map(paint).join('');
        return `${paint({ text: prefix, style: prefix.trim() === '' ? undefined : 'dim' })}${body}`.trimEnd();
      }),
    )
    .map((text) => `${text}\n`)
    .join('');
}

/** Breaks a row at spaces. A word that is longer than a line keeps its own line whole, so that it can be copied. */
function wrap({ first, rest, spans }: Row, columns: number): readonly Span[][] {
  const lines: Span[][] = [[]];
  let room = columns - columnsOf(first);
  for (const word of wordsOf(spans)) {
    const width = word.reduce((sum, { text }) => sum + columnsOf(text), 0);
    const current = lines.at(-1) ?? [];
    const isSpace = word.every(({ text }) => text.trim() === '');
    if (current.length === 0 && isSpace && lines.length > 1) continue;
    if (!isSpace && width > room && current.length > 0) {
      lines.push([...word]);
      room = columns - columnsOf(rest) - width;
    } else {
      current.push(...word);
      room -= width;
    }
  }
  return lines;
}

/** Splits spans into words and the spaces between them; a word may change its style within. */
function wordsOf(spans: readonly Span[]): readonly Span[][] {
  const words: Span[][] = [];
  let space: boolean | undefined;
  for (const { text, style } of spans) {
    for (const piece of text.split(/( +)/)) {
      if (piece === '') continue;
      const isSpace = piece.startsWith(' ');
      if (isSpace === space) words.at(-1)?.push({ text: piece, style });
      else words.push([{ text: piece, style }]);
      space = isSpace;
    }
  }
  return words;
}

/** Neighbours of one style as one span, or every word would be painted on its own. */
function merged(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const { text, style } of spans) {
    const last = all.at(-1);
    if (last !== undefined && last.style === style) all[all.length - 1] = { text: last.text + text, style };
    else all.push({ text, style });
  }
  return all;
}

function painter(color: boolean): (span: Span) => string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const styles: Readonly<Record<Style, ChalkInstance>> = {
    critical: chalk.bold.red,
    warning: chalk.bold.yellow,
    info: chalk.bold.blue,
    good: chalk.bold.green,
    strong: chalk.bold,
    dim: chalk.dim,
    command: chalk.cyan,
  };
  return ({ text, style }) => (style === undefined || text.trim() === '' ? text : styles[style](text));
}
