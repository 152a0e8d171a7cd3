import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './go-program.ts';

const run = promisify(execFile);

/** Why programs of Debian packages cannot be had on this machine: it has no apt, or their archive cannot be reached. */
export class CannotFetch extends Error {}

/** Packages, and how many of those that they need. */
export interface DebianOptions {
  /** Fetch those that are needed and not installed on this machine as well. Go programs need none. */
  readonly dependencies?: boolean;
  /** Is told when a download begins. */
  readonly say?: (line: string) => void;
}

/**
 * Debian packages, fetched with apt and unpacked into the cache, unless they are there. Nothing is installed: no script of a package runs,
 * no service starts, and no rights are needed.
 * @returns the absolute path of the folder that stands for `/`: the programs are in its `usr/bin`.
 * @throws CannotFetch
 */
export async function debianPackages(names: readonly string[], options: DebianOptions = {}): Promise<string> {
  const { dependencies = false, say = () => {} } = options;
  const root = path.join(cacheFolder(), `debian-${[...names, ...(dependencies ? ['all'] : [])].join('-')}`);
  if (existsSync(root)) return root;
  say(`Fetching Debian packages: ${names.join(' ')}`);
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(path.join(cacheFolder(), 'debian-tmp-'));
  try {
    await download(names, dependencies, work);
    const unpacked = path.join(work, 'root');
    for (const file of (await readdir(work)).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['--extract', path.join(work, file), unpacked]);
    }
    // Another that fetched the same was quicker: what it made is as good.
    await rename(unpacked, root).catch((error: unknown) => {
      if (!existsSync(root)) throw error;
    });
  } catch (error) {
    throw new CannotFetch(`Debian packages ${names.join(', ')} cannot be had here: ${said(error)}`, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return root;
}

/** Fetches packages by the lists of the machine, and where those are missing or out of date by new lists of our own. */
async function download(names: readonly string[], dependencies: boolean, folder: string): Promise<void> {
  const fetch = async (options: readonly string[]) => {
    const all = dependencies ? [...new Set([...names, ...(await missing(names, options))])] : names;
    await run('apt-get', [...options, 'download', ...all], { cwd: folder, maxBuffer: 16 << 20 });
  };
  try {
    await fetch([]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    const own = path.join(folder, 'apt');
    await mkdir(path.join(own, 'lists/partial'), { recursive: true });
    const options = [`Dir::State::lists=${own}/lists`, `Dir::Cache=${own}`, 'APT::Sandbox::User=root'];
    const flags = options.flatMap((option) => ['-o', option]);
    await run('apt-get', [...flags, 'update'], { maxBuffer: 16 << 20 });
    await fetch(flags);
  }
}

/** What apt would install to have these packages work. */
async function missing(names: readonly string[], options: readonly string[]): Promise<readonly string[]> {
  const args = [...options, 'install', '--simulate', '--no-install-recommends', ...names];
  const { stdout } = await run('apt-get', args, { maxBuffer: 16 << 20 });
  return [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
}

function said(error: unknown): string {
  return String((error as { stderr?: unknown }).stderr || error)
    .trim()
    .slice(-2_000);
}
