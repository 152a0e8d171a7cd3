import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { startCluster } from '../../test/e2e/support/cluster.ts';
import { controlPlaneExecutable } from '../../test/e2e/support/executable.ts';
import type { Helm } from '../../test/e2e/support/helm.ts';
import { project, type Release, sha256 } from './artefacts.ts';
import type { KrewManifest } from './krew.ts';

const run = promisify(execFile);

/** Runs a program with nothing of this process's environment but the path. @returns what it prints. @throws where it fails. */
async function printed(command: string, words: readonly string[], search = process.env['PATH']): Promise<string> {
  const env = { PATH: search, HOME: '/nonexistent' };
  return (await run(command, words, { env, cwd: '/', maxBuffer: 64 << 20 })).stdout.trim();
}

function expectEqual(what: string, got: string, wanted: string): void {
  if (got !== wanted) throw new Error(`${what} says "${got}", not "${wanted}"`);
}

/** Installs the npm package as `npm install --global` does, beside whatever is installed, and runs both of its commands. */
export async function installPackage({ folder, version }: Release, work: string): Promise<string> {
  const prefix = path.join(work, 'npm');
  const words = ['install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', [...words, path.join(folder, `mekhanikube-${version}.tgz`)]);
  for (const name of ['mekhanikube', 'kubectl-mekhanikube'])
    expectEqual(name, await printed(path.join(prefix, 'bin', name), ['--version']), version);
  const demo = path.join(project, 'demo/shop.snapshot.gz');
  const report = await printed(path.join(prefix, 'bin/mekhanikube'), ['analyze', '--from', demo]);
  if (!/^CRITICAL/m.test(report)) throw new Error(`the installed command finds nothing in the demo: ${report}`);
  return 'npm install --global: mekhanikube analyses the demo';
}

/**
 * Installs the plugin as Krew does by its manifest: checks the archive, unpacks it, moves the files that it names, and links the program.
 * kubectl then has to find it.
 */
export async function installPlugin({ folder, version }: Release, work: string): Promise<string> {
  const { metadata, spec } = load(await readFile(path.join(folder, 'mekhanikube.krew.yaml'), 'utf8')) as KrewManifest;
  const [platform] = spec.platforms;
  if (platform === undefined) throw new Error('the manifest has no platform');
  const archive = path.join(folder, path.basename(platform.uri));
  expectEqual('the sum in the manifest', platform.sha256, await sha256(archive));
  const unpacked = path.join(work, 'unpacked');
  const store = path.join(work, 'krew/store', metadata.name, spec.version);
  for (const one of [unpacked, store, path.join(work, 'krew/bin')]) await mkdir(one, { recursive: true });
  await run('tar', ['-xzf', archive, '-C', unpacked]);
  for (const { from, to } of platform.files) {
    const found = globSync(from, { cwd: unpacked });
    if (found.length === 0) throw new Error(`the archive has no ${from}`);
    for (const one of found) await rename(path.join(unpacked, one), path.join(store, to, path.basename(one)));
  }
  await symlink(path.join(store, platform.bin), path.join(work, 'krew/bin', `kubectl-${metadata.name}`));
  const kubectl = path.join(work, 'kubectl');
  await writeFile(kubectl, `#!/bin/sh\nexec '${await controlPlaneExecutable(console.error)}' kubectl "$@"\n`);
  await chmod(kubectl, 0o755);
  const search = `${path.join(work, 'krew/bin')}:${process.env['PATH'] ?? ''}`;
  expectEqual('kubectl mekhanikube --version', await printed(kubectl, [metadata.name, '--version'], search), version);
  return 'Krew: kubectl mekhanikube runs';
}

/** Installs the chart from its archive into a control plane on loopback, which is ended again. */
export async function installChart({ folder, version, image }: Release, work: string, helm: Helm): Promise<string> {
  const archive = path.join(folder, `mekhanikube-chart-${version}.tgz`);
  const values = path.join(work, 'values.yaml');
  await writeFile(values, 'mode: watch\n');
  const cluster = await startCluster({ controllers: false });
  try {
    const target = ['--namespace', 'mekhanikube', '--kubeconfig', cluster.kubeconfig('admin')];
    const words = ['install', 'mekhanikube', archive, ...target, '--create-namespace', '--values', values];
    await helm([...words, '--dry-run=server']);
    await helm(words);
    const { spec } = await cluster.api.get('/apis/apps/v1/namespaces/mekhanikube/deployments/mekhanikube');
    expectEqual('the image of the chart', spec.template.spec.containers[0].image, `${image}:${version}`);
  } finally {
    await cluster.stop();
  }
  return 'helm install: taken by an API server';
}

/** Builds the image and runs it. @returns undefined where there is no engine that answers. */
export async function buildImage({ version, image: repository }: Release): Promise<string | undefined> {
  const engine = process.env['DOCKER'] || 'docker';
  if ((await run(engine, ['version']).catch(() => undefined)) === undefined) return undefined;
  const image = `${repository}:${version}`;
  // What was said to the make that called this is not said to that one.
  const { MAKEFLAGS: _, ...env } = process.env;
  const words = ['image', `DOCKER=${engine}`, `IMAGE=${image}`, 'ARGS='];
  await run('make', words, { cwd: project, env, maxBuffer: 64 << 20 });
  expectEqual('the image', (await run(engine, ['run', '--rm', image, '--version'])).stdout.trim(), version);
  return `${engine} run ${image}: runs`;
}

/** A folder for what is installed, for as long as `use` takes. */
export async function withWork<Result>(folder: string, use: (work: string) => Promise<Result>): Promise<Result> {
  const work = await mkdtemp(path.join(folder, '.install-'));
  try {
    return await use(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
