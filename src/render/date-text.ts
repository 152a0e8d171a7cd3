import { millis } from '../graph/time.ts';

/** An RFC 3339 time as people read it: `2026-03-01 12:00:00 UTC`; what is no time stays as it is. */
export function dateText(time: string): string {
  const value = millis(time);
  return value === undefined ? time : `${new Date(value).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
