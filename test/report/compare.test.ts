import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Severity } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { compareReports, type Comparison } from '../../src/report/compare.ts';
import { aFinding } from '../support/findings.ts';
import { reportOf } from '../support/report.ts';

const bad = (name: string, severity: Severity = 'warning') => aFinding('PodBad', `Pod shop/${name}`, { severity });

/** What became of each problem, by the name of its pod. */
function told(earlier: Report, later: Report, blind: Readonly<Record<string, string>> = {}) {
  const comparison: Comparison = compareReports(earlier, later, ({ object }) => blind[object.name]);
  const names = (list: readonly { readonly object: { readonly name: string } }[]) =>
    list.map(({ object }) => object.name);
  return {
    new: names(comparison.new),
    worsened: comparison.worsened.map(({ problem, before }) => `${problem.object.name} was ${before}`),
    improved: comparison.improved.map(({ problem, before }) => `${problem.object.name} was ${before}`),
    same: names(comparison.same),
    resolved: names(comparison.resolved),
    unseen: comparison.unseen.map(({ problem, why }) => `${problem.object.name}: ${why}`),
    ignored: names(comparison.ignored),
  };
}

const nothing = { new: [], worsened: [], improved: [], same: [], resolved: [], unseen: [], ignored: [] };

/** A report that ignores some problems, and shows others of them all the same because they explain what it counts. */
function ignoring(report: Report, gone: readonly string[], shown: readonly string[] = []): Report {
  const isIn = (names: readonly string[]) => (problem: Report['problems'][number]) =>
    names.includes(problem.object.name);
  return {
    ...report,
    problems: report.problems
      .filter((problem) => !isIn(gone)(problem))
      .map((problem) => (isIn(shown)(problem) ? { ...problem, suppressed: true } : problem)),
    suppressed: report.problems.filter(isIn([...gone, ...shown])).map(({ id, code, severity, object, message }) => ({
      id,
      code,
      severity,
      object,
      message,
      by: 'annotation',
      rule: 'a rule',
    })),
  };
}

describe('a problem', () => {
  const before = reportOf([bad('a'), bad('b')]);

  test('that both have is the same, whatever its message says', () => {
    const later = reportOf([{ ...bad('a'), message: 'other words' }, bad('b')]);
    expect(told(before, later)).toEqual({ ...nothing, same: ['a', 'b'] });
  });

  test('that only the later has is new, one that only the earlier has is resolved', () => {
    expect(told(before, reportOf([bad('b'), bad('c')]))).toEqual({
      ...nothing,
      new: ['c'],
      same: ['b'],
      resolved: ['a'],
    });
  });

  test('that became worse or better is neither new nor the same', () => {
    expect(told(before, reportOf([bad('a', 'critical'), bad('b', 'info')]))).toEqual({
      ...nothing,
      worsened: ['a was warning'],
      improved: ['b was warning'],
    });
  });

  test('that is gone out of sight is unseen, never resolved', () => {
    expect(told(before, reportOf([]), { a: 'pods: may not be listed (403)' })).toEqual({
      ...nothing,
      resolved: ['b'],
      unseen: ['a: pods: may not be listed (403)'],
    });
  });

  test('that is ignored now is not resolved, and counts for nothing where it still explains something', () => {
    expect(told(before, ignoring(before, ['a'], ['b']))).toEqual({ ...nothing, ignored: ['a', 'b'] });
  });

  test('that was ignored and counts again is new', () => {
    expect(told(ignoring(before, ['a'], ['b']), before)).toEqual({ ...nothing, new: ['a', 'b'] });
  });

  test('that is ignored in both is not told of', () => {
    const same = ignoring(before, ['a'], ['b']);
    expect(told(same, same)).toEqual(nothing);
  });
});

test('the lists are in the order of their reports: worst first', () => {
  const many = reportOf([bad('a'), bad('b', 'critical'), bad('c', 'info')]);
  expect(told(reportOf([]), many).new).toEqual(['b', 'a', 'c']);
  expect(told(many, reportOf([])).resolved).toEqual(['b', 'a', 'c']);
});

test('every problem ends in one list, whatever the two reports hold', () => {
  const severity = fc.constantFrom<Severity>('critical', 'warning', 'info');
  const names = ['a', 'b', 'c', 'd', 'e'];
  const some = fc.subarray(names);
  const one = fc.record({ severities: fc.dictionary(fc.constantFrom(...names), severity), gone: some, shown: some });
  const made = ({
    severities,
    gone,
    shown,
  }: {
    severities: Record<string, Severity>;
    gone: string[];
    shown: string[];
  }) => ignoring(reportOf(Object.entries(severities).map(([name, how]) => bad(name, how))), gone, shown);
  const counted = (report: Report) =>
    report.problems.filter(({ suppressed }) => suppressed !== true).map(({ object }) => object.name);
  fc.assert(
    fc.property(one, one, some, (first, second, hidden) => {
      const [earlier, later] = [made(first), made(second)];
      const why = Object.fromEntries(hidden.map((name) => [name, 'hidden']));
      const found = told(earlier, later, why);
      const name = (text: string) => text.split(/[ :]/)[0]!;
      const both = [...found.worsened, ...found.improved, ...found.same].map(name);
      const gone = [...found.resolved, ...found.unseen, ...found.ignored].map(name);
      expect([...both, ...found.new].toSorted()).toEqual(counted(later).toSorted());
      expect([...both, ...gone].toSorted()).toEqual(counted(earlier).toSorted());
      expect(found.resolved.filter((resolved) => hidden.includes(resolved))).toEqual([]);
    }),
  );
});
