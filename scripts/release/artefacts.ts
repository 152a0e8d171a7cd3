import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { chart, type Helm } from '../../test/e2e/support/helm.ts';
import { krewManifest, toYaml } from './krew.ts';
import { notesOf } from './notes.ts';
import { type Bom, bundledOnly } from './sbom.ts';

const run = promisify(execFile);
export const project = path.resolve(import.meta.dirname, '../..');

export interface Release {
  readonly version: string;
  /** Where the files go. */
  readonly folder: string;
  /** Where they can be fetched once they are published, without a slash at the end. */
  readonly url: string;
  readonly homepage: string;
  /** Where the chart gets the image, without a tag. */
  readonly image: string;
  /** What `git describe` says of a release; undefined in a dry run. */
  readonly tag: string | undefined;
}

/** Makes every file of a release but the image. @returns their names in the folder. */
export async function makeFiles(release: Release, helm: Helm | undefined): Promise<readonly string[]> {
  const { version, folder, url, homepage, tag } = release;
  const changelog = await readFile(path.join(project, 'CHANGELOG.md'), 'utf8');
  const notes = notesOf(changelog, version) ?? (tag === undefined ? notesOf(changelog, 'Unreleased') : undefined);
  if (notes === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}"`);
  await writeFile(path.join(folder, 'NOTES.md'), notes);

  const archive = `mekhanikube-${version}.tgz`;
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: project });
  const uri = `${url}/${archive}`;
  const manifest = krewManifest({ version, homepage, uri, sha256: await sha256(path.join(folder, archive)) });
  await writeFile(path.join(folder, 'mekhanikube.krew.yaml'), toYaml(manifest));

  const bill = `mekhanikube-${version}.cdx.json`;
  await writeFile(path.join(folder, bill), `${JSON.stringify(await bom(), undefined, 2)}\n`);
  const files = [archive, 'mekhanikube.krew.yaml', bill];
  if (helm !== undefined) {
    const packed = `mekhanikube-chart-${version}.tgz`;
    // Helm gives it the name that the npm package has.
    const apart = path.join(folder, 'chart');
    await cp(chart, apart, { recursive: true });
    const values = path.join(apart, 'values.yaml');
    const text = await readFile(values, 'utf8');
    await writeFile(values, text.replace(/^( {2}repository: )mekhanikube$/m, `$1${release.image}`));
    await helm(['package', apart, '--destination', apart]);
    await rename(path.join(apart, archive), path.join(folder, packed));
    await rm(apart, { recursive: true });
    files.push(packed);
  }
  const sums = await Promise.all(files.map(async (file) => `${await sha256(path.join(folder, file))}  ${file}\n`));
  await writeFile(path.join(folder, 'SHA256SUMS'), sums.join(''));
  return [...files, 'SHA256SUMS', 'NOTES.md'];
}

async function bom(): Promise<Bom> {
  const words = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const { stdout } = await run('npm', words, { cwd: project, maxBuffer: 64 << 20 });
  return bundledOnly(JSON.parse(stdout) as Bom, await readFile(path.join(project, 'dist/THIRD-PARTY-NOTICES'), 'utf8'));
}

/** The SHA-256 of a file, in hex. */
export async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
