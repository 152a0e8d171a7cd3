import { expect, test } from 'vitest';
import { reportSchema } from '../../src/model/report-schema.ts';
import type { Report, ReportIncident, ReportProblem } from '../../src/model/report.ts';
import { renderJson } from '../../src/render/json.ts';
import { renderJsonl } from '../../src/render/jsonl.ts';
import { demoReport } from '../support/recorded-report.ts';

type Line = Record<string, unknown> & { readonly type: string };

const linesOf = (report: Report) =>
  renderJsonl(report)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

test('the lines together are the whole report', async () => {
  const report = await demoReport();
  const lines = linesOf(report);
  expect(lines.map(({ type }) => type)).toEqual([...report.incidents.map(() => 'incident'), 'summary']);
  const problems = new Map<string, ReportProblem>();
  const incidents = lines.slice(0, -1).map(({ type: _type, problems: own, ...incident }) => {
    for (const problem of own as ReportProblem[]) problems.set(problem.id, problem);
    return incident as unknown as ReportIncident;
  });
  const { type: _type, ...rest } = lines.at(-1)!;
  const whole = { ...rest, incidents, problems: report.problems.map(({ id }) => problems.get(id)) };
  expect(reportSchema.parse(whole)).toEqual(JSON.parse(renderJson(report)));
});

test('a line stays a line and acts upon no terminal, whatever the cluster says', async () => {
  const report = await demoReport();
  const hostile = { ...report, hints: ['a\nb\u2028c\u202Ed\u001B[31m\u009B2J'] };
  const text = renderJsonl(hostile);
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u202E]/);
  expect(linesOf(hostile).at(-1)!['hints']).toEqual(hostile.hints);
});

test('nothing wrong: the summary alone', async () => {
  const report = { ...(await demoReport()), incidents: [], problems: [] };
  expect(linesOf(report).map(({ type }) => type)).toEqual(['summary']);
});
