import type { Report } from '../model/report.ts';
import { before, pauseAfter, type WatchState, withFailure, withReport } from './state.ts';

export interface LoopOptions {
  /** Looks at the cluster once. */
  readonly look: () => Promise<Report>;
  /** From one look to the next, in milliseconds. */
  readonly interval: number;
  readonly signal: AbortSignal;
  /** Told after every look but the first one that fails. */
  readonly onLook: (now: WatchState, last: WatchState, error: unknown) => Promise<void>;
}

/**
 * Looks at a cluster again and again until it is told to stop.
 * @throws what the first look throws: who starts a watch that cannot see anything should hear of it.
 */
export async function watchLoop({ look, interval, signal, onLook }: LoopOptions): Promise<void> {
  let state = before;
  while (!signal.aborted) {
    const begun = performance.now();
    const last = state;
    let problem: unknown;
    try {
      state = withReport(state, await look());
    } catch (error) {
      if (signal.aborted) return;
      if (state.succeeded === 0) throw error;
      problem = error;
      const reason = error instanceof Error ? error.message : String(error);
      state = withFailure(state, reason, new Date().toISOString());
    }
    await onLook(state, last, problem);
    await sleep(pauseAfter(state, interval, performance.now() - begun), signal);
  }
}

/** Waits, or not to the end where the signal comes first. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
