import type { Command } from 'commander';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';
import { rendererOf, type RenderOptions } from '../render/formats.ts';
import { duration } from '../graph/time.ts';
import { renderChangeLines, renderChanges } from '../render/changes.ts';
import { clean } from '../render/terminal.ts';
import { changesAtLeast, changesBetween } from '../watch/changes.ts';
import { watchLoop } from '../watch/loop.ts';
import { pagesOf } from '../watch/pages.ts';
import { pauseAfter, type WatchState } from '../watch/state.ts';
import { toRunOptions } from './analyze.ts';
import { useColor } from './color.ts';
import { begin } from './config-of.ts';
import { exitCodes } from './exit.ts';
import { factsOf } from './facts.ts';
import { hooksFor } from './hooks.ts';
import type { Io } from './io.ts';
import { startServing } from './listening.ts';
import type { Loaders } from './loaders.ts';
import { startProgress } from './progress.ts';

const second = 1_000;

/** Looks at a cluster again and again, prints what changes, and serves the last report. @returns the exit code, once told to end. */
export async function watchCommand(
  targets: readonly string[],
  command: Command,
  io: Io,
  loaders: Loaders,
): Promise<number> {
  const [{ flags, analyzers, config }, { neededResources, run }] = await Promise.all([
    begin(command, io),
    import('../pipeline.ts'),
  ]);
  if (config.interval < second)
    throw new UserError('bad-interval', '--interval must be one second or more', { hint: 'Write it as 30s or 5m.' });
  const format = formatOf(config, flags);
  const { titleOf } = factsOf(analyzers);
  const options: RenderOptions = { severity: config.severity, titleOf };
  const wanted = neededResources(analyzers);
  const progress = await startProgress(io, false);
  const look = async () => {
    const hooks = hooksFor(io, config, progress);
    const load = () => loaders.live(config, hooks, wanted);
    return (await run({ ...toRunOptions(config, targets, analyzers), inventory: true, load })).report;
  };
  io.willEndItself?.();
  let state: WatchState | undefined;
  const serving = await startServing(
    config,
    io,
    pagesOf(() => state, options),
  );
  try {
    await watchLoop({
      look,
      interval: config.interval,
      signal: io.signal,
      onLook: async (now, last, error) => {
        state = now;
        await tell(now, last, { error, config, io, format, options });
      },
    });
  } catch (error) {
    if (!io.signal.aborted) throw error;
  } finally {
    await serving?.close();
  }
  return exitCodes.ok;
}

type ChangeFormat = 'text' | 'jsonl';

/** What the configuration file says of outputs is said of `analyze`. */
function formatOf({ output }: Config, flags: Readonly<Record<string, unknown>>): ChangeFormat {
  if (!('output' in flags)) return 'text';
  const [{ format, file } = { format: 'text' as const, file: undefined }] = output;
  if ((format === 'text' || format === 'jsonl') && file === undefined && output.length === 1) return format;
  throw new UserError('bad-format', `watch writes text or jsonl, to stdout`, {
    hint: 'The last report as JSON, as metrics and as a page is served at the address of --listen.',
  });
}

interface Telling {
  readonly error: unknown;
  readonly config: Config;
  readonly io: Io;
  readonly format: ChangeFormat;
  readonly options: RenderOptions;
}

/** Prints the whole report after the first look, and what changed after the others. */
async function tell(now: WatchState, last: WatchState, telling: Telling): Promise<void> {
  const { error, config, io, format, options } = telling;
  if (error !== undefined) {
    const wait = duration(pauseAfter(now, config.interval, 0) / second);
    io.err(`The cluster could not be read: ${clean(messageOf(error))}. Next try in ${wait}.\n`);
    return;
  }
  if (last.failures > 0) io.err('The cluster can be read again.\n');
  const { report } = now;
  if (report === undefined) return;
  const color = useColor(config.color, io.environment, io.outIsTerminal);
  if (last.report === undefined && format === 'text') {
    const render = await rendererOf('text');
    return io.out(render(report, { ...options, color, ...(io.columns === undefined ? {} : { columns: io.columns }) }));
  }
  const changes = changesAtLeast(config.severity, changesBetween(last.report, report));
  if (changes.length === 0) return;
  const at = report.takenAt;
  await io.out(format === 'text' ? renderChanges(changes, at, { color }) : renderChangeLines(changes, at));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
