import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
import { controlPlaneExecutable } from './executable.ts';
import { cacheFolder } from './go-program.ts';

/** Data of a cluster that is costly to set up. */
export interface Saved {
  /** What it is, for a folder's name. */
  readonly name: string;
  /** The files that it is made of: where one of them changes, it is made anew. */
  readonly files: readonly string[];
  readonly cluster?: ClusterOptions;
  /** Fills a cluster that runs and has nothing in it. */
  readonly setUp: (cluster: Cluster) => Promise<void>;
  /** After so many hours in which nobody began with it it is removed: each is as large as etcd's log. */
  readonly hours: number;
}

/**
 * Sets a cluster up and saves it, unless that was done before with the same files and control plane. Several that do so at once do not
 * disturb each other: each makes its own copy and renames it.
 * @returns etcd's folder in the cache, for `startCluster({ data })`.
 */
export async function savedData({ name, files, cluster: options, setUp, hours }: Saved): Promise<string> {
  const target = path.join(cacheFolder(), `${name}-${await hashOf(files)}`);
  if (existsSync(target)) {
    await utimes(target, new Date(), new Date());
    return target;
  }
  await mkdir(cacheFolder(), { recursive: true });
  await removeUnused(name, hours);
  const cluster = await startCluster(options);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    await setUp(cluster);
    await cluster.save(temporary);
    await rename(temporary, target).catch((error: unknown) => {
      // Another run was quicker.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await cluster.stop();
  }
  return target;
}

async function removeUnused(what: string, hours: number): Promise<void> {
  for (const name of await readdir(cacheFolder())) {
    const data = path.join(cacheFolder(), name);
    if (!name.startsWith(`${what}-`) || Date.now() - (await stat(data)).mtimeMs < hours * 3_600_000) continue;
    await rm(data, { recursive: true, force: true });
  }
}

async function hashOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(path.basename(await controlPlaneExecutable()));
  for (const file of files) hash.update(path.basename(file)).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
