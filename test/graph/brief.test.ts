import { expect, test } from 'vitest';
import { brief } from '../../src/graph/brief.ts';

test.each([
  ['a sentence without its full stop', 'secret "a" not found. ', 'secret "a" not found'],
  ['dots at its end', 'it failed...', 'it failed'],
  ['cut where it is too long, which is seen', 'cannot reach the authority', 'cannot reach …'],
  ['as long as may be', 'cannot reach a', 'cannot reach a'],
  ['lines', ' one\r\n\ttwo', 'one two'],
  ['nothing', undefined, ''],
])('%s', (_, text, told) => {
  expect(brief(text, text?.startsWith('cannot') === true ? 14 : 60)).toBe(told);
});
