import { cronFields, type CronFields, everySeconds } from './cron-fields.ts';
import { millis } from './time.ts';

/** A schedule that can be asked for its times. */
export type CronSchedule =
  | { readonly kind: 'calendar'; readonly fields: CronFields; readonly zone: Zone }
  | { readonly kind: 'every'; readonly seconds: number };

/** A time zone; UTC by its name, for the first formatter of a process takes 13 ms to be made. */
type Zone = Intl.DateTimeFormat | 'UTC';

/** What is wrong with a schedule. */
export type CronProblem = 'schedule' | 'timeZone';

const aliases: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/**
 * Reads a CronJob's schedule as the controller does (github.com/robfig/cron v3, ParseStandard): five fields with names, lists, ranges,
 * steps and `?`, the `@` names, `@every 1h30m`, and a `TZ=`/`CRON_TZ=` prefix. Without any zone it is UTC here; the controller takes
 * the zone of its own machine, which nearly always is UTC.
 * @param timeZone `spec.timeZone`, an IANA name.
 * @returns the schedule, or which of the two cannot be read.
 */
export function parseCron(text: string, timeZone?: string): CronSchedule | CronProblem {
  const prefix = /^(?:CRON_TZ|TZ)=(\S+)\s+(.*)$/s.exec(text);
  const zone = zoneOf(timeZone ?? prefix?.[1] ?? 'UTC');
  if (zone === undefined) return 'timeZone';
  const plain = (prefix?.[2] ?? text).trim();
  const every = everySeconds(plain);
  if (every !== undefined) return { kind: 'every', seconds: every };
  const fields = cronFields(Object.hasOwn(aliases, plain) ? (aliases[plain] ?? plain) : plain);
  return fields === undefined ? 'schedule' : { kind: 'calendar', fields, zone };
}

/**
 * The first time after `after` at which a schedule is due, both as RFC 3339. Local times that a clock change skips are not due that
 * day; those that it repeats are due twice (robfig/cron `SpecSchedule.Next`).
 * @returns undefined where `after` is not a time or none of the next eight years has such a day (30 February).
 */
export function nextDue(schedule: CronSchedule, after: string): string | undefined {
  const start = millis(after);
  if (start === undefined) return undefined;
  if (schedule.kind === 'every') return rfc3339(Math.floor(start / 1000) * 1000 + schedule.seconds * 1000);
  const { fields, zone } = schedule;
  const from = wall(zone, start);
  let day = Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate());
  for (let days = 0; days < 366 * 8; days += 1, day += dayLength) {
    if (!dayMatches(fields, new Date(day))) continue;
    const due = firstOnDay(fields, zone, day, start);
    if (due !== undefined) return rfc3339(due);
  }
  return undefined;
}

const minuteLength = 60_000;
const dayLength = 24 * 60 * minuteLength;

/** The first instant after `start` that is due on a local day (given as the UTC midnight that reads the same). */
function firstOnDay(fields: CronFields, zone: Zone, day: number, start: number): number | undefined {
  const before = wall(zone, day - dayLength).getTime() - (day - dayLength);
  const after = wall(zone, day + 2 * dayLength).getTime() - (day + 2 * dayLength);
  let first: number | undefined;
  for (const hour of fields.hours) {
    for (const minute of fields.minutes) {
      const local = day + (hour * 60 + minute) * minuteLength;
      if (before === after) {
        if (local - before > start) return local - before;
        continue;
      }
      for (const instant of [local - before, local - after]) {
        const due = instant > start && wall(zone, instant).getTime() === local;
        if (due && (first === undefined || instant < first)) first = instant;
      }
    }
  }
  return first;
}

/** Both day fields must match when one of them is a star, else either (cron's old rule; robfig/cron `dayMatches`). */
function dayMatches(fields: CronFields, day: Date): boolean {
  if (!fields.months.has(day.getUTCMonth() + 1)) return false;
  const ofMonth = fields.daysOfMonth.has(day.getUTCDate());
  const ofWeek = fields.daysOfWeek.has(day.getUTCDay());
  return fields.anyDay ? ofMonth && ofWeek : ofMonth || ofWeek;
}

function rfc3339(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

const zones = new Map<string, Intl.DateTimeFormat>();

function zoneOf(name: string): Zone | undefined {
  if (name === 'UTC') return name;
  const known = zones.get(name);
  if (known !== undefined) return known;
  // Go knows `Local`, JavaScript knows offsets such as `+02:00`; Kubernetes admits neither (batch/v1 validation).
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return undefined;
  try {
    const zone = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    zones.set(name, zone);
    return zone;
  } catch {
    return undefined;
  }
}

/** What a wall clock in a zone shows at an instant, as the UTC date that reads the same. */
function wall(zone: Zone, instant: number): Date {
  if (zone === 'UTC') return new Date(Math.floor(instant / 1_000) * 1_000);
  const part = Object.fromEntries(zone.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}
