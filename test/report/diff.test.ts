import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { diffSchemaText } from '../../scripts/schema.ts';
import { diffSchema, diffSchemaVersion } from '../../src/model/diff-schema.ts';
import type { Severity } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { buildDiff } from '../../src/report/diff.ts';
import { aFinding } from '../support/findings.ts';
import { reportOf } from '../support/report.ts';

const bad = (name: string, severity: Severity = 'warning') => aFinding('PodBad', `Pod shop/${name}`, { severity });
const diffOf = (earlier: Report, later: Report) =>
  buildDiff({ name: 'a.json', report: earlier }, { name: 'b.json', report: later }, ({ object }) =>
    object.name === 'lost' ? 'it hides' : undefined,
  );

test('schema/diff.json is what the source says: run "node scripts/schema.ts"', async () => {
  expect(await readFile(new URL('../../schema/diff.json', import.meta.url), 'utf8')).toBe(diffSchemaText());
  expect(diffSchemaVersion).toBe('1');
});

test('a whole difference, strictly of its form', () => {
  const earlier = reportOf([bad('same'), bad('worse'), bad('better', 'critical'), bad('gone', 'info'), bad('lost')]);
  const later = reportOf([bad('same'), bad('worse', 'critical'), bad('better'), bad('fresh')]);
  const diff = diffOf(earlier, later);
  expect(diffSchema.parse(diff)).toEqual(diff);
  const none = { critical: 0, warning: 0, info: 0 };
  expect(diff).toMatchObject({
    old: { name: 'a.json', cluster: 'test', takenAt: earlier.takenAt },
    new: { name: 'b.json', cluster: 'test', takenAt: later.takenAt },
    summary: {
      added: { ...none, warning: 1 },
      worsened: { ...none, critical: 1 },
      improved: { ...none, warning: 1 },
      unchanged: { ...none, warning: 1 },
      resolved: { ...none, info: 1 },
      unseen: { ...none, warning: 1 },
      ignored: none,
    },
    added: [{ object: { name: 'fresh' } }],
    worsened: [{ object: { name: 'worse' }, severity: 'critical', before: 'warning' }],
    improved: [{ object: { name: 'better' }, severity: 'warning', before: 'critical' }],
    resolved: [{ object: { name: 'gone' } }],
    unseen: [{ object: { name: 'lost' }, why: 'it hides' }],
    ignored: [],
    hints: [],
  });
});

test('says where the two may not be of the same thing', () => {
  const earlier = { ...reportOf([]), tool: { name: 'mekhanikube' as const, version: '0.1.0' } };
  const later = reportOf([], { cluster: { name: 'prod', source: 'live' } });
  expect(diffOf(earlier, later).hints).toEqual([
    'the old report is of cluster test, the new one of prod: are they the same?',
    'The old report was made by version 0.1.0, the new one by 0.0.0-development: they may look for other things.',
  ]);
});
