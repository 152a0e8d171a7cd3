import type { Command } from 'commander';
import type { Config } from '../config/load.ts';
import { givenFlags } from './flags.ts';
import type { Io } from './io.ts';
import { loadAnalyzers } from './load-analyzers.ts';

/** The configuration of a command, from its flags, the environment and the file. @throws UserError */
export async function configOf(command: Command, io: Io): Promise<Config> {
  const { output: _, ...flags } = givenFlags(command);
  const [analyzers, { loadConfig }] = await Promise.all([
    loadAnalyzers(flags, io.environment),
    import('../config/load.ts'),
  ]);
  return loadConfig({ flags, environment: io.environment, analyzers });
}
