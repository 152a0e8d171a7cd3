import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { code, commandBlock, inline } from '../../src/render/markdown-text.ts';
import { largeReport } from '../support/large-report.ts';
import { goldenReports } from '../support/recorded-report.ts';
import { facts } from '../support/facts.ts';

const golden = await goldenReports();

test.each(Object.entries(golden))('%s: is printed as it was', async (name, report) => {
  await expect(renderMarkdown(report, facts)).toMatchFileSnapshot(`golden/${name}.md`);
});

describe('text of a cluster is words and nothing else', () => {
  test.each([
    ['plain words, and 3 of 5 (so far)', 'plain words, and 3 of 5 (so far)'],
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['</details>', '&lt;/details&gt;'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['[x](javascript:alert(1))', '\\[x\\](javascript:alert(1))'],
    ['![x](y)', '\\!\\[x\\](y)'],
    ['[a]: b', '\\[a\\]: b'],
    ['hello @everyone, see', 'hello `@everyone,` see'],
    ['me@example.com', '`me@example.com`'],
    ['fixes #12 and a/b#3', 'fixes `#12` and `a/b#3`'],
    ['see GH-12', 'see `GH-12`'],
    ['see https://evil.example/a?b', 'see `https://evil.example/a?b`'],
    ['WWW.evil.example', '`WWW.evil.example`'],
    ['nginx@sha256:abc', '`nginx@sha256:abc`'],
    ['*bold* _it_ ~~no~~ a|b $x$', '\\*bold\\* \\_it\\_ \\~\\~no\\~\\~ a\\|b \\$x\\$'],
    ['# heading', '`#` heading'],
    ['- item', '\\- item'],
    ['+ item', '\\+ item'],
    ['2026-01-01 and 3 of 5', '2026-01-01 and 3 of 5'],
    ['12. item', '12\\. item'],
    ['1) item', '1\\) item'],
    ['=== ', '\\==='],
    ['> quote', '&gt; quote'],
    ['    indented', 'indented'],
    ['a\nb\r\n\r\nc\u2028d', 'a b c d'],
    ['a\u202Eb\u0000', 'a\uFFFDb\uFFFD'],
    ['set `spec.replicas` to `a b`, then', 'set `spec.replicas` to `a b`, then'],
    ['a ` b', 'a `` ` `` b'],
    ['`a`x`@b', '``` `a`x`@b ```'.replaceAll('```', '``')],
    ['```', '```` ``` ````'],
  ])('%j', (from, to) => {
    expect(inline(from)).toBe(to);
  });

  test('in a code span', () => {
    expect(code('a|b <x> @all')).toBe('`a|b <x> @all`');
    expect(code('a`b``c')).toBe('```a`b``c```');
    expect(code('`a')).toBe('`` `a ``');
    expect(code(' \n ')).toBe('(empty)');
    expect(code('a\n\n```\n</details>')).toBe(
      '```` a ``` </details> ````'.replace('```` a', '````a').replace('> ', '>'),
    );
  });

  test('in a block of code', () => {
    expect(commandBlock('a\n```\n@b', '  ')).toBe('  ````sh\n  a ``` @b\n  ````');
  });

  test('whatever it is, no backtick is left open and no tag is begun', () => {
    assert(
      property(string({ unit: 'grapheme-ascii', maxLength: 40 }), (text) => {
        const spans = inline(text).replaceAll(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, 'C');
        expect(spans).not.toMatch(/[`<>@#]|:\/\/|www\./i);
        expect(inline(text)).not.toContain('\n');
      }),
      { numRuns: 3_000 },
    );
  });

  test('long values are cut', () => {
    expect(inline('a'.repeat(400))).toBe(`${'a'.repeat(300)}…`);
    expect(inline(`${'a'.repeat(299)}😀b`)).toBe(`${'a'.repeat(299)}…`);
  });
});

describe('at most 65,536 characters', () => {
  const rows = (text: string) => [...text.matchAll(/^(?:#### \d+\. |- )\*\*(critical|warning|info)\*\*/gm)];

  test('of many incidents the worst are told in full, more in short, and the others counted', () => {
    const report = largeReport(4_000);
    const text = renderMarkdown(report);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(text)).toBeGreaterThan(60_000);
    const told = rows(text);
    expect(told.every(([, severity]) => severity === 'critical')).toBe(true);
    expect(text).toContain(
      `**${800 - told.length} critical, 400 warning and 400 info incidents are left out**: a comment on GitHub`,
    );
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)!.length);
    expect(text).toContain('**Not seen:**'.replaceAll('*', ''));
  });

  test('values that grow by their escapes are bounded as well', () => {
    const report = largeReport(50);
    const problems = report.problems.map((problem) => ({ ...problem, message: '&'.repeat(100_000) }));
    const text = renderMarkdown({ ...report, problems } satisfies Report);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    expect(rows(text).length).toBeGreaterThan(5);
  });

  test('all incidents are told where there is room', () => {
    expect(rows(renderMarkdown(largeReport(50)))).toHaveLength(20);
  });
});
