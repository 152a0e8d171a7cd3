import { expect, test } from 'vitest';
import { layout, line, row, span } from '../../src/render/layout.ts';

const plain = { columns: 20, color: false };

test('wraps at spaces and begins further lines as told', () => {
  expect(layout([row('- ', ['one two three four five'], '  ')], plain)).toBe('- one two three four\n  five\n');
});

test('further lines are as deep as the first where nothing is told', () => {
  expect(layout([row('  1. ', ['aaaa bbbb cccc dddd'])], plain)).toBe('  1. aaaa bbbb cccc\n     dddd\n');
});

test('a word longer than a line stays whole, on its own line', () => {
  expect(layout([row('  ', ['see https://example.com/a/very/long/path now'])], plain)).toBe(
    '  see\n  https://example.com/a/very/long/path\n  now\n',
  );
});

test('lines that must not be broken are not', () => {
  const command = 'kubectl describe deployment web -n shop';
  expect(layout([line('    ', [command])], plain)).toBe(`    ${command}\n`);
});

test('wide characters count for two', () => {
  expect(layout([row('', ['日本日本 日本日本 日本'])], plain)).toBe('日本日本 日本日本\n日本\n');
});

test('styles do not change what is broken where, and neighbours are painted together', () => {
  const rows = [row('', [span('one two', 'strong'), ' three four five'])];
  const colored = layout(rows, { columns: 20, color: true });
  expect(colored).toContain('\u001B[1mone two\u001B[22m');
  // eslint-disable-next-line no-control-regex
  expect(colored.replaceAll(/\u001B\[\d+m/g, '')).toBe(layout(rows, plain));
});

test('text is made safe where it enters', () => {
  expect(layout([row('', ['a\nCRITICAL \u001B[2J'])], plain)).toBe('a CRITICAL \u{FFFD}[2J\n');
});

test('no line ends in spaces', () => {
  expect(layout([row('  ', ['word ', '']), line('', [])], plain)).toBe('  word\n\n');
});
