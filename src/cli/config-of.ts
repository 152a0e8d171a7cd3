import type { Command } from 'commander';
import type { Config } from '../config/load.ts';
import type { Analyzer } from '../model/finding.ts';
import { checkConflicts } from './conflicts.ts';
import { givenFlags } from './flags.ts';
import type { Io } from './io.ts';
import { loadAnalyzers } from './load-analyzers.ts';

/** What a command begins with. */
interface Begun {
  readonly config: Config;
  readonly analyzers: readonly Analyzer[];
  /** Those given on the command line, without the command's own. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/**
 * The configuration of a command that reads clusters, from its flags, the environment and the file, and the analyzers.
 * @param own flags of the command that are no options of the configuration.
 * @throws UserError for what cannot be read, and for flags that would have no effect beside others.
 */
export async function begin(command: Command, io: Io, own: readonly string[] = []): Promise<Begun> {
  const begun = await read(command, io, own);
  checkConflicts(begun.flags, begun.config);
  return begun;
}

/** The configuration of a command that has an --output of its own. @throws UserError */
export async function configOf(command: Command, io: Io): Promise<Config> {
  return (await read(command, io, ['output'])).config;
}

async function read(command: Command, io: Io, own: readonly string[]): Promise<Begun> {
  const flags = Object.fromEntries(Object.entries(givenFlags(command)).filter(([name]) => !own.includes(name)));
  const [analyzers, { loadConfig }] = await Promise.all([
    loadAnalyzers(flags, io.environment),
    import('../config/load.ts'),
  ]);
  return { flags, analyzers, config: await loadConfig({ flags, environment: io.environment, analyzers }) };
}
