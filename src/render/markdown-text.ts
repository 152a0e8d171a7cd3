import { clean } from './terminal.ts';

/** Text longer than this is cut: one value of a cluster must not take the room of everything else. */
const longest = 300;

/** A code span with its fence at the beginning of a word, and words. What a writer of runbooks put between backticks stays code. */
const tokens = /(?<=^| )`[^`]+`(?=[.,;:)]*(?: |$))| +|[^ ]+/g;
/** Words of which GitHub or GitLab would make a mention, a reference or a link, and those that hold a backtick. */
const reaching = /[@#`]|:\/\/|www\.|^\(?gh-\d/i;

/**
 * Text from a cluster as the words of a paragraph, a list item or a heading: one line, of which no reader of Markdown makes anything
 * but these words. Mentions and links are looked for in the text of a page, where escapes are gone: words that would be taken for one
 * become code, in which GitHub and GitLab look for none.
 */
export function inline(text: string): string {
  const words = cut(clean(text).trim()).replaceAll(tokens, (token) => {
    if (/^`[^`]+`$/.test(token)) return code(token.slice(1, -1));
    return reaching.test(token) ? code(token) : escaped(token);
  });
  // At its beginning a dash, a plus or a number with a dot would begin a list, and an equals sign underline a heading.
  return words.replace(/^(\d*(?=[.)])|(?=[-+=]))([-+=.)])/, String.raw`$1\$2`);
}

/** Text from a cluster as a code span. */
export function code(text: string): string {
  const inner = cut(clean(text).trim());
  if (inner === '') return '(empty)';
  const fence = '`'.repeat(longestRun(inner) + 1);
  const space = inner.startsWith('`') || inner.endsWith('`') ? ' ' : '';
  return `${fence}${space}${inner}${space}${fence}`;
}

/** A command as a block of code that can be copied. It is one line, so that nothing in it ends the block. */
export function commandBlock(command: string, indent: string): string {
  const inner = clean(command);
  const fence = '`'.repeat(Math.max(3, longestRun(inner) + 1));
  return `${indent}${fence}sh\n${indent}${inner}\n${indent}${fence}`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(word: string): string {
  return word.replaceAll(/[\\*_{}[\]<>&|~!$^]/g, (char) => entities[char] ?? `\\${char}`);
}

function cut(text: string): string {
  return text.length <= longest
    ? text
    : `${text
        .slice(0, longest)
        .toWellFormed()
        .replace(/\u{FFFD}$/u, '')}…`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
