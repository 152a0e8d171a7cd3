import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const oldestGo = [1, 26] as const;
/** What a failed build says can be megabytes: the end of it is enough to see why. */
const keptOfAFailure = 4_000;

/** Why a program of the tests cannot be built on this machine: something that the build needs is missing. */
export class CannotBuild extends Error {}

/** All that the build needs was there, and the compiler rejected the sources: a defect of ours, and no reason to skip a test. */
export class BuildFailed extends CannotBuild {}

/** A program that the tests need and that Go builds from the sources of public modules. */
export interface GoProgram {
  /** What the file in the cache is called, before the hash. */
  readonly name: string;
  /** Absolute path of a folder with go.mod, go.sum and whatever Go files of ours belong to the program. */
  readonly folder: string;
  /** What to build: by default the folder itself; else an import path such as `helm.sh/helm/v4/cmd/helm` that go.mod requires. */
  readonly package?: string;
  readonly ldflags?: readonly string[];
  /** Environment of the build. CGO_ENABLED is 0 unless it says otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  /** Fetches what the build needs besides modules. Called only when something is built; a CannotBuild of it is passed on. */
  readonly before?: () => Promise<void>;
}

/** The folder outside the tree that holds what is costly to make: the executables, and the data of clusters that were set up. */
export function cacheFolder(): string {
  return path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'mekhanikube');
}

/**
 * The executable, built unless a build of the same sources with the same flags is in the cache. Several that build at once do not disturb
 * each other: each makes its own file and renames it.
 * @param say is told when a build begins, for that takes minutes where Go's own cache is empty.
 * @returns the absolute path of the executable.
 * @throws CannotBuild where Go is missing or too old, or where the modules cannot be fetched; BuildFailed where the build fails.
 */
export async function goProgram(program: GoProgram, say: (line: string) => void = () => {}): Promise<string> {
  const file = path.join(cacheFolder(), `${program.name}-${await hashOf(program)}`);
  if (await exists(file)) return file;
  await checkGo(program);
  await mkdir(path.dirname(file), { recursive: true });
  await program.before?.();
  say(`Building ${program.name}: some seconds, or up to ten minutes where nothing was ever built`);
  const temporary = `${file}.${process.pid}.tmp`;
  await fetchModules(program);
  const ldflags = ['-s', '-w', ...(program.ldflags ?? [])].join(' ');
  const flags = ['-p', '2', '-trimpath', '-mod=readonly', '-ldflags', ldflags, '-o', temporary];
  try {
    await run('go', ['build', ...flags, program.package ?? '.'], {
      cwd: program.folder,
      env: { ...process.env, CGO_ENABLED: '0', ...program.env },
      maxBuffer: 64 << 20,
    });
    await rename(temporary, file);
  } catch (error) {
    throw new BuildFailed(`${program.name} could not be built: ${said(error)}`);
  } finally {
    await rm(temporary, { force: true });
  }
  return file;
}

/** Names every package of the program, which makes Go fetch the modules that hold them. */
async function fetchModules({ name, folder, package: of = '.', env }: GoProgram): Promise<void> {
  const options = { cwd: folder, env: { ...process.env, CGO_ENABLED: '0', ...env }, maxBuffer: 64 << 20 };
  await run('go', ['list', '-mod=readonly', '-deps', of], options).catch((error: unknown) => {
    throw new CannotBuild(`The modules of ${name}, which the tests use, could not be fetched: ${said(error)}`);
  });
}

function said(error: unknown): string {
  return String((error as { stderr?: unknown }).stderr || error)
    .trim()
    .slice(-keptOfAFailure);
}

/** A hash of all that the executable is made of: go.sum stands for the sources of the modules. */
async function hashOf({ folder, package: of, ldflags, env }: GoProgram): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([of, ldflags, env]));
  for (const name of (await readdir(folder)).sort()) {
    if (/\.(go|mod|sum)$/.test(name)) hash.update(name).update(await readFile(path.join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function checkGo({ name, folder }: GoProgram): Promise<void> {
  const need = `${name}, which the tests use, is built with Go ${oldestGo.join('.')} or newer (https://go.dev/dl)`;
  const { stdout } = await run('go', ['env', 'GOVERSION'], { cwd: folder }).catch(() => {
    throw new CannotBuild(`${need}: no usable go on the PATH`);
  });
  const [major = 0, minor = 0] = stdout.replace(/^go/, '').split('.').map(Number);
  if (major < oldestGo[0] || (major === oldestGo[0] && minor < oldestGo[1])) {
    throw new CannotBuild(`${need}: this is ${stdout.trim()}`);
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
