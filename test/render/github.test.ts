import { expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { renderGithub } from '../../src/render/github.ts';
import { aFinding } from '../support/findings.ts';
import { facts } from '../support/facts.ts';
import { goldenReports } from '../support/recorded-report.ts';
import { reportOf } from '../support/report.ts';

test.each(Object.entries(await goldenReports()))('%s: is printed as it was', async (name, report) => {
  await expect(renderGithub(report, facts)).toMatchFileSnapshot(`golden/${name}.github.txt`);
});

/** What the runner makes of a line: the command, its properties and its message. */
function parsed(line: string) {
  const [, command, properties = '', message = ''] = /^::(\w+)(?: ([^]*?))?::([^]*)$/.exec(line) ?? [];
  const unescape = (text: string) =>
    text
      .replaceAll('%2C', ',')
      .replaceAll('%3A', ':')
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%25', '%');
  const pairs = properties
    .split(',')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), unescape(pair.slice(pair.indexOf('=') + 1))]);
  return { command, ...Object.fromEntries(pairs), message: unescape(message) } as Record<string, string | undefined>;
}

test('a command for each incident, by its severity, and the rest of the log is none', () => {
  const three = (['critical', 'warning', 'info'] as const).map((severity) =>
    aFinding(severity, 'Pod shop/a', { severity }),
  );
  const lines = renderGithub(reportOf(three)).trimEnd().split('\n').map(parsed);
  expect(lines.map(({ command }) => command)).toEqual(['error', 'warning', 'notice', undefined]);
  expect(lines[0]).toMatchObject({ title: 'critical: Pod shop/a', message: 'critical' });
});

test('text neither ends a property, nor a line, nor begins a command', () => {
  const evil = 'a%0A,file=/etc/x::y\n::set-env name=PATH::z\r::stop-commands::t\n##[command]rm';
  const report = reportOf([aFinding('A', 'Pod shop/a')]);
  const hostile: Report = {
    ...report,
    incidents: report.incidents.map((one) => ({ ...one, message: evil, object: { ...one.object, name: evil } })),
    gaps: [{ what: 'resource', name: evil, reason: evil }],
    hints: [evil],
  };
  const lines = renderGithub(hostile).trimEnd().split('\n');
  expect(lines.map((line) => parsed(line)['command']).filter((command) => command !== undefined)).toEqual(['error']);
  const flat = evil.replaceAll(/[\n\r]/g, ' ');
  expect(parsed(lines[0]!)).toEqual({ command: 'error', title: `A: Pod shop/${flat}`, message: flat });
  expect(lines.slice(1).join('\n')).not.toMatch(/##\[|^\s*::/m);
});

test('what a baseline knows is for the log alone', () => {
  const report = reportOf([aFinding('A', 'Pod shop/a'), aFinding('B', 'Pod shop/b')]);
  const zero = { critical: 0, warning: 0, info: 0 };
  const compared: Report = {
    ...report,
    problems: report.problems.map((one) => (one.code === 'A' ? { ...one, known: true } : one)),
    baseline: { takenAt: report.takenAt, new: zero, known: zero, resolved: [], unseen: [] },
  };
  const lines = renderGithub(compared).split('\n');
  expect(lines).toContain('known before: critical: A: Pod shop/a: A');
  expect(lines.filter((line) => line.startsWith('::'))).toEqual(['::error title=B%3A Pod shop/b::B']);
});

test('that GitHub shows ten of each kind is said where there are more', () => {
  const many = Array.from({ length: 11 }, (_, index) => aFinding('A', `Pod shop/${index}`));
  expect(renderGithub(reportOf(many))).toContain(
    '11 critical, 0 warning, 0 info incidents; GitHub shows 10 annotations of each kind',
  );
  expect(renderGithub(reportOf(many.slice(1)))).not.toContain('GitHub shows');
});
