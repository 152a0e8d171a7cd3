import type { Analyzer, SettingSpec } from '../model/finding.ts';
import { resources } from '../model/resources.ts';
import { blank, layout, line, type Row, row, span } from '../render/layout.ts';
import { useColor } from './color.ts';
import type { Io } from './io.ts';
import { loadAnalyzers } from './load-analyzers.ts';
import { jsonText } from '../render/json-text.ts';

/** Lists what the tool looks for: analyzers, what each reads and finds, and what can be set. */
export async function analyzersCommand(
  io: Io,
  flags: Readonly<Record<string, unknown>>,
  { format, color }: { readonly format: 'text' | 'json'; readonly color: boolean | undefined },
): Promise<number> {
  const analyzers = await loadAnalyzers(flags, io.environment);
  const screen = { columns: io.columns ?? 100, color: useColor(color, io.environment, io.outIsTerminal) };
  const text = () => layout(analyzers.flatMap(rowsOf), screen);
  await io.out(format === 'json' ? jsonText(analyzers.map(toJson)) : text());
  return 0;
}

function rowsOf({ id, title, reads, codes, settings }: Analyzer): readonly Row[] {
  const width = Math.max(0, ...Object.keys(codes).map((code) => code.length));
  const found = Object.entries(codes).map(([code, { severity, title: what }]) =>
    line('  ', [code.padEnd(width), '  ', span(severity.padEnd('critical'.length), severity), '  ', what]),
  );
  const set = Object.entries(settings).map(([name, spec]) =>
    row('  ', [span('set ', 'dim'), `${id}.${name}=${valueText(spec)}`, span(`  ${spec.title}`, 'dim')], '      '),
  );
  return [
    row('', [span(id, 'strong'), `: ${title}`], '  '),
    row('  ', [span('reads ', 'dim'), reads.map((resource) => resources[resource].plural).join(', ')], '        '),
    ...found,
    ...set,
    blank,
  ];
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
