import type { Loaded } from '../cluster/load.ts';
import type { Config } from '../config/load.ts';
import type { Resource } from '../model/resources.ts';
import { hooksFor } from './hooks.ts';
import type { Io } from './io.ts';
import type { Loaders } from './loaders.ts';
import { startProgress } from './progress.ts';
import { writeFileAtomically } from './write-file.ts';

/** Reads the recordings that are named, else the live cluster, with a progress line where a person waits for the text. */
export async function loadCluster(
  config: Config,
  io: Io,
  loaders: Loaders,
  wanted: readonly Resource[],
): Promise<Loaded> {
  const forPerson = config.output.some(({ format, file }) => format === 'text' && file === undefined);
  const progress = await startProgress(io, forPerson && !config.verbose);
  const hooks = hooksFor(io, config, progress);
  try {
    hooks.onStep('load');
    return await (config.from.length > 0 ? loaders.recorded(config, hooks) : loaders.live(config, hooks, wanted));
  } finally {
    progress.stop();
  }
}

/** Prints a report in every form asked for: stdout first, so that a full disk does not take that away. */
export async function printOutputs(
  config: Config,
  io: Io,
  render: (format: 'text' | 'json', toScreen: boolean) => string | Promise<string>,
): Promise<void> {
  for (const { format, file } of config.output) if (file === undefined) await io.out(await render(format, true));
  for (const { format, file } of config.output) {
    if (file !== undefined) await writeFileAtomically(file, await render(format, false));
  }
}
