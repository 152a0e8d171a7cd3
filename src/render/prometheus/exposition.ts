import { clean } from '../terminal.ts';

/** One value and what tells it apart from the others of its name. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A gauge, in the unit that its name ends in: all that Prometheus calls a family. */
export interface Gauge {
  readonly name: string;
  /** One sentence without a full stop. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A gauge without labels. */
export function plain(name: string, help: string, value: number): Gauge {
  return { name, help, samples: [{ labels: {}, value }] };
}

/**
 * Gauges in the text format of Prometheus, version 0.0.4: HELP and TYPE once for each name, no timestamps, a line feed at the end. What
 * has no samples is left out, and what is no number, such as the end of a certificate that cannot be read.
 * https://prometheus.io/docs/instrumenting/exposition_formats
 */
export function exposition(gauges: readonly Gauge[]): string {
  return gauges
    .map(({ name, help, samples }) => {
      const lines = samples.filter(({ value }) => Number.isFinite(value)).map((sample) => line(name, sample));
      return lines.length === 0 ? '' : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ''].join('\n');
    })
    .join('');
}

function line(name: string, { labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

/** What a terminal would act upon is made visible, as in the text report; then what the format demands is escaped. */
function escapeLabel(text: string): string {
  return clean(text).replaceAll(/[\\"]/g, String.raw`\$&`);
}

/**
 * Samples, each set of labels once: two of the same would make the whole text invalid.
 * @param merge what becomes of two values.
 */
export function distinct(samples: readonly Sample[], merge: (one: number, other: number) => number): readonly Sample[] {
  const merged = new Map<string, Sample>();
  for (const sample of samples) {
    const key = JSON.stringify(Object.values(sample.labels).map(clean));
    const known = merged.get(key);
    merged.set(key, known === undefined ? sample : { ...known, value: merge(known.value, sample.value) });
  }
  return [...merged.values()];
}

export const sum = (one: number, other: number) => one + other;
