import { describe, expect, test } from 'vitest';
import { brief as ofDenial } from '../../analyzers/admission/denials.ts';
import { brief as ofCertificate } from '../../analyzers/certificates/words.ts';

describe.each([
  ['of a refusal', ofDenial],
  ['of a certificate', ofCertificate],
])('texts %s', (_, brief) => {
  test.each([
    ['a sentence without its full stop', 'secret "a" not found. ', 'secret "a" not found'],
    ['dots at its end', 'it failed...', 'it failed'],
    ['cut where it is too long, which is seen', 'cannot reach the authority', 'cannot reach …'],
    ['as long as may be', 'cannot reach a', 'cannot reach a'],
    ['lines', 'one\ntwo', 'one two'],
  ])('%s', (_name, text, told) => {
    expect(brief(text, text.startsWith('cannot') ? 14 : 60)).toBe(told);
  });
});
