import { expect, test } from 'vitest';
import type { Finding, Severity } from '../../src/model/finding.ts';
import { renderDiffJson, renderDiffMarkdown, renderDiffText } from '../../src/render/diff.ts';
import { buildDiff } from '../../src/report/diff.ts';
import { aFinding } from '../support/findings.ts';
import { reportOf } from '../support/report.ts';

const bad = (name: string, severity: Severity = 'warning', message = 'is bad'): Finding => ({
  ...aFinding('PodBad', `Pod shop/${name}`, { severity }),
  message,
});

function diffOf(earlier: readonly Finding[], later: readonly Finding[]) {
  return buildDiff(
    { name: 'a.json', report: reportOf(earlier) },
    { name: 'b.json', report: reportOf(later) },
    ({ object }) => (object.name === 'lost' ? 'pods: may not be listed (403)' : undefined),
  );
}

const diff = diffOf(
  [bad('same'), bad('worse'), bad('better', 'critical'), bad('gone'), bad('lost'), bad('small', 'info')],
  [bad('same'), bad('worse', 'critical'), bad('better'), bad('fresh'), bad('tiny', 'info')],
);

test('text: a line for each, marked as in a patch', () => {
  expect(renderDiffText(diff, { severity: 'warning', columns: 120 })).toBe(`\
Old: cluster test, at 2026-03-01 12:00:00 UTC (a.json)
New: cluster test, at 2026-03-01 12:00:00 UTC (b.json)

+ warning  Pod shop/fresh: is bad  PodBad
! critical (was warning)  Pod shop/worse: is bad  PodBad
~ warning (was critical)  Pod shop/better: is bad  PodBad
- warning  Pod shop/gone: is bad  PodBad
? warning  Pod shop/lost: is bad  PodBad (pods: may not be listed (403))

2 new, 1 worse, 1 better, 2 resolved, 1 not seen now, 1 unchanged. Hidden: 2 less bad (--severity info shows all).
`);
  expect(renderDiffText(diff, { severity: 'info', columns: 120 })).toContain('+ info  Pod shop/tiny');
});

test('text: nothing changed', () => {
  expect(renderDiffText(diffOf([bad('same')], [bad('same')]), { severity: 'info', columns: 120 })).toBe(`\
Old: cluster test, at 2026-03-01 12:00:00 UTC (a.json)
New: cluster test, at 2026-03-01 12:00:00 UTC (b.json)

0 new, 0 resolved, 1 unchanged.
`);
});

test('Markdown', () => {
  expect(renderDiffMarkdown(diff, { severity: 'critical' })).toBe(`\
## What changed

Old: cluster test, at 2026-03-01 12:00:00 UTC (a.json)  
New: cluster test, at 2026-03-01 12:00:00 UTC (b.json)

**2 new, 1 worse, 1 better, 2 resolved, 1 not seen now, 1 unchanged.** Hidden: 6 less bad (--severity info shows all).

### Worse

- **critical** (was warning) \`Pod shop/worse\`: is bad \`PodBad\`
`);
  expect(renderDiffMarkdown(diff, { severity: 'info' }).match(/^### .*$/gm)).toEqual([
    '### New',
    '### Worse',
    '### Better',
    '### Resolved',
    '### Not seen now',
  ]);
});

test('text of a cluster acts upon nothing', () => {
  const hostile = diffOf(
    [],
    [bad('x', 'critical', 'a\n+ critical \u001B[2J<script>alert(1)</script> [click](javascript:x) @all')],
  );
  const text = renderDiffText(hostile, { severity: 'info', columns: 200 });
  expect(text.match(/^\+/gm)).toHaveLength(1);
  expect(text).not.toContain('\u001B');
  const markdown = renderDiffMarkdown(hostile, { severity: 'info' });
  expect(markdown).not.toMatch(/<script>|[^\\]\]\(javascript|(^|[^`])@all/);
  expect(markdown.match(/^- /gm)).toHaveLength(1);
  const json = renderDiffJson(hostile);
  expect(json).not.toContain('\u001B');
  expect(JSON.parse(json)).toEqual(hostile);
});
