import type { RequestInfo, ServerOptions, Surroundings } from '../cluster/live.ts';
import type { RecordedOptions } from '../cluster/recorded.ts';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';
import { resourceByName, resourceWords } from '../graph/names.ts';
import { nearest } from '../graph/nearest.ts';
import { allResources } from '../model/resources.ts';
import { version } from '../report/version.ts';
import type { LoadHooks, Loaders } from './loaders.ts';

/** The loaders that read real clusters and files. What each needs is imported when it is used. */
export const builtInLoaders: Loaders = {
  live: async (config, hooks, wanted) => {
    const [{ loadLive, surroundings }, { setFlagsFromString }] = await Promise.all([
      import('../cluster/live.ts'),
      import('node:v8'),
    ]);
    // A young generation that grows with what is read costs 100 MB on large clusters and gains no time.
    setFlagsFromString('--semi-space-growth-factor=1');
    return loadLive({
      ...serverOptions(config, hooks, surroundings(hooks.environment)),
      namespaces: config.namespace,
      secrets: config.secrets,
      resources: wanted,
      onProgress: ({ resource, objects }) => hooks.onProgress(`Reading ${resource}: ${objects} objects`),
    });
  },
  recorded: async (config, { onProgress }) => {
    const complete = config.complete.map(completeName);
    const { loadRecorded } = await import('../cluster/recorded.ts');
    return loadRecorded({
      paths: config.from,
      complete,
      partial: config.partial,
      ...(config.at === undefined ? {} : { at: config.at }),
      onProgress: ({ file, objects }) => onProgress(`Reading ${file}: ${objects} objects`),
    });
  },
  snapshot: async (file, config, hooks) => {
    const loaded =
      config.from.length > 0
        ? await builtInLoaders.recorded(config, hooks)
        : await builtInLoaders.live(config, hooks, allResources);
    const { writeSnapshot } = await import('../cluster/snapshot-file.ts');
    await writeSnapshot(file, loaded, { tool: version });
    return loaded;
  },
  serverVersion: async (config, hooks) => {
    const { serverVersion, surroundings } = await import('../cluster/live.ts');
    const options = serverOptions(config, hooks, surroundings(hooks.environment));
    const { connection, version: server = 'of unknown version' } = await serverVersion(options);
    const { dial } = connection;
    return `${server} (${connection.server}${dial === undefined ? '' : ` at ${dial.name}`})`;
  },
};

function serverOptions(config: Config, hooks: LoadHooks, around: Surroundings): ServerOptions {
  const { onRequest } = hooks;
  const print = ({ method, path, status, bytes, ms }: RequestInfo) =>
    onRequest?.(`${method} ${path} ${status === 0 ? 'no answer' : status} ${bytes} bytes ${Math.round(ms)} ms`);
  return {
    env: hooks.environment,
    around,
    ...given(config, ['kubeconfig', 'cluster', 'user', 'token', 'as']),
    ...oneContext(config),
    asGroup: config.asGroup,
    insecureSkipTlsVerify: config.insecureSkipTlsVerify,
    ...(config.requestTimeout === undefined ? {} : { requestTimeoutMs: config.requestTimeout }),
    signal: hooks.signal,
    ...(onRequest === undefined ? {} : { onRequest: print }),
  };
}

/** @throws UserError where several are named, and what runs reads one cluster. */
function oneContext({ context, allContexts }: Config): { readonly context?: string } {
  const [name] = context;
  if (context.length > 1 || allContexts)
    throw new UserError('one-context', 'only analyze reads several clusters', { hint: 'Name one --context.' });
  return name === undefined ? {} : { context: name };
}

/** Those of some options that were given. */
function given<Name extends 'kubeconfig' | 'cluster' | 'user' | 'token' | 'as'>(
  config: Config,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const result: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = config[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

type Complete = NonNullable<RecordedOptions['complete']>[number];

function completeName(word: string): Complete {
  if (word.toLowerCase() === 'all') return 'all';
  const resource = resourceByName(word);
  if (resource !== undefined) return resource;
  const like = nearest(word, ['all', ...resourceWords()]);
  throw new UserError('unknown-kind', `--complete ${word}: there is no such kind`, {
    hint: like === undefined ? 'Name resources, as in --complete pods,services, or all.' : `Did you mean "${like}"?`,
  });
}
