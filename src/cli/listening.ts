import { readFile } from 'node:fs/promises';
import type { Config } from '../config/load.ts';
import { readProblem, UserError } from '../errors.ts';
import { isLoopback, type Page, serve, type Serving } from '../watch/server.ts';
import type { Io } from './io.ts';

/**
 * Serves pages at the address of --listen. @returns undefined where nothing is to be served.
 * @throws UserError where the address or the token cannot be used, or others could read what is served and nobody said they may.
 */
export async function startServing(
  config: Config,
  io: Io,
  page: (path: string) => Promise<Page | undefined>,
): Promise<Serving | undefined> {
  if (config.listen === 'none') return undefined;
  const { host, port } = addressOf(config.listen);
  const token = config.listenTokenFile === undefined ? undefined : await tokenIn(config.listenTokenFile);
  if (token === undefined && !isLoopback(host) && !config.insecureListen)
    throw new UserError(
      'open-address',
      `--listen ${config.listen} would show the cluster's state to everybody who can reach it`,
      {
        hint: 'Name a file with a token that clients must know (--listen-token-file), or say --insecure-listen.',
      },
    );
  const serving = await serve({ host, port, token, page });
  io.err(`Serving the report at ${serving.url}, metrics at ${serving.url}metrics\n`);
  return serving;
}

/** `127.0.0.1:9465`, `[::1]:9465`, `:9465` for every address. */
function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const [, six, name, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(listen) ?? [];
  const host = six ?? (name === '' ? '0.0.0.0' : name);
  if (host === undefined || Number(port) > 65_535)
    throw new UserError('bad-address', `--listen ${listen} is not an address`, {
      hint: 'Write HOST:PORT, as in 127.0.0.1:9465, or none.',
    });
  return { host, port: Number(port) };
}

async function tokenIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UserError('no-token', `--listen-token-file ${file} cannot be read: ${readProblem(error)}`, {
      cause: error,
    });
  });
  const token = text.trim();
  if (token.length < shortestToken)
    throw new UserError('weak-token', `the token in ${file} has fewer than ${shortestToken} characters`);
  return token;
}

const shortestToken = 16;
