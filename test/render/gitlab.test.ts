import { expect, test } from 'vitest';
import { renderGitlab } from '../../src/render/gitlab.ts';
import { aFinding } from '../support/findings.ts';
import { facts } from '../support/facts.ts';
import { goldenReports } from '../support/recorded-report.ts';
import { reportOf } from '../support/report.ts';

interface Entry {
  readonly description: string;
  readonly fingerprint: string;
  readonly severity: string;
}

test.each(Object.entries(await goldenReports()))('%s: is printed as it was', async (name, report) => {
  await expect(renderGitlab(report, facts)).toMatchFileSnapshot(`golden/${name}.gitlab.json`);
});

test('two faults of one code on one object have fingerprints of their own, for GitLab shows equal ones once', () => {
  const two = [aFinding('A', 'Pod shop/a', { key: 'x' }), aFinding('A', 'Pod shop/a', { key: 'y' })];
  const entries = JSON.parse(renderGitlab(reportOf(two))) as Entry[];
  expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(2);
});

test('severities are words that GitLab knows', () => {
  const three = (['critical', 'warning', 'info'] as const).map((severity) =>
    aFinding(severity, 'Pod shop/a', { severity }),
  );
  const entries = JSON.parse(renderGitlab(reportOf(three))) as Entry[];
  expect(entries.map(({ severity }) => severity)).toEqual(['critical', 'major', 'info']);
});
