import { expect, test } from 'vitest';
import type { Severity } from '../../src/model/finding.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import { withBaseline } from '../../src/report/baseline.ts';
import { aFinding } from '../support/findings.ts';
import { reportOf } from '../support/report.ts';

const bad = (name: string, severity: Severity = 'warning') => aFinding('PodBad', `Pod shop/${name}`, { severity });
const sees = () => undefined;

test('marks what is known, counts what is new, lists what is gone', () => {
  const earlier = reportOf([bad('same'), bad('worse'), bad('better', 'critical'), bad('gone'), bad('lost')]);
  const later = reportOf([bad('same'), bad('worse', 'critical'), bad('better'), bad('fresh', 'info')]);
  const report = withBaseline(later, earlier, ({ object }) => (object.name === 'lost' ? 'it hides' : undefined));
  expect(reportSchema.parse(report)).toEqual(report);
  expect(report.problems.map(({ object, known }) => [object.name, known])).toEqual([
    ['worse', undefined],
    ['better', true],
    ['same', true],
    ['fresh', undefined],
  ]);
  expect(report.baseline).toMatchObject({
    takenAt: earlier.takenAt,
    new: { critical: 1, warning: 0, info: 1 },
    known: { critical: 0, warning: 2, info: 0 },
    resolved: [{ object: { name: 'gone' }, code: 'PodBad', severity: 'warning' }],
    unseen: [{ object: { name: 'lost' }, why: 'it hides' }],
  });
  expect(report.hints).toEqual([]);
  // All else is told as it would be without.
  expect({ ...report, problems: later.problems }).toEqual({ ...later, baseline: report.baseline });
});

test('a baseline of another cluster, or of another scope, is told of', () => {
  const hints = (parts: Parameters<typeof reportOf>[1]) => withBaseline(reportOf([]), reportOf([], parts), sees).hints;
  expect(hints({ cluster: { name: 'test', source: 'live', server: 'https://a' } })).toEqual([]);
  expect(hints({ cluster: { name: 'prod', source: 'live' } })).toEqual([
    'the baseline is of cluster prod, this run of test: are they the same?',
  ]);
  expect(
    hints({ scope: { namespaces: ['b', 'a'], selector: 'app=x', filters: ['pods'], targets: ['pods/x'] } }),
  ).toEqual([
    'the baseline shows namespace a, b, labels app=x, only pods, pods/x, this run everything: what only one of them shows cannot be compared.',
  ]);
});

test('one cluster may have two names: its address decides', () => {
  const at = (name: string, server: string) => reportOf([], { cluster: { name, server, source: 'live' } });
  expect(withBaseline(at('a', 'https://x'), at('b', 'https://x'), sees).hints).toEqual([]);
  expect(withBaseline(at('a', 'https://x'), at('b', 'https://y'), sees).hints).toHaveLength(1);
});
