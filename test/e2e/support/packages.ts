import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { CannotFetch } from './debian.ts';
import { cacheFolder } from './go-program.ts';

const run = promisify(execFile);

/**
 * An npm package in the cache, with what it needs: one that is too large to be a dependency of everybody who develops.
 * @param name with its exact version: `left-pad@1.3.0`.
 * @returns the absolute path of the `node_modules` that holds it.
 * @throws CannotFetch
 */
export async function npmPackage(name: string): Promise<string> {
  const folder = await once(`npm-${name.replaceAll(/[^\w.-]+/g, '-')}`, async (work) => {
    await writeFile(path.join(work, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', name], { cwd: work });
  });
  return path.join(folder, 'node_modules');
}

/**
 * Python packages in the cache, for `PYTHONPATH`.
 * @param names with their exact versions: `PyYAML==6.0.3`.
 * @param sources packages of which the source is wanted: in the folder `sources`, as archives.
 * @throws CannotFetch
 */
export async function pythonPackages(names: readonly string[], sources: readonly string[] = []): Promise<string> {
  const title = [...names, ...sources].join('-').replaceAll(/[^\w.-]+/g, '-');
  return once(`python-${title}`, async (work) => {
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
    await run('python3', ['-m', 'pip', 'install', ...quiet, '--target', work, ...names]);
    const plain = ['--no-deps', '--no-binary', ':all:', '--dest', path.join(work, 'sources')];
    if (sources.length > 0) await run('python3', ['-m', 'pip', 'download', ...quiet, ...plain, ...sources]);
  });
}

/** Makes a folder of the cache, unless it is there: whole, or not at all. */
async function once(name: string, make: (work: string) => Promise<void>): Promise<string> {
  const folder = path.join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(`${folder}.tmp-`);
  try {
    await make(work);
    // Another that fetched the same was quicker: what it made is as good.
    await rename(work, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr || error).trim();
    throw new CannotFetch(`${name} cannot be had here: ${said.slice(-1_000)}`, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}
