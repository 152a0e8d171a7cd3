import type { Config } from '../config/load.ts';
import type { Format } from '../model/formats.ts';
import type { Explanation, Report } from '../model/report.ts';
import { rendererOf, type RenderOptions } from '../render/formats.ts';
import type { Row } from '../render/layout.ts';
import { useColor } from './color.ts';
import type { Io } from './io.ts';
import { isForPerson, tryOutputs } from './outputs.ts';
import { writeProblem } from './write-file.ts';

/** Told of explanations while a model makes them. */
export interface ExplainListener {
  /** Rows for the text. */
  readonly say: (rows: readonly Row[]) => Promise<void>;
  /** Incidents, by id, to whose explanations nothing will be added. */
  readonly onFinal: (explanations: ReadonlyMap<string, Explanation>) => Promise<void>;
}

export interface PrintOptions {
  readonly config: Config;
  readonly io: Io;
  readonly facts: Pick<RenderOptions, 'titleOf' | 'runbookOf' | 'analyzers'>;
  /** Explains the report and returns it with the explanations. */
  readonly explain: ((listener: ExplainListener) => Promise<Report>) | undefined;
}

/**
 * Prints the report in every form asked for: stdout first. Explanations follow the text as they come, and lines of JSON are printed as
 * they become final; the other forms wait. What cannot be written takes nothing away from the rest.
 * @returns the report as it was printed at last, and what could not be written.
 */
export async function printReport(
  report: Report,
  { config, io, facts, explain }: PrintOptions,
): Promise<{ readonly report: Report; readonly failures: readonly string[] }> {
  const screen = (toScreen: boolean) => ({
    color: toScreen && useColor(config.color, io.environment, io.outIsTerminal),
    ...(toScreen && io.columns !== undefined ? { columns: io.columns } : {}),
  });
  const render = async (format: Format, of: Report, toScreen: boolean) =>
    (await rendererOf(format))(of, { severity: config.severity, all: config.all, ...facts, ...screen(toScreen) });
  const { out, failures } = careful(io);
  const streamed = config.output.filter(({ format, file }) => file === undefined && isStreamed(format, explain));
  const forPerson = isForPerson(config.output);
  if (forPerson) await out(await render('text', report, true));
  const told: Row[] = [];
  const lines =
    streamed.length > 0 && !forPerson ? (await import('./jsonl-stream.ts')).jsonlStream(report, out) : undefined;
  const explained = await explain?.({
    say: async (rows) => {
      told.push(...rows);
      if (forPerson) await out(await renderRows(rows, screen(true)));
    },
    onFinal: async (explanations) => lines?.add(explanations),
  });
  await lines?.end(explained ?? report);
  const rest = await tryOutputs(
    config.output.filter((output) => !streamed.includes(output)),
    io,
    async (format) =>
      format === 'text'
        ? `${await render('text', report, false)}${await renderRows(told, screen(false))}`
        : render(format, explained ?? report, false),
  );
  return { report: explained ?? report, failures: [...failures, ...rest] };
}

/** Printed while explanations come: the text, always, and lines of JSON where there are explanations to wait for. */
function isStreamed(format: Format, explain: PrintOptions['explain']): boolean {
  return format === 'text' || (format === 'jsonl' && explain !== undefined);
}

/** Standard output that is left alone once it could not be written to. */
function careful(io: Io) {
  const failures: string[] = [];
  const out = async (text: string) => {
    if (failures.length > 0) return;
    await io.out(text).catch((error: unknown) => failures.push(`stdout: ${writeProblem(error)}`));
  };
  return { out, failures };
}

async function renderRows(rows: readonly Row[], screen: { color: boolean; columns?: number }): Promise<string> {
  return rows.length === 0 ? '' : (await import('../render/text.ts')).renderRows(rows, screen);
}
