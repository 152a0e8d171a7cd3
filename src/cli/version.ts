import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { clean } from '../render/terminal.ts';
import { version } from '../report/version.ts';
import { configOf } from './config-of.ts';
import { hooksFor } from './hooks.ts';
import type { Io } from './io.ts';
import type { Loaders } from './loaders.ts';

/** Prints the version of the program and, unless only that was asked for, of the API server where it can be reached. */
export async function versionCommand(clientOnly: boolean, command: Command, io: Io, loaders: Loaders): Promise<number> {
  await io.out(`mekhanikube ${version} (Node ${process.version})\n`);
  if (clientOnly) return 0;
  const config = await configOf(command, io);
  const progress = { say: () => {}, stop: () => {} };
  try {
    const server = await loaders.serverVersion(config, hooksFor(io, config, progress));
    await io.out(`server ${clean(server)}\n`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    io.err(`The server could not be asked: ${clean(error.message)}\n`);
  }
  return 0;
}
