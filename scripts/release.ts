/**
 * Makes every file of a release and installs each as its user would; nothing is published.
 *
 *   node scripts/release.ts FOLDER [--tag v1.2.3] [--url https://.../releases/download/v1.2.3] [--homepage https://...]
 *     [--image registry/name]
 *
 * With --tag it has to be the version of package.json, and CHANGELOG.md has to have a section for it. What cannot be made or tried for
 * want of a tool (Go, a container engine) is said; what is made and does not work ends it with 1.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CannotBuild } from '../test/e2e/support/go-program.ts';
import { realHelm } from '../test/e2e/support/helm.ts';
import { makeFiles, project, type Release } from './release/artefacts.ts';
import { buildImage, installChart, installPackage, installPlugin, withWork } from './release/install.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tag: { type: 'string' },
    url: { type: 'string' },
    homepage: { type: 'string' },
    image: { type: 'string' },
  },
});
const folder = path.resolve(positionals[0] ?? 'release');
const { version } = JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8')) as { version: string };
const release: Release = {
  version,
  folder,
  url: values.url ?? `file://${folder}`,
  homepage: values.homepage ?? 'https://example.com/mekhanikube',
  image: values.image ?? 'mekhanikube',
  tag: values.tag,
};

try {
  if (release.tag !== undefined && release.tag !== `v${version}`)
    throw new Error(`the tag ${release.tag} is not v${version}, the version in package.json`);
  await emptied(folder);
  const helm = await realHelm();
  if (helm === undefined && release.tag !== undefined)
    throw new Error('a release needs its chart, and there is no Helm');
  for (const file of await makeFiles(release, helm)) {
    const { size } = await stat(path.join(folder, file));
    console.log(`made       ${file}, ${size.toLocaleString('en')} bytes`);
  }
  if (helm === undefined) console.log('NOT MADE   the chart: there is no Helm, see above');
  await withWork(folder, async (work) => {
    await tried('the npm package', () => installPackage(release, work));
    await tried('the Krew manifest', () => installPlugin(release, work));
    if (helm !== undefined) await tried('the chart', () => installChart(release, work, helm));
    await tried('the image', () => buildImage(release), 'there is no container engine that answers');
  });
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/** Installs something, and says so. What lacks a tool is said and no error. */
async function tried(what: string, install: () => Promise<string | undefined>, lacking = ''): Promise<void> {
  try {
    const said = await install();
    console.log(said === undefined ? `NOT TRIED  ${what}: ${lacking}` : `installed  ${said}`);
  } catch (error) {
    if (!(error instanceof CannotBuild)) throw error;
    console.log(`NOT TRIED  ${what}: ${error.message.split('\n', 1).join('')}`);
  }
}

/** Makes the folder. @throws where it holds anything that is none of ours: it would be taken for part of the release. */
async function emptied(of: string): Promise<void> {
  await mkdir(of, { recursive: true });
  for (const name of await readdir(of)) {
    if (!/^(mekhanikube-(chart-)?\d[^/]*\.(tgz|cdx\.json)|mekhanikube\.krew\.yaml|SHA256SUMS|NOTES\.md)$/.test(name))
      throw new Error(`${of} holds ${name}, which no release makes: name an empty folder`);
    await rm(path.join(of, name));
  }
}
