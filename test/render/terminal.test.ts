import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { clean, columnsOf, escapeJson } from '../../src/render/terminal.ts';

test.each([
  ['plain text, with punctuation: a/b=c', 'plain text, with punctuation: a/b=c'],
  ['naïve Größe 日本 🙂', 'naïve Größe 日本 🙂'],
  ['\u001B[31mred\u001B[0m', '\u{FFFD}[31mred\u{FFFD}[0m'],
  ['\u001B]8;;http://evil\u0007link', '\u{FFFD}]8;;http://evil\u{FFFD}link'],
  ['\u009B31mred', '\u{FFFD}31mred'],
  ['a\r\nCRITICAL b\tc', 'a CRITICAL b c'],
  ['a\u2028b\u2029c\u0085d', 'a b c d'],
  ['user\u202Etxt.exe', 'user\u{FFFD}txt.exe'],
  ['\u2066a\u2069', '\u{FFFD}a\u{FFFD}'],
  ['pay\u200Bpal\uFEFF', 'pay\u{FFFD}pal\u{FFFD}'],
  ['back\bspace\u007F\u0000', 'back\u{FFFD}space\u{FFFD}\u{FFFD}'],
  ['\u{E0041}tag', '\u{FFFD}tag'],
  ['half \uD83D', 'half \u{FFFD}'],
])('cleans %j', (text, cleaned) => {
  expect(clean(text)).toBe(cleaned);
});

const dangerous = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

test('nothing that a terminal acts upon is left, whatever came in', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      expect(clean(text)).not.toMatch(dangerous);
      expect(clean(clean(text))).toBe(clean(text));
    }),
  );
});

test('JSON is escaped without changing its value', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      const json = escapeJson(JSON.stringify({ [text]: text }));
      expect(json).not.toMatch(dangerous);
      expect(JSON.parse(json)).toEqual({ [text]: text });
    }),
  );
});

test.each([
  ['', 0],
  ['abc', 3],
  ['日本', 4],
  ['e\u0301', 1],
  ['🙂', 2],
  ['│ └─', 4],
])('%j takes %i columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});
