import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readProblem, UserError } from '../errors.ts';

/** A configuration file that was read. */
export interface ConfigFile {
  readonly path: string;
  readonly raw: unknown;
}

/**
 * Reads the configuration file: the one named by flag or MEKHANIKUBE_CONFIG, which has to be there, else
 * `$XDG_CONFIG_HOME/mekhanikube/config.yaml`, which need not. The working directory is never looked at: what lies there may come
 * from somebody else.
 * @throws UserError where it cannot be read or is no YAML mapping.
 */
export async function readConfigFile(
  flag: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ConfigFile | undefined> {
  const named = flag ?? nonEmpty(environment['MEKHANIKUBE_CONFIG']);
  const path =
    named ?? join(nonEmpty(environment['XDG_CONFIG_HOME']) ?? join(homedir(), '.config'), 'mekhanikube', 'config.yaml');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (named === undefined && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    throw new UserError('config-file', `the configuration file ${path} cannot be read: ${readProblem(error)}`, {
      hint: 'Name another with --config or MEKHANIKUBE_CONFIG.',
      cause: error,
    });
  }
  return { path, raw: await parse(path, text) };
}

async function parse(path: string, text: string): Promise<unknown> {
  const { load, YAMLException } = await import('js-yaml');
  let raw: unknown;
  try {
    raw = text.trim() === '' ? {} : load(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined ? '' : ` (line ${error.mark.line + 1})`;
    throw new UserError('config-file', `the configuration file ${path} is not YAML: ${error.reason}${line}`, {
      cause: error,
    });
  }
  if (raw === undefined || raw === null) return {};
  if (typeof raw === 'object' && !Array.isArray(raw)) return raw;
  throw new UserError('config-file', `the configuration file ${path} must hold names and values`, {
    hint: 'For instance: failOn: critical',
  });
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
