import type { Report } from '../model/report.ts';

/** What is known between two looks at a cluster: the last good report, and how the looks since then went. */
export interface WatchState {
  /** Marked stale where a look after it failed. */
  readonly report: Report | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** How many looks failed one after another, up to now. */
  readonly failures: number;
}

export const before: WatchState = { report: undefined, succeeded: 0, failed: 0, failures: 0 };

/** After a look that succeeded. */
export function withReport(state: WatchState, report: Report): WatchState {
  return { ...state, report, succeeded: state.succeeded + 1, failures: 0 };
}

/** After a look that failed: the last report stays, and says since when it is stale and why. @param at RFC 3339 */
export function withFailure(state: WatchState, reason: string, at: string): WatchState {
  const { report } = state;
  const since = report?.stale?.since ?? at;
  return {
    ...state,
    ...(report === undefined ? {} : { report: { ...report, stale: { since, reason } } }),
    failed: state.failed + 1,
    failures: state.failures + 1,
  };
}

const longestPause = 600_000;

/**
 * How long to wait after a look, in milliseconds. Looks begin an interval apart, but at most half of the time is spent on them; after
 * failures the pause doubles each time, up to ten minutes (or one interval, where that is longer).
 * @param took how long the look took, in milliseconds.
 */
export function pauseAfter({ failures }: WatchState, interval: number, took: number): number {
  if (failures === 0) return Math.max(interval - took, Math.min(took, interval));
  return Math.min(interval * 2 ** (failures - 1), Math.max(interval, longestPause));
}
