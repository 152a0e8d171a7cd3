/** Where days lie on a line, in percent from its left. */
export interface TimeScale {
  readonly at: (days: number) => number;
  /** A mark is `minor` where narrow screens leave it out, `first` and `last` where it stands at an end. */
  readonly ticks: readonly { readonly label: string; readonly at: number; readonly look: string }[];
}

/** How far from the ends of the line the first and the last day lie, in percent. */
const margin = 3;

const marks: readonly (readonly [number, string])[] = [
  [-3650, '10 y ago'],
  [-365, '1 y ago'],
  [-30, '30 d ago'],
  [0, 'now'],
  [7, '7 d'],
  [30, '30 d'],
  [90, '90 d'],
  [365, '1 y'],
  [1825, '5 y'],
  [3650, '10 y'],
];

/** Half of the marks, for narrow screens. */
const minor: ReadonlySet<number> = new Set([-365, 7, 90, 1825]);

/**
 * A line through some days that has more room the nearer to now: by the logarithm of the days, so that seven days can be told from
 * thirty beside an authority of ten years. Each day counts from now, negative before it.
 */
export function timeScale(days: readonly number[]): TimeScale {
  const earliest = days.reduce((one, other) => Math.min(one, other), 0);
  const first = earliest < 0 ? Math.min(earliest, -30) : 0;
  const last = days.reduce((one, other) => Math.max(one, other), 30);
  const from = stretched(Math.max(first, -3650));
  const to = stretched(Math.min(last, 3650));
  const at = (day: number) => {
    const part = (stretched(day) - from) / (to - from);
    return round(margin + Math.min(1, Math.max(0, part)) * (100 - 2 * margin));
  };
  const ticks = marks
    .filter(([day]) => day >= first && day <= last)
    .map(([day, label]) => ({ label, at: at(day), look: lookOf(at(day), minor.has(day)) }));
  return { at, ticks };
}

/** Days before now take a third of the room that those after it do: what is over needs no ruler. */
function stretched(days: number): number {
  return days < 0 ? -Math.log1p(-days / 10) / 3 : Math.log1p(days / 10);
}

function lookOf(at: number, isMinor: boolean): string {
  if (at < 10) return 'first';
  if (at > 90) return 'last';
  return isMinor ? 'minor' : '';
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
