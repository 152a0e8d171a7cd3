import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { renderJunit } from '../../src/render/junit.ts';
import { attribute, xmlText } from '../../src/render/xml.ts';
import { aFinding } from '../support/findings.ts';
import { facts } from '../support/facts.ts';
import { goldenReports } from '../support/recorded-report.ts';
import { reportOf } from '../support/report.ts';

const golden = await goldenReports();
const names = (xml: string, element: string) =>
  [...xml.matchAll(/<testcase classname="[^"]*" name="([^"]*)" time="0">\n {6}<([\w-]+)/g)]
    .filter((match) => match[2] === element)
    .map((match) => match[1]);

test.each(Object.entries(golden))('%s: is printed as it was', async (name, report) => {
  await expect(renderJunit(report, facts)).toMatchFileSnapshot(`golden/${name}.junit.xml`);
});

test('critical and warning fail, information passes with what it says', () => {
  const report = reportOf([
    aFinding('A', 'Pod shop/a', { severity: 'critical' }),
    aFinding('B', 'Pod shop/b', { severity: 'warning' }),
    aFinding('C', 'Pod shop/c', { severity: 'info' }),
  ]);
  const xml = renderJunit(report);
  expect(names(xml, 'failure')).toEqual(['A: Pod shop/a', 'B: Pod shop/b']);
  expect(names(xml, 'system-out')).toEqual(['C: Pod shop/c']);
  expect(xml).toContain('<testsuites name="mekhanikube" tests="4" failures="2" errors="0" time="0">');
  expect(xml).toContain('<property name="incidents.info" value="1"/>');
});

test('an analyzer that found nothing passes, and is skipped where it did not see all', () => {
  const analyzers = [
    { id: 'pods', title: 'Pods', reads: ['pods'] },
    { id: 'storage', title: 'Storage', reads: ['persistentvolumes', 'pods'] },
  ];
  const gaps = [{ what: 'resource', name: 'persistentvolumes', reason: '403' }] as const;
  expect(renderJunit(reportOf([]), { analyzers })).not.toMatch(/name="(Pods|Storage)" time="0">/);
  const xml = renderJunit(reportOf([], { gaps }), { analyzers });
  expect(names(xml, 'skipped')).toContain('Storage');
  expect(names(xml, 'skipped')).toContain('Seen: resource persistentvolumes');
  expect(names(xml, 'skipped')).not.toContain('Pods');
});

test('an analyzer is called clean only where it found neither cause nor effect, and where that would be shown', () => {
  const analyzers = ['test', 'storage'].map((id) => ({ id, title: `All of ${id}`, reads: [] }));
  const passes = (report: Report) =>
    analyzers.filter(({ title }) => renderJunit(report, { analyzers }).includes(title)).map(({ id }) => id);
  const scope = (more: Partial<Report['scope']>) => ({ ...reportOf([]), scope: { ...reportOf([]).scope, ...more } });
  expect(passes(reportOf([]))).toEqual(['test', 'storage']);
  expect(passes(reportOf([aFinding('A', 'Pod shop/a')]))).toEqual(['storage']);
  expect(passes(scope({ filters: ['storage'] }))).toEqual(['storage']);
  expect(passes(scope({ filters: ['Deployment'] }))).toEqual([]);
  expect(passes(scope({ targets: ['deployment/web'] }))).toEqual([]);
});

test('an analyzer that broke is an error and no failure', () => {
  const xml = renderJunit(reportOf([], { gaps: [{ what: 'analyzer', name: 'mine', reason: 'threw' }] }));
  expect(names(xml, 'error')).toEqual(['Seen: analyzer mine']);
  expect(xml).toMatch(/<testsuites [^>]*failures="0" errors="1"/);
});

test('cases of one name are told apart, and others keep theirs', () => {
  const two = [aFinding('A', 'Pod shop/a', { key: 'x' }), aFinding('A', 'Pod shop/a', { key: 'y' })];
  const [first, second, third] = names(renderJunit(reportOf([...two, aFinding('A', 'Pod shop/b')])), 'failure');
  expect(new Set([first, second]).size).toBe(2);
  expect(first).toMatch(/^A: Pod shop\/a \([0-9a-f]+\)$/);
  expect(third).toBe('A: Pod shop/b');
});

test('what was known before is skipped where there is a baseline', () => {
  const report = reportOf([aFinding('A', 'Pod shop/a'), aFinding('B', 'Pod shop/b')]);
  const zero = { critical: 0, warning: 0, info: 0 };
  const compared: Report = {
    ...report,
    problems: report.problems.map((one) => (one.code === 'A' ? { ...one, known: true } : one)),
    baseline: { takenAt: report.takenAt, new: zero, known: zero, resolved: [], unseen: [] },
  };
  expect(names(renderJunit(compared), 'failure')).toEqual(['B: Pod shop/b']);
  expect(names(renderJunit(compared), 'skipped')).toEqual(['A: Pod shop/a', 'Objects to look at']);
});

test('text is text, whatever it holds', () => {
  expect(xmlText(`<b>&'"]]>`)).toBe('&lt;b&gt;&amp;&apos;&quot;]]&gt;');
  expect(attribute('a', 'x\n\t"y"')).toBe(' a="x&#10;&#9;&quot;y&quot;"');
  expect(attribute('a', undefined)).toBe('');
  assert(
    property(string({ unit: 'binary' }), (text) => {
      expect(xmlText(text)).not.toMatch(/[<>"']|[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u);
      expect(xmlText(text).replaceAll(/&(amp|lt|gt|quot|apos);/g, '')).not.toContain('&');
    }),
  );
});
