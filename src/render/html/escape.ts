import { clean } from '../terminal.ts';

const markup = Symbol('markup');

/** Markup that is safe to print. Only `html` and `trusted` make it: nothing that comes from a report or from JSON can pass for it. */
export interface Html {
  readonly [markup]: string;
}

/** What a template takes: text, which is escaped, and markup, which is not. False and undefined print nothing. */
export type Content = Html | string | number | false | undefined | readonly Content[];

/**
 * A piece of a page. Every value is escaped, in text as in attributes, which have to stand in double quotes, unless it is markup itself;
 * control characters, and those that turn or hide text, become visible. Line breaks of the template lose their indentation.
 */
export function html(template: TemplateStringsArray, ...values: readonly Content[]): Html {
  const strings = compact(template);
  const parts: string[] = [strings[0] ?? ''];
  values.forEach((value, index) => {
    parts.push(contentText(value), strings[index + 1] ?? '');
  });
  return { [markup]: parts.join('') };
}

/** Text of our own that goes into a page as it is: the style sheet, the script. Never text from a cluster. */
export function trusted(text: string): Html {
  return { [markup]: text };
}

/** The text of a page or of a piece of it. */
export function htmlText(piece: Html): string {
  return piece[markup];
}

/** Text for HTML: five characters as entities, and what a reader cannot see made visible. */
function escapeHtml(text: string): string {
  const safe = /^[\u0020-\u007E]*$/.test(text) ? text : clean(text);
  return /[&<>"']/.test(safe) ? safe.replaceAll(/[&<>"']/g, (char) => entities[char] ?? '') : safe;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function contentText(value: Content): string {
  if (typeof value === 'string') return escapeHtml(value);
  if (value === undefined || value === false) return '';
  if (typeof value === 'number') return String(value);
  if (isHtml(value)) return value[markup];
  return value.map(contentText).join('');
}

function isHtml(value: Html | readonly Content[]): value is Html {
  return markup in value;
}

const compacted = new WeakMap<TemplateStringsArray, readonly string[]>();

/** A page of ten thousand incidents is a third smaller without the indentation of its templates. */
function compact(template: TemplateStringsArray): readonly string[] {
  const known = compacted.get(template);
  if (known !== undefined) return known;
  const strings = template.map((one) => one.replaceAll(/\n\s*/g, '\n'));
  compacted.set(template, strings);
  return strings;
}
