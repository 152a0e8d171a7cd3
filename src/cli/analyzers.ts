import type { Analyzer, SettingSpec } from '../model/finding.ts';
import type { Io } from './io.ts';

/** Lists what the tool looks for: analyzers, what each reads and finds, and what can be set. */
export async function analyzersCommand(io: Io, format: 'text' | 'json'): Promise<number> {
  const { analyzers } = await import('../../analyzers/index.ts');
  await io.out(
    format === 'json' ? `${JSON.stringify(analyzers.map(toJson), undefined, 2)}\n` : analyzersText(analyzers),
  );
  return 0;
}

/** The list for people: one block per analyzer, in the order of the registry. */
export function analyzersText(analyzers: readonly Analyzer[]): string {
  return analyzers.map(blockOf).join('\n');
}

function blockOf({ id, title, reads, codes, settings }: Analyzer): string {
  const found = Object.entries(codes).map(([code, { severity, title: what }]) => [code, severity, what] as const);
  const set = Object.entries(settings).map(([name, spec]) => [`${id}.${name}`, valueText(spec), spec.title] as const);
  return [
    `${id}: ${title}`,
    `  reads: ${reads.join(', ') || 'nothing'}`,
    ...table(found),
    ...(set.length === 0 ? [] : ['  settings:', ...table(set).map((line) => `  ${line}`)]),
    '',
  ].join('\n');
}

function table(rows: readonly (readonly [string, string, string])[]): readonly string[] {
  const width = (column: 0 | 1) => Math.max(0, ...rows.map((row) => row[column].length));
  const [first, second] = [width(0), width(1)];
  return rows.map(([one, two, three]) => `  ${one.padEnd(first)}  ${two.padEnd(second)}  ${three}`);
}

function valueText({ default: value, unit }: SettingSpec): string {
  return unit === 'seconds' ? `${value}s` : unit === 'percent' ? `${value}%` : String(value);
}

function toJson({ id, title, kinds, reads, codes, settings }: Analyzer) {
  return {
    id,
    title,
    kinds,
    reads,
    codes: Object.entries(codes).map(([code, { severity, title: what }]) => ({ code, severity, title: what })),
    settings: Object.entries(settings).map(([name, spec]) => ({
      name: `${id}.${name}`,
      default: spec.default,
      unit: spec.unit,
      title: spec.title,
    })),
  };
}
