import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  access,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { runContainer } from './container.ts';
import { CannotFetch, debianPackages } from './debian.ts';
import { BuildFailed, CannotBuild, cacheFolder } from './go-program.ts';

const project = path.resolve(import.meta.dirname, '../../..');
/** What distroless takes from Debian for a C++ program; the real image has it from there. */
const runtimePackages = ['base-files', 'ca-certificates', 'libc6', 'libgcc-s1', 'libstdc++6', 'netbase', 'tzdata'];
/** A shell and what the stage that builds calls, with what they need. */
const buildPackages =
  'base-files bash coreutils dash gzip libacl1 libattr1 libc6 libgcc-s1 libgmp10 libpcre2-8-0 libselinux1 libstdc++6 tar'.split(
    ' ',
  );

/** An image as it was built: its files, and what it says of how to run them. */
export interface Image {
  /** The folder that holds its files: a copy, to be removed. */
  readonly root: string;
  /** Path of the program that runs it. */
  readonly runc: string;
  readonly config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Entrypoint: readonly string[];
    readonly Cmd?: readonly string[];
    readonly WorkingDir: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
}

/**
 * Builds the Dockerfile of this tree with buildah, where no container engine is: from stand-ins for its two base images, made of Debian
 * packages and of the Node that npm installs. Layers are kept in the cache: what has not changed is not built again.
 * @throws CannotBuild where this is not root on a Linux that has buildah and runc, or an apt to fetch them; BuildFailed where the
 * Dockerfile does not build.
 */
export async function buildImage(say: (line: string) => void): Promise<Image> {
  const tools = await findTools(say);
  const folder = path.join(cacheFolder(), 'image');
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(path.join(tmpdir(), 'image-'));
  const places = ['--root', path.join(folder, 'store'), '--runroot', path.join(folder, 'run')];
  // Else the store stays mounted on itself, and nobody could remove it.
  places.push('--storage-opt', 'overlay.skip_mount_home=true');
  const buildah: Buildah = (...words) => run(tools.buildah, [...places, ...words], { STORAGE_DRIVER: 'overlay' });
  const policy = ['--signature-policy', path.join(work, 'policy.json')];
  try {
    await writeFile(path.join(work, 'policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}');
    const bases = await baseImages({ work, buildah, policy, runc: tools.runc, say }).catch((error: unknown) => {
      throw error instanceof CannotBuild ? error : new CannotBuild(`No base images can be made here: ${String(error)}`);
    });
    // Layers of what has changed since would be kept for ever.
    if ((await buildah('images', '--all', '--quiet')).split('\n').length > 300) await buildah('rmi', '--prune');
    const flags = [...policy, '--isolation', 'chroot', '--layers', '--pull-never', ...(await npmMounts(work))];
    const bound = { BUILD_IMAGE: bases.build, RUN_IMAGE: bases.run, VERSION: '1.2.3', REVISION: 'abc' };
    const args = Object.entries(bound).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    const idFile = path.join(work, 'id');
    await buildah('build', ...flags, ...args, '--iidfile', idFile, project).catch((error: unknown) => {
      throw new BuildFailed(`The Dockerfile does not build: ${String((error as { stderr?: string }).stderr)}`);
    });
    const name = (await readFile(idFile, 'utf8')).trim();
    const inspected = JSON.parse(await buildah('inspect', '--type', 'image', name)) as { OCIv1: Pick<Image, 'config'> };
    const container = await buildah('from', ...policy, '--pull-never', name);
    const root = await mkdtemp(path.join(tmpdir(), 'image-root-'));
    await run('cp', ['--archive', `${await buildah('mount', container)}/.`, root]);
    await buildah('rm', container);
    return { root, runc: tools.runc, config: inspected.OCIv1.config };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const noConfig: Image['config'] = { User: '65532:65532', Env: [], Entrypoint: [], WorkingDir: '/', Labels: {} };

type Buildah = (...words: readonly string[]) => Promise<string>;

interface Making {
  readonly work: string;
  readonly buildah: Buildah;
  readonly policy: readonly string[];
  readonly runc: string;
  readonly say: (line: string) => void;
}

/** Debian with Node and npm for the stage that builds; glibc, libstdc++ and Node, and no shell, for the image itself. */
async function baseImages({ work, buildah, policy, runc, say }: Making): Promise<{ build: string; run: string }> {
  const npm = await locate('npm');
  if (npm === undefined) throw new CannotBuild('There is no npm on the PATH');
  const recipe = [buildPackages, runtimePackages, process.version, await run('npm', ['--version']), 2];
  const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16);
  const names = { build: `localhost/mekhanikube-base-build:${key}`, run: `localhost/mekhanikube-base-run:${key}` };
  const known = await buildah('images', '--format', '{{.Name}}:{{.Tag}}');
  if (Object.values(names).every((name) => known.split('\n').includes(name))) return names;
  say('Making base images of Debian packages, once');
  const node = await realpath(path.join(project, 'node_modules/.bin/node'));
  const folders = { build: path.join(work, 'build'), run: path.join(work, 'run') };
  for (const [folder, packages] of [
    [folders.build, buildPackages],
    [folders.run, runtimePackages],
  ] as const) {
    await run('cp', ['--archive', await debianPackages(packages, { say }), folder]);
    for (const spare of ['usr/share/doc', 'usr/share/man', 'usr/share/locale'])
      await rm(path.join(folder, spare), { recursive: true, force: true });
  }
  await cp(node, path.join(folders.run, 'nodejs/bin/node'));
  const probe = { root: folders.run, runc, config: { ...noConfig, Entrypoint: ['/nodejs/bin/node', '--version'] } };
  const { exitCode, stderr } = await runContainer(probe, []);
  if (exitCode !== 0) throw new CannotBuild(`runc runs no container here: ${stderr}`);
  await cp(node, path.join(folders.build, 'usr/local/bin/node'));
  // It lies in bin/ of its package.
  await cp(path.resolve(await realpath(npm), '../..'), path.join(folders.build, 'usr/lib/node_modules/npm'), {
    recursive: true,
  });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', path.join(folders.build, 'usr/bin/npm'));
  for (const stage of ['build', 'run'] as const) {
    const container = await buildah('from', ...policy, 'scratch');
    await buildah('copy', '--quiet', container, folders[stage], '/');
    const search = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    await buildah('config', '--env', search, '--env', 'HOME=/root', container);
    await buildah('commit', ...policy, '--quiet', '--rm', container, names[stage]);
  }
  return names;
}

/** What npm needs to reach its registry as it does outside: its address, whom to trust, and what was fetched before. */
async function npmMounts(work: string): Promise<readonly string[]> {
  const setting = async (name: string) => {
    const value = await run('npm', ['config', 'get', name]);
    return value === '' || value === 'null' || value === 'undefined' ? undefined : value;
  };
  const trusted = (await setting('cafile')) ?? process.env['NODE_EXTRA_CA_CERTS'];
  const file = path.join(work, 'npmrc');
  const lines = [
    `registry=${await setting('registry')}`,
    ...(trusted === undefined ? [] : ['cafile=/etc/trusted.pem']),
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const cache = await setting('cache');
  return [
    ['--volume', `${file}:/root/.npmrc:ro`],
    trusted === undefined ? [] : ['--volume', `${await realpath(trusted)}:/etc/trusted.pem:ro`],
    cache === undefined ? [] : ['--volume', `${cache}:/root/.npm`],
  ].flat();
}

/** buildah and runc: those of this machine, else those of Debian, unpacked beside and not installed. */
async function findTools(say: (line: string) => void): Promise<{ buildah: string; runc: string }> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new CannotBuild('The image is built and run for the tests by root on Linux alone');
  const [buildah, runc] = await Promise.all(['buildah', 'runc'].map(locate));
  if (buildah !== undefined && runc !== undefined) return { buildah, runc };
  const names = ['buildah', 'patchelf', 'runc'];
  const root = await debianPackages(names, { dependencies: true, say }).catch((error: unknown) => {
    throw error instanceof CannotFetch ? new CannotBuild(error.message) : error;
  });
  const triplet = (await readdir(path.join(root, 'usr/lib'))).find((name) => name.endsWith('-linux-gnu')) ?? '';
  const patched = path.join(root, 'usr/bin/buildah-with-libraries');
  if (!(await exists(patched))) {
    // It starts itself anew without its environment: where its libraries are has to stand in the file.
    const draft = `${patched}.${process.pid}`;
    await copyFile(path.join(root, 'usr/bin/buildah'), draft);
    const libraries = path.join(root, 'usr/lib', triplet);
    await run(path.join(root, 'usr/bin/patchelf'), ['--force-rpath', '--set-rpath', libraries, draft]);
    await rename(draft, patched);
  }
  return { buildah: patched, runc: path.join(root, 'usr/sbin/runc') };
}

/** Where a program is on the PATH. */
async function locate(program: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, program);
    if (await exists(file)) return file;
  }
  return undefined;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

const execute = promisify(execFile);

/** Runs a program. @returns what it prints, without the line end. */
async function run(program: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 << 20 };
  return (await execute(program, words, options)).stdout.trim();
}
