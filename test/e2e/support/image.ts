import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { runContainer } from './container.ts';
import { BuildFailed, CannotBuild, cacheFolder } from './go-program.ts';

const project = path.resolve(import.meta.dirname, '../../..');
const suite = 'trixie';
/** What distroless takes from Debian for a C++ program; the real image has it from there. */
const runtimePackages = ['base-files', 'ca-certificates', 'libc6', 'libgcc-s1', 'libstdc++6', 'netbase', 'tzdata'];
const tools = ['buildah', 'debootstrap', 'dpkg-deb', 'npm', 'runc'];

/** An image as it was built: its files, and what it says of how to run them. */
export interface Image {
  /** The folder that holds its files: a copy, to be removed. */
  readonly root: string;
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
 * @throws CannotBuild where this is not root on Linux with the tools for it; BuildFailed where the Dockerfile does not build.
 */
export async function buildImage(say: (line: string) => void): Promise<Image> {
  await requireTools();
  const folder = path.join(cacheFolder(), 'image');
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(path.join(tmpdir(), 'image-'));
  const buildah = (...words: readonly string[]) =>
    run('buildah', ['--root', path.join(folder, 'store'), '--runroot', path.join(folder, 'run'), ...words], {
      STORAGE_DRIVER: 'overlay',
    });
  try {
    const bases = await baseImages(work, buildah, say).catch((error: unknown) => {
      throw error instanceof CannotBuild ? error : new CannotBuild(`No base images can be made here: ${String(error)}`);
    });
    // Layers of what has changed since would be kept for ever.
    if ((await buildah('images', '--all', '--quiet')).split('\n').length > 300) await buildah('rmi', '--prune');
    const flags = ['--isolation', 'chroot', '--layers', '--pull-never', ...(await npmMounts(work))];
    const bound = { BUILD_IMAGE: bases.build, RUN_IMAGE: bases.run, VERSION: '1.2.3', REVISION: 'abc' };
    const args = Object.entries(bound).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    const idFile = path.join(work, 'id');
    await buildah('build', ...flags, ...args, '--iidfile', idFile, project).catch((error: unknown) => {
      throw new BuildFailed(`The Dockerfile does not build: ${String((error as { stderr?: string }).stderr)}`);
    });
    const name = (await readFile(idFile, 'utf8')).trim();
    const inspected = JSON.parse(await buildah('inspect', '--type', 'image', name)) as { OCIv1: Pick<Image, 'config'> };
    const container = await buildah('from', '--pull-never', name);
    const root = await mkdtemp(path.join(tmpdir(), 'image-root-'));
    await run('cp', ['--archive', `${await buildah('mount', container)}/.`, root]);
    await buildah('rm', container);
    return { root, config: inspected.OCIv1.config };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const noConfig: Image['config'] = { User: '65532:65532', Env: [], Entrypoint: [], WorkingDir: '/', Labels: {} };

type Buildah = (...words: readonly string[]) => Promise<string>;

/** Debian with Node and npm for the stage that builds; glibc, libstdc++ and Node, and no shell, for the image itself. */
async function baseImages(work: string, buildah: Buildah, say: (line: string) => void) {
  const node = await realpath(path.join(project, 'node_modules/.bin/node'));
  // It lies in bin/ of its package.
  const npm = path.resolve(await realpath((await locate('npm')) ?? ''), '../..');
  const recipe = [suite, runtimePackages, process.version, await run('npm', ['--version']), 1];
  const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16);
  const names = { build: `localhost/mekhanikube-base-build:${key}`, run: `localhost/mekhanikube-base-run:${key}` };
  const known = await buildah('images', '--format', '{{.Name}}:{{.Tag}}');
  if (Object.values(names).every((name) => known.split('\n').includes(name))) return names;
  say('Making base images of Debian packages: some minutes, once');
  const full = path.join(work, 'build');
  const small = path.join(work, 'run');
  const include = `--include=${runtimePackages.join(',')}`;
  await run('debootstrap', ['--foreign', '--variant=minbase', include, suite, full]).catch((error: unknown) => {
    throw new CannotBuild(`debootstrap gives no Debian ${suite}: ${String((error as { stderr?: string }).stderr)}`);
  });
  const archives = path.join(full, 'var/cache/apt/archives');
  const packages = await readdir(archives);
  for (const name of runtimePackages) {
    const file = packages.find((one) => one.startsWith(`${name}_`));
    if (file === undefined) throw new CannotBuild(`debootstrap fetches no ${name}`);
    await run('dpkg-deb', ['--extract', path.join(archives, file), small]);
  }
  for (const spare of ['usr/share/doc', 'usr/share/man', 'usr/share/locale'])
    await rm(path.join(small, spare), { recursive: true, force: true });
  await rm(archives, { recursive: true });
  // Inside a container debootstrap makes a link of it, which nothing can be mounted on.
  await rm(path.join(full, 'proc'), { recursive: true, force: true });
  await mkdir(path.join(full, 'proc'));
  await cp(node, path.join(small, 'nodejs/bin/node'), { recursive: true });
  const probe = { root: small, config: { ...noConfig, Entrypoint: ['/nodejs/bin/node', '--version'] } };
  const { exitCode, stderr } = await runContainer(probe, []);
  if (exitCode !== 0) throw new CannotBuild(`runc runs no container here: ${stderr}`);
  await cp(node, path.join(full, 'usr/local/bin/node'), { recursive: true });
  await cp(npm, path.join(full, 'usr/lib/node_modules/npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', path.join(full, 'usr/bin/npm'));
  for (const [name, folder] of [
    [names.build, full],
    [names.run, small],
  ] as const) {
    const container = await buildah('from', 'scratch');
    await buildah('copy', '--quiet', container, folder, '/');
    const search = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    await buildah('config', '--env', search, '--env', 'HOME=/root', container);
    await buildah('commit', '--quiet', '--rm', container, name);
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

async function requireTools(): Promise<void> {
  const need = `The image is built and run for the tests by root on Linux, with buildah, debootstrap and runc (Debian's packages)`;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new CannotBuild(`${need}: this is another user`);
  for (const tool of tools) {
    if ((await locate(tool)) === undefined) throw new CannotBuild(`${need}: there is no ${tool}`);
  }
}

/** Where a program is on the PATH. */
async function locate(program: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, program);
    const found = await access(file).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}

const execute = promisify(execFile);

/** Runs a program. @returns what it prints, without the line end. */
async function run(program: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 << 20 };
  return (await execute(program, words, options)).stdout.trim();
}
