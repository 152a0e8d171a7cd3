import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { mountHint, ownerHint } from './container-hints.ts';
import { parseKubeconfig } from './parse.ts';
import type { Surroundings } from './surroundings.ts';
import type { Kubeconfig } from './types.ts';

/** The environment, as `process.env` is shaped. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The merged configuration, and the files it was looked for in. */
export interface FoundKubeconfig {
  /** Undefined when no file holds anything. */
  readonly config: Kubeconfig | undefined;
  readonly files: readonly { readonly file: string; readonly state: 'read' | 'missing' | 'empty' }[];
}

/**
 * Reads the kubeconfig as kubectl finds it: the file named, else the files of KUBECONFIG, else ~/.kube/config. Of several files
 * the missing ones are skipped, and the first one to set a name or the current context wins.
 * @throws UserError `no-kubeconfig` when a file that was named does not exist, `bad-kubeconfig` when one cannot be read.
 */
export async function findKubeconfig(
  named: string | undefined,
  env: Environment,
  around: Surroundings,
): Promise<FoundKubeconfig> {
  const paths = named === undefined ? standard(env) : [resolve(named)];
  const files: { file: string; state: 'read' | 'missing' | 'empty' }[] = [];
  const found: Kubeconfig[] = [];
  for (const file of paths) {
    const text = await read(file, around);
    if (text === undefined && named !== undefined) {
      throw new UserError('no-kubeconfig', `there is no file ${file}`, {
        hint: around.container ? mountHint : 'Check the path given with --kubeconfig.',
      });
    }
    const config = text === undefined ? undefined : parseKubeconfig(file, text);
    files.push({ file, state: text === undefined ? 'missing' : config === undefined ? 'empty' : 'read' });
    if (config !== undefined) found.push(config);
  }
  return { config: found.length === 0 ? undefined : merge(found), files };
}

function standard(env: Environment): readonly string[] {
  const list = env['KUBECONFIG'];
  if (list !== undefined && list !== '') {
    const names = list.split(delimiter).filter((name) => name !== '');
    return [...new Set(names.map((name) => resolve(name)))];
  }
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  return [join(home, '.kube', 'config')];
}

async function read(file: string, { container, uid }: Surroundings): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const why = code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'permission denied' : (code ?? 'unknown');
    throw new UserError('bad-kubeconfig', `cannot read ${file}: ${why}`, {
      hint: container && code === 'EACCES' ? await ownerHint(file, uid) : 'Name another file with --kubeconfig.',
      cause: error,
    });
  }
}

function merge(configs: readonly Kubeconfig[]): Kubeconfig {
  const currentContext = configs.find((config) => config.currentContext !== undefined)?.currentContext;
  return {
    ...(currentContext === undefined ? {} : { currentContext }),
    clusters: firstWins(configs.map((config) => config.clusters)),
    users: firstWins(configs.map((config) => config.users)),
    contexts: firstWins(configs.map((config) => config.contexts)),
  };
}

function firstWins<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  return new Map(maps.toReversed().flatMap((map) => [...map]));
}
