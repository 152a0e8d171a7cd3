/** The values that a five-field schedule allows, each in ascending order. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly daysOfWeek: ReadonlySet<number>;
  /** Whether one of the two day fields is a star. */
  readonly anyDay: boolean;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * The fields of `minute hour day-of-month month day-of-week`; undefined where the controller could not read them. Stricter than
 * Vixie cron where robfig/cron is: Sunday is 0 only.
 */
export function cronFields(text: string): CronFields | undefined {
  const parts = text.split(/\s+/).filter((part) => part !== '');
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parts;
  if (parts.length !== 5 || dayOfMonth === undefined || dayOfWeek === undefined) return undefined;
  const minutes = values(minute, { min: 0, max: 59 });
  const hours = values(hour, { min: 0, max: 23 });
  const daysOfMonth = values(dayOfMonth, { min: 1, max: 31 });
  const monthsOfYear = values(month, { min: 1, max: 12, names: months });
  const daysOfWeek = values(dayOfWeek, { min: 0, max: 6, names: weekdays });
  if (!minutes || !hours || !daysOfMonth || !monthsOfYear || !daysOfWeek) return undefined;
  return {
    minutes,
    hours,
    daysOfMonth: new Set(daysOfMonth),
    months: new Set(monthsOfYear),
    daysOfWeek: new Set(daysOfWeek),
    anyDay: isStar(dayOfMonth) || isStar(dayOfWeek),
  };
}

/** A list that has a plain star in it; one with a step above 1 is a restriction. */
function isStar(field: string): boolean {
  return field.split(',').some((range) => /^[*?](\/0*1)?$/.test(range));
}

function values(field: string | undefined, bounds: Bounds): readonly number[] | undefined {
  const result = new Set<number>();
  for (const range of (field ?? '').split(',').filter((one) => one !== '')) {
    const parsed = rangeOf(range, bounds);
    if (parsed === undefined) return undefined;
    for (let value = parsed.start; value <= parsed.end; value += parsed.step) result.add(value);
  }
  return result.size === 0 ? undefined : [...result].sort((one, other) => one - other);
}

function rangeOf(text: string, bounds: Bounds) {
  const match = /^(?:[*?](?:-\w+)?|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, first, last, every] = match;
  const step = every === undefined ? 1 : Number(every);
  if (step < 1) return undefined;
  if (first === undefined) return { start: bounds.min, end: bounds.max, step };
  const start = valueOf(first, bounds);
  if (start === undefined) return undefined;
  // `5/15` means `5-59/15`.
  const end = last === undefined ? (every === undefined ? start : bounds.max) : valueOf(last, bounds);
  return end === undefined || start < bounds.min || end > bounds.max || start > end ? undefined : { start, end, step };
}

function valueOf(text: string, { min, names }: Bounds): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  return index === -1 ? undefined : index + min;
}

const unitSeconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** The seconds of `@every 1h30m` (a Go duration), whole and at least one; undefined where the text is not that. */
export function everySeconds(text: string): number | undefined {
  const length = /^@every (.+)$/.exec(text)?.[1];
  if (length === undefined || !/^(?:\d+(?:\.\d*)?(?:h|ms|m|s|us|µs|ns))+$/.test(length)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of length.matchAll(/(\d+(?:\.\d*)?)(h|ms|m|s|us|µs|ns)/g)) {
    seconds += Number(count) * (unitSeconds[unit ?? ''] ?? 0);
  }
  return Math.max(1, Math.floor(seconds));
}
