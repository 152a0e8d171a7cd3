import type { Command } from 'commander';
import { clean } from '../render/terminal.ts';
import { begin } from './config-of.ts';
import { hooksFor } from './hooks.ts';
import type { Io } from './io.ts';
import type { Loaders } from './loaders.ts';
import { startProgress } from './progress.ts';

/** Records a cluster, or what others recorded of one, to a file that `analyze --from` reads. @returns the exit code. */
export async function snapshotCommand(file: string, command: Command, io: Io, loaders: Loaders): Promise<number> {
  const { config } = await begin(command, io);
  const progress = await startProgress(io, !config.verbose);
  const hooks = hooksFor(io, config, progress);
  try {
    hooks.onStep('load');
    const { gaps, stats, hints } = await loaders.snapshot(file, config, hooks);
    progress.stop();
    io.err(`Wrote ${stats.objects} objects to ${file === '-' ? 'stdout' : clean(file)}.\n`);
    for (const { name, reason } of gaps) io.err(clean(`Not recorded: ${name} (${reason})`) + '\n');
    for (const hint of hints) io.err(`hint: ${clean(hint)}\n`);
  } finally {
    progress.stop();
  }
  return 0;
}
