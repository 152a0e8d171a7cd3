import type { Snapshot } from '../model/snapshot.ts';

/** Milliseconds since the epoch of an RFC 3339 time; undefined where it is missing or not a time. */
export function millis(time: string | undefined): number | undefined {
  if (time === undefined || time === null) return undefined;
  const value = Date.parse(time);
  return Number.isNaN(value) ? undefined : value;
}

/** Seconds between a time and the moment of the snapshot; undefined where the time is missing or not a time. */
export function age(snapshot: Snapshot<never>, time: string | undefined): number | undefined {
  const then = millis(time);
  const now = millis(snapshot.takenAt);
  return then === undefined || now === undefined ? undefined : (now - then) / 1000;
}

/** Milliseconds since the epoch as RFC 3339 in whole seconds; `never` where no date is so far away. */
export function timeText(milliseconds: number): string {
  const time = new Date(milliseconds);
  return Number.isNaN(time.getTime()) ? 'never' : time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** True when `time` is known and lies at least `seconds` before the snapshot. */
export function olderThan(snapshot: Snapshot<never>, time: string | undefined, seconds: number): boolean {
  const value = age(snapshot, time);
  return value !== undefined && value >= seconds;
}

/** The earliest of several RFC 3339 times. */
export function earliest(times: readonly (string | undefined)[]): string | undefined {
  return pick(times, (one, best) => one < best);
}

/** The latest of several RFC 3339 times. */
export function latest(times: readonly (string | undefined)[]): string | undefined {
  return pick(times, (one, best) => one > best);
}

function pick(
  times: readonly (string | undefined)[],
  better: (one: number, best: number) => boolean,
): string | undefined {
  let best: string | undefined;
  let bestMillis: number | undefined;
  for (const time of times) {
    const value = millis(time);
    if (value !== undefined && (bestMillis === undefined || better(value, bestMillis))) {
      best = time;
      bestMillis = value;
    }
  }
  return best;
}

/** A length of time as people say it: `45s`, `12m`, `3h`, `5d`. At most two units: `2h5m`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ];
  const start = units.findIndex(([, size]) => whole >= size);
  if (start === -1) return '0s';
  const [name, size] = units[start]!;
  const count = Math.floor(whole / size);
  const next = units[start + 1];
  const rest = next === undefined ? 0 : Math.floor((whole - count * size) / next[1]);
  return rest === 0 || count >= 10 ? `${count}${name}` : `${count}${name}${rest}${next![0]}`;
}
