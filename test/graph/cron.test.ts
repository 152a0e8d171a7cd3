import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronFields, everySeconds } from '../../src/graph/cron-fields.ts';
import { type CronSchedule, nextDue, parseCron } from '../../src/graph/cron.ts';

function schedule(text: string, timeZone?: string): CronSchedule {
  const parsed = parseCron(text, timeZone);
  if (typeof parsed === 'string') throw new Error(`cannot read the ${parsed} of ${text}`);
  return parsed;
}

describe('the next time a schedule is due', () => {
  test.each([
    ['*/15 * * * *', '2026-03-01T12:00:00Z', '2026-03-01T12:15:00Z'],
    ['*/15 * * * *', '2026-03-01T12:14:59Z', '2026-03-01T12:15:00Z'],
    ['0 3 * * *', '2026-03-01T12:00:00Z', '2026-03-02T03:00:00Z'],
    ['@daily', '2026-03-01T12:00:00Z', '2026-03-02T00:00:00Z'],
    ['@hourly', '2026-03-01T12:00:00Z', '2026-03-01T13:00:00Z'],
    ['@yearly', '2026-03-01T12:00:00Z', '2027-01-01T00:00:00Z'],
    ['@every 90m', '2026-03-01T12:00:00.7Z', '2026-03-01T13:30:00Z'],
    ['0 0 29 2 *', '2026-03-01T12:00:00Z', '2028-02-29T00:00:00Z'],
    ['30 4 1 JAN-mar,12 ?', '2026-03-01T12:00:00Z', '2026-12-01T04:30:00Z'],
    ['5/20 6 * * *', '2026-03-01T06:10:00Z', '2026-03-01T06:25:00Z'],
    // 1 March 2026 is a Sunday. Either day field counts when both are restricted, both when one is a star.
    ['0 0 13 * FRI', '2026-03-01T12:00:00Z', '2026-03-06T00:00:00Z'],
    ['0 0 */2 * FRI', '2026-03-01T12:00:00Z', '2026-03-03T00:00:00Z'],
    ['0 0 * * MON-WED/2', '2026-03-02T12:00:00Z', '2026-03-04T00:00:00Z'],
    ['CRON_TZ=America/New_York 0 9 * * *', '2026-03-01T12:00:00Z', '2026-03-01T14:00:00Z'],
  ])('%s after %s is %s', (text, after, due) => {
    expect(nextDue(schedule(text), after)).toBe(due);
  });

  test.each([
    ['Europe/Berlin', '0 3 * * *', '2026-03-01T12:00:00Z', '2026-03-02T02:00:00Z'],
    ['Asia/Kathmandu', '0 0 * * *', '2026-03-01T12:00:00Z', '2026-03-01T18:15:00Z'],
    // Clocks in Berlin skip 02:00 to 03:00 on 29 March 2026 and repeat it on 25 October.
    ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-30T00:30:00Z'],
    ['Europe/Berlin', '30 2 * * *', '2026-10-25T00:00:00Z', '2026-10-25T00:30:00Z'],
    ['Europe/Berlin', '30 2 * * *', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
    ['Europe/Berlin', '0 * * * *', '2026-03-29T00:30:00Z', '2026-03-29T01:00:00Z'],
  ])('in %s %s after %s is %s', (zone, text, after, due) => {
    expect(nextDue(schedule(text, zone), after)).toBe(due);
  });

  test('never comes for a day that no month has', () => {
    expect(nextDue(schedule('0 0 30 2 *'), '2026-03-01T12:00:00Z')).toBeUndefined();
  });

  test('is unknown after something that is not a time', () => {
    expect(nextDue(schedule('* * * * *'), 'yesterday')).toBeUndefined();
  });
});

describe('a schedule that cannot be read', () => {
  test.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 7',
    '*/0 * * * *',
    '5-1 * * * *',
    '* * * FOO *',
    '@noon',
    '@every',
    '@every 5 minutes',
    'every day',
    '1.5 * * * *',
    '-1 * * * *',
    ', * * * *',
  ])('%j', (text) => {
    expect(parseCron(text)).toBe('schedule');
  });

  test.each(['Europe/Berlim', 'Mars/Phobos', '+02:00', ' '])('in zone %j', (zone) => {
    expect(parseCron('* * * * *', zone)).toBe('timeZone');
  });
});

test.each([
  ['@every 1h30m', 5_400],
  ['@every 1.5h', 5_400],
  ['@every 100ms', 1],
  ['@every 2m0.9s', 120],
])('%s is %d seconds', (text, seconds) => {
  expect(everySeconds(text)).toBe(seconds);
});

/** A field as text with the set that it means, built side by side so that the text is never parsed here. */
function field(min: number, max: number) {
  const value = fc.integer({ min, max });
  const range = fc.tuple(value, value, fc.integer({ min: 1, max: 12 })).map(([one, other, step]) => {
    const [start, end] = one < other ? [one, other] : [other, one];
    return {
      text: `${start}-${end}/${step}`,
      allows: (x: number) => x >= start && x <= end && (x - start) % step === 0,
    };
  });
  const single = value.map((only) => ({ text: String(only), allows: (x: number) => x === only }));
  const every = fc.integer({ min: 2, max: 9 }).map((step) => ({
    text: `*/${step}`,
    allows: (x: number) => (x - min) % step === 0,
  }));
  const star = fc.constant({ text: '*', allows: (_x: number) => true });
  const list = fc.array(fc.oneof(single, range), { minLength: 1, maxLength: 3 }).map((parts) => ({
    text: parts.map((part) => part.text).join(','),
    allows: (x: number) => parts.some((part) => part.allows(x)),
  }));
  return fc.oneof(star, every, list);
}

test('agrees with trying every minute of a zone, clock changes included', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'];
  const starts = ['2026-03-07T20:00:00Z', '2026-03-28T20:00:00Z', '2026-04-04T10:00:00Z', '2026-10-24T20:00:00Z'];
  fc.assert(
    fc.property(
      fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6)),
      fc.constantFrom(...zones),
      fc.constantFrom(...starts),
      fc.integer({ min: 0, max: 600 }),
      (fields, zone, base, minutes) => {
        const after = Date.parse(base) + minutes * 60_000;
        const horizon = after + 30 * 3_600_000;
        const [minute, hour, dayOfMonth, month, dayOfWeek] = fields;
        const local = new Intl.DateTimeFormat('en-US', {
          timeZone: zone,
          hourCycle: 'h23',
          dateStyle: 'short',
          timeStyle: 'short',
        });
        let expected: string | undefined;
        for (let instant = after + 60_000; instant <= horizon && expected === undefined; instant += 60_000) {
          const parts = local.formatToParts(instant);
          const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
          const date = new Date(Date.UTC(2000 + (part('year') % 100), part('month') - 1, part('day')));
          const ofMonth = dayOfMonth.allows(part('day'));
          const ofWeek = dayOfWeek.allows(date.getUTCDay());
          const star = dayOfMonth.text === '*' || dayOfWeek.text === '*';
          const day = month.allows(part('month')) && (star ? ofMonth && ofWeek : ofMonth || ofWeek);
          if (day && hour.allows(part('hour')) && minute.allows(part('minute'))) {
            expected = new Date(instant).toISOString().replace('.000Z', 'Z');
          }
        }
        const text = fields.map((one) => one.text).join(' ');
        const due = nextDue(schedule(text, zone), new Date(after).toISOString());
        const within = due !== undefined && Date.parse(due) <= horizon ? due : undefined;
        expect(within).toBe(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test('reads or refuses any text without hanging', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9*/,?\-A-Za-z ]{0,60}$/)), (text) => {
      const fields = cronFields(text);
      expect(fields === undefined || fields.minutes.length > 0).toBe(true);
    }),
  );
});
