import { describe, expect, test } from 'vitest';
import { before, pauseAfter, withFailure, withReport } from '../../src/watch/state.ts';
import { reportOf } from '../support/report.ts';

const report = reportOf([]);

describe('the last good report', () => {
  test('is stale since the first look that failed after it, for the reason of the last', () => {
    const good = withReport(before, report);
    const once = withFailure(good, 'refused', '2026-03-01T12:01:00Z');
    const twice = withFailure(once, 'timed out', '2026-03-01T12:02:00Z');
    expect(twice.report).toEqual({ ...report, stale: { since: '2026-03-01T12:01:00Z', reason: 'timed out' } });
    expect(twice).toMatchObject({ succeeded: 1, failed: 2, failures: 2 });
  });

  test('is not stale any more once a look succeeds', () => {
    const back = withReport(withFailure(withReport(before, report), 'refused', '2026-03-01T12:01:00Z'), report);
    expect(back.report).toBe(report);
    expect(back).toMatchObject({ succeeded: 2, failed: 1, failures: 0 });
  });

  test('there is none before the first look that succeeds', () => {
    expect(withFailure(before, 'refused', '2026-03-01T12:01:00Z').report).toBeUndefined();
  });
});

test.each([
  ['a look that took no time', 0, 60_000, 0, 60_000],
  ['the time it took counts', 0, 60_000, 20_000, 40_000],
  ['a look that took most of the interval: as long a pause', 0, 60_000, 50_000, 50_000],
  ['one that took longer than the interval', 0, 60_000, 90_000, 60_000],
  ['one failure', 1, 60_000, 5_000, 60_000],
  ['three failures', 3, 60_000, 5_000, 240_000],
  ['twenty: ten minutes at most', 20, 60_000, 5_000, 600_000],
  ['never more often than wanted', 20, 3_600_000, 5_000, 3_600_000],
])('the pause: %s', (_title, failures, interval, took, pause) => {
  expect(pauseAfter({ ...before, failures }, interval, took)).toBe(pause);
});
