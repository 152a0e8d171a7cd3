import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * The licences of the packages that a bundle contains, as they ask for.
 * @param modules the paths of all bundled modules
 * @throws where a bundled package carries no licence
 */
export async function notices(modules: readonly string[]): Promise<string> {
  const folders = new Set(modules.map(packageFolder).filter((folder) => folder !== undefined));
  const texts = await Promise.all([...folders].sort().map(notice));
  return `mekhanikube contains code of these packages.\n\n${texts.join('\n')}`;
}

function packageFolder(module: string): string | undefined {
  return /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(module.replace(/^\0/, ''))?.[0];
}

async function notice(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (file === undefined && license === undefined) throw new Error(`${folder} has no licence`);
  const text =
    file === undefined ? `Licensed under ${license}.` : (await readFile(path.join(folder, file), 'utf8')).trim();
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text}\n`;
}
