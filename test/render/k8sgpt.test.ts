import { expect, test } from 'vitest';
import { renderK8sgpt } from '../../src/render/k8sgpt.ts';
import { aFinding } from '../support/findings.ts';
import { goldenReports } from '../support/recorded-report.ts';
import { reportOf } from '../support/report.ts';

interface Output {
  readonly status: string;
  readonly problems: number;
  readonly results: readonly { readonly kind: string; readonly name: string; readonly error: readonly object[] }[];
}

const read = (report: Parameters<typeof renderK8sgpt>[0]) => JSON.parse(renderK8sgpt(report)) as Output;

test.each(Object.entries(await goldenReports()))('%s: is printed as it was', async (name, report) => {
  await expect(renderK8sgpt(report)).toMatchFileSnapshot(`golden/${name}.k8sgpt.json`);
});

test('a result for each object, and as many errors as problems', () => {
  const report = reportOf([
    aFinding('A', 'Pod shop/a'),
    aFinding('B', 'Pod shop/a', { severity: 'info' }),
    aFinding('C', 'Node n1', { severity: 'warning' }),
  ]);
  const { status, problems, results } = read(report);
  expect([status, problems]).toEqual(['ProblemDetected', 3]);
  expect(results.map(({ kind, name, error }) => [kind, name, error.length])).toEqual([
    ['Pod', 'shop/a', 2],
    ['Node', 'n1', 1],
  ]);
  expect(results[0]?.error[0]).toEqual({ Text: 'A (A)', KubernetesDoc: '', Sensitive: [] });
});

test('information alone is OK, and nothing is an empty list', () => {
  expect(read(reportOf([aFinding('A', 'Pod shop/a', { severity: 'info' })]))).toMatchObject({
    status: 'OK',
    problems: 1,
  });
  expect(read(reportOf([]))).toEqual({ provider: 'mekhanikube', errors: [], status: 'OK', problems: 0, results: [] });
});
