import { dirname, isAbsolute, join } from 'node:path';
import { CORE_SCHEMA, load, mergeTag, YAMLException } from 'js-yaml';
import { UserError } from '../../errors.ts';
import { Fields } from './fields.ts';
import type { ClusterEntry, ContextEntry, ExecEntry, Kubeconfig, Pem, UserEntry } from './types.ts';

/**
 * Reads the text of a kubeconfig file (YAML or JSON). Relative paths are resolved against the file's own folder, as kubectl does.
 * @returns undefined when the file holds nothing.
 * @throws UserError `bad-kubeconfig` that names the file, and the line where the YAML is broken.
 */
export function parseKubeconfig(file: string, text: string): Kubeconfig | undefined {
  const document = parseYaml(file, text);
  if (document === null || document === undefined) return undefined;
  const root = new Fields(file, '', document);
  const folder = dirname(file);
  const currentContext = root.text('current-context');
  return {
    ...(currentContext === undefined ? {} : { currentContext }),
    clusters: named(file, root, 'cluster', (fields) => cluster(fields, folder)),
    users: named(file, root, 'user', (fields) => user(fields, folder)),
    contexts: named(file, root, 'context', context),
  };
}

function parseYaml(file: string, text: string): unknown {
  // What holds comments only is empty, too; the parser would call it an error.
  if (text.split('\n').every((line) => /^\s*(?:#|$)/.test(line))) return undefined;
  try {
    return load(text, { schema: CORE_SCHEMA.withTags(mergeTag), json: true });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined ? '' : ` (line ${error.mark.line + 1})`;
    throw new UserError('bad-kubeconfig', `${file} is not valid YAML: ${error.reason}${line}`, {
      hint: 'Mend the file, or name another with --kubeconfig.',
      cause: error,
    });
  }
}

/** A list of `{ name, KIND: {...} }`. A name twice in one file is an error to kubectl, too. */
function named<T>(file: string, root: Fields, kind: string, read: (fields: Fields) => T): ReadonlyMap<string, T> {
  const result = new Map<string, T>();
  for (const entry of root.list(`${kind}s`)) {
    const name = entry.text('name') ?? '';
    if (result.has(name)) {
      throw new UserError('bad-kubeconfig', `${file} has two ${kind}s named "${name}"`, {
        hint: 'Rename or remove one of them.',
      });
    }
    result.set(name, read(entry.at(kind)));
  }
  return result;
}

function cluster(fields: Fields, folder: string): ClusterEntry {
  const execConfig = fields
    .list('extensions')
    .find((extension) => extension.text('name') === 'client.authentication.k8s.io/exec')
    ?.raw('extension');
  return {
    ...optional('server', fields.text('server')),
    ...optional('serverName', fields.text('tls-server-name')),
    insecure: fields.flag('insecure-skip-tls-verify'),
    ca: pem(fields, 'certificate-authority', folder),
    ...optional('proxy', fields.text('proxy-url')),
    compress: !fields.flag('disable-compression'),
    ...(execConfig === undefined ? {} : { execConfig }),
  };
}

function user(fields: Fields, folder: string): UserEntry {
  const extra = fields.at('as-user-extra');
  const provider = fields.at('auth-provider');
  const name = provider.text('name');
  const config = provider.at('config');
  return {
    ...optional('token', fields.text('token')),
    ...optional('tokenFile', path(fields.text('tokenFile'), folder)),
    ...optional('username', fields.text('username')),
    ...optional('password', fields.text('password')),
    certificate: pem(fields, 'client-certificate', folder),
    key: pem(fields, 'client-key', folder),
    ...optional('as', fields.text('as')),
    ...optional('asUid', fields.text('as-uid')),
    asGroups: fields.texts('as-groups'),
    asExtra: Object.fromEntries(extra.keys().map((key) => [key, extra.texts(key)])),
    ...(fields.has('exec') ? { exec: exec(fields.at('exec'), folder) } : {}),
    ...(name === undefined
      ? {}
      : {
          provider: { name, config: Object.fromEntries(config.keys().map((key) => [key, config.text(key) ?? ''])) },
        }),
  };
}

function exec(fields: Fields, folder: string): ExecEntry {
  const command = fields.text('command') ?? '';
  const mode = fields.text('interactiveMode');
  return {
    apiVersion: fields.text('apiVersion') ?? '',
    // A bare name is looked up on the PATH; only what has a slash is a path.
    command: /[/\\]/.test(command) ? (path(command, folder) ?? '') : command,
    args: fields.texts('args'),
    env: fields
      .list('env')
      .map((variable) => ({ name: variable.text('name') ?? '', value: variable.text('value') ?? '' })),
    ...optional('installHint', fields.text('installHint')),
    interactive: mode === 'Never' || mode === 'Always' ? mode : 'IfAvailable',
    provideCluster: fields.flag('provideClusterInfo'),
  };
}

function context(fields: Fields): ContextEntry {
  return {
    ...optional('cluster', fields.text('cluster')),
    ...optional('user', fields.text('user')),
    ...optional('namespace', fields.text('namespace')),
  };
}

function pem(fields: Fields, key: string, folder: string): Pem {
  return {
    ...optional('data', fields.text(`${key}-data`)),
    ...optional('file', path(fields.text(key), folder)),
  };
}

function path(value: string | undefined, folder: string): string | undefined {
  return value === undefined || isAbsolute(value) ? value : join(folder, value);
}

function optional<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
}
