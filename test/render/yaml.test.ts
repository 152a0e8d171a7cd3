import { assert, jsonValue, property, string } from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { renderYaml } from '../../src/render/yaml.ts';
import { goldenReports } from '../support/recorded-report.ts';

const golden = await goldenReports();

describe.each(Object.entries(golden))('%s', (name, report) => {
  test('is printed as it was', async () => {
    await expect(renderYaml(report)).toMatchFileSnapshot(`golden/${name}.yaml`);
  });

  test('is what JSON is', () => {
    expect(load(renderYaml(report))).toEqual(JSON.parse(JSON.stringify(report)));
  });
});

/** As short a report as can be, with a value in it that somebody else chose. */
const reportWith = (hints: unknown) => ({ hints }) as Report;
const acting = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFE\uFFFF]/u;

test('whatever the values, they are read as they were', () => {
  const reads = (value: unknown) => {
    const read = load(renderYaml(reportWith(value))) as { hints: unknown };
    expect(read.hints).toEqual(JSON.parse(JSON.stringify(value)));
  };
  assert(property(jsonValue({ noUnicodeString: false }), reads), { numRuns: 50 });
  assert(property(string({ unit: 'binary' }), reads), { numRuns: 100 });
  assert(property(string({ unit: 'grapheme-ascii', maxLength: 6 }), reads), { numRuns: 200 });
  for (const word of [
    'yes',
    'N',
    'null',
    '~',
    '1e3',
    '0x1f',
    '012',
    '1:30',
    '<<',
    '=',
    '-',
    '? a',
    'a: b',
    'a #b',
    'a ',
  ])
    reads(word);
  for (const word of [
    '2026-01-01',
    '!!str a',
    '&a',
    '*a',
    '---',
    '...',
    '%YAML',
    '@a',
    '`a',
    '',
    ' ',
    '[]',
    '{}',
    'a:',
  ])
    reads(word);
});

test('acts upon no terminal, whatever the cluster says', () => {
  const hostile = 'a\u202Eb\u2066c\u200Bd\u001B[31me\u009B2Jf\u007Fg\u{E0041}h\u2028i\uFEFFj\uFFFEj\rk\nl\u0085m';
  const text = renderYaml(reportWith([hostile, { [hostile]: hostile }]));
  expect(text).not.toMatch(acting);
  expect(load(text)).toEqual({ hints: [hostile, { [hostile]: hostile }] });
  assert(
    property(string({ unit: 'binary' }), (value) => {
      expect(renderYaml(reportWith({ [value]: [value] }))).not.toMatch(acting);
    }),
    { numRuns: 500 },
  );
});
