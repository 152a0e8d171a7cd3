import type { RecordedOptions } from '../cluster/recorded.ts';
import { UserError } from '../errors.ts';
import { resourceByName, resourceWords } from '../graph/names.ts';
import { nearest } from '../graph/nearest.ts';
import { version } from '../report/version.ts';
import type { Loaders } from './loaders.ts';

/** The loaders that read real clusters and files. What each needs is imported when it is used. */
export const builtInLoaders: Loaders = {
  live: async () => {
    throw new UserError('not-yet', 'live clusters cannot be read yet');
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
    const loaded = await builtInLoaders.live(config, hooks);
    const { writeSnapshot } = await import('../cluster/snapshot-file.ts');
    await writeSnapshot(file, loaded, { tool: version });
    return loaded;
  },
  serverVersion: async () => {
    throw new UserError('not-yet', 'live clusters cannot be read yet');
  },
};

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
