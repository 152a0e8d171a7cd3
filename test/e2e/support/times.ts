/** A story is looked at this many seconds after it was set up: its recording is dated so, and reports are made for that moment. */
export const ageSeconds = 540;

/** A time so many seconds before the moment at which the story is looked at. */
export function before(seconds: number): string {
  return `${new Date(Date.now() + (ageSeconds - seconds) * 1_000).toISOString().slice(0, 19)}Z`;
}
