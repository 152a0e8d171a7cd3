import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../src/render/html/page.ts';
import { aFinding, needs } from '../support/findings.ts';
import { fullReport } from '../support/full-report.ts';
import { hostile } from '../support/hostile-report.ts';
import { ago } from '../support/objects.ts';
import { demoReport } from '../support/recorded-report.ts';
import { reportOf } from '../support/report.ts';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const inside = (page: string, tag: string) => new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(page)![1]!;

/** What a reader sees, without the style sheet and the script. */
const textOf = (page: string) =>
  page
    .replaceAll(/<(style|script)>.*?<\/\1>/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');

const small = reportOf(
  [
    {
      ...aFinding('SecretMissing', 'Secret shop/db', { breaks: ['start'], since: ago('2h') }),
      message: 'does not exist',
    },
    aFinding('DeploymentUnavailable', 'Deployment shop/web', { causes: [needs('start', 'Secret shop/db')] }),
    aFinding('CronJobSuspended', 'CronJob shop/report', { severity: 'info' }),
  ],
  {
    gaps: [{ what: 'resource', name: 'events', reason: 'forbidden' }],
    stats: { requests: 4, bytes: 5_000, objects: 12, analyzers: 1, codes: 3, resources: { pods: 9, secrets: 3 } },
  },
);

test('a small report is told as it was', async () => {
  const page = renderHtml(small, { titleOf: (code) => (code === 'SecretMissing' ? 'Secret missing' : undefined) });
  const steady = page
    .replace(/<(style)>.*?<\/style>/s, '<style></style>')
    .replace(/<script>.*?<\/script>/s, '<script></script>')
    .replaceAll(/sha256-[\w+/=]+/g, 'sha256');
  await expect(steady).toMatchFileSnapshot('golden/small.html.txt');
});

test('the same report gives the same bytes', async () => {
  expect(renderHtml(await demoReport())).toBe(renderHtml(await demoReport()));
});

test('every incident, problem and count is in the page', async () => {
  const report = await demoReport();
  const page = renderHtml(report);
  const text = textOf(page);
  for (const { id } of report.incidents) expect(page).toContain(`id="${id}"`);
  expect(page.match(/<article /g)).toHaveLength(report.incidents.length);
  for (const { message, evidence } of report.problems) {
    expect(text.toLowerCase()).toContain(message.toLowerCase());
    for (const { value } of evidence) expect(text).toContain(value.replaceAll(/\s+/g, ' '));
  }
  for (const { chain, explanation } of report.incidents) {
    for (const { via } of chain) expect(text).toContain(`${via.field} ${via.value}`);
    for (const { command } of explanation.steps) expect(text).toContain(command ?? '');
  }
  for (const severity of ['critical', 'warning', 'info'] as const) {
    const problems = report.summary.problems[severity];
    const told = `${severity} ${report.summary.incidents[severity]} ${problems} ${problems === 1 ? 'problem' : 'problems'}`;
    expect(text).toContain(told);
  }
});

describe('nothing that a cluster says becomes markup', () => {
  test('in a report that is hostile throughout', async () => {
    const report = await fullReport();
    const page = renderHtml(hostile(report));
    const plain = renderHtml(report);
    const tags = (text: string) => text.match(/<\/?[a-z][a-z0-9]*/g);
    expect(page).toContain('&lt;script&gt;planted');
    expect(tags(page)).toEqual(tags(plain));
    expect(page.match(/<script/g)).toHaveLength(1);
    const names = (text: string) => text.replaceAll(/<(style|script)>.*?<\/\1>/gs, '').replaceAll(/="[^"]*"/g, '=""');
    expect(names(page)).not.toMatch(/<[^>]*\s(on\w+|style|src)\b/);
    expect(
      [...page.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replace(/^(#|data:image\/svg).*/, '$1')),
    ).toEqual(expect.not.arrayContaining([expect.stringMatching(/^(?!#$|data:image\/svg$)/)]));
  });

  test('and what turns or hides text is made visible', () => {
    const page = renderHtml({ ...small, hints: ['a\u202Eb\u200Bc\u0000d\u001B[31m'] });
    expect(page).toContain('a\uFFFDb\uFFFDc\uFFFDd\uFFFD[31m');
  });
});

describe('the policy', () => {
  test('allows the style sheet and the script of the page, by what they are, and nothing else', () => {
    const page = renderHtml(small);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!.replaceAll('&#39;', "'");
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hash(inside(page, 'style'))}`,
      `script-src ${hash(inside(page, 'script'))}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test('and the page names no other place', async () => {
    const page = renderHtml({ ...(await demoReport()), cluster: { name: 'c', source: 'live' } });
    expect(page.replaceAll('http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg', '')).not.toMatch(
      /https?:|\/\/[a-z]|@import|url\((?!#)/,
    );
  });
});
