const white = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu;
const hidden = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/**
 * Makes text from a cluster safe for a terminal. Line breaks and tabs become one space; every other control character (C0, C1, DEL,
 * so no escape sequence survives), format character (bidirectional overrides and isolates, zero-width characters, tags) and lone
 * surrogate becomes U+FFFD, so that what was there can be seen to have been there.
 */
export function clean(text: string): string {
  return text.replaceAll(white, ' ').replaceAll(hidden, '\u{FFFD}');
}

/** What a terminal would act upon and JSON leaves as it is: DEL, C1, format characters, line and paragraph separators. */
export const actedUpon = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Escapes in JSON text what JSON itself leaves as it is but a terminal would act upon. The value that a parser reads stays the same.
 */
export function escapeJson(json: string): string {
  return json.replaceAll(actedUpon, (char) =>
    Array.from({ length: char.length }, (_, index) => unicodeEscape(char.charCodeAt(index))).join(''),
  );
}

function unicodeEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]/u;

/** How many columns of a terminal a text takes: two for East Asian wide characters and emoji, none for combining marks. */
export function columnsOf(text: string): number {
  if (/^[\u0020-\u007E]*$/.test(text)) return text.length;
  let columns = 0;
  for (const char of text) columns += /\p{M}/u.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return columns;
}
