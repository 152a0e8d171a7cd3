import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hash } from './subject.ts';

/** Explanations of earlier runs. Neither method throws: a cache that does not work costs time and nothing else. */
export interface Cache {
  readonly get: (key: string) => Promise<unknown>;
  readonly put: (key: string, value: unknown) => Promise<void>;
}

/** How many explanations are kept, and how large one may be. */
const most = { files: 500, bytes: 20_000 };
const name = /^[0-9a-f]{32}\.json$/;

/** What an explanation depends on: what is told of the incident, the model, the prompts and the language. */
export function cacheKey(parts: {
  readonly signature: string;
  readonly digest: string;
  readonly prompts: unknown;
  readonly language: string;
}): string {
  return hash(JSON.stringify([1, parts.signature, parts.digest, parts.prompts, parts.language]));
}

/**
 * A cache of one file per explanation. Files are written beside their place and renamed, so that runs at the same time see whole
 * files; the oldest go when there are too many. What is read from it is judged anew: it may be another's.
 */
export function fileCache(folder: string): Cache {
  return {
    get: async (key) => {
      const file = join(folder, `${key}.json`);
      try {
        const { size } = await stat(file);
        if (size > most.bytes) return undefined;
        const value: unknown = JSON.parse(await readFile(file, 'utf8'));
        const now = new Date();
        await utimes(file, now, now).catch(() => undefined);
        return value;
      } catch {
        return undefined;
      }
    },
    put: async (key, value) => {
      const text = JSON.stringify(value);
      if (Buffer.byteLength(text) > most.bytes) return;
      const beside = join(folder, `${key}.${randomBytes(6).toString('hex')}.tmp`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(beside, text, { flag: 'wx', mode: 0o600 });
        await rename(beside, join(folder, `${key}.json`));
        await prune(folder);
      } catch {
        await rm(beside, { force: true }).catch(() => undefined);
      }
    },
  };
}

/** Removes the oldest files beyond what is kept, and what runs that were killed left behind an hour ago. */
async function prune(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= most.files) return;
  const files = await Promise.all(
    names.map(async (one) => {
      const path = join(folder, one);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
      return { path, mtimeMs, kept: name.test(one) };
    }),
  );
  const hourAgo = Date.now() - 3_600_000;
  const stale = files.filter(({ kept, mtimeMs, path }) => !kept && path.endsWith('.tmp') && mtimeMs < hourAgo);
  const old = files
    .filter(({ kept }) => kept)
    .sort((one, other) => other.mtimeMs - one.mtimeMs)
    .slice(most.files - most.files / 10);
  await Promise.all([...stale, ...old].map(({ path }) => rm(path, { force: true })));
}
