import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const source = path.resolve(import.meta.dirname, '../../control-plane');
const kubernetes = 'v1.36.3';
const oldestGo = [1, 26] as const;

/** Why the control plane cannot be built on this machine, in one line. */
export class CannotBuild extends Error {}

/** The folder outside the tree that holds what is costly to make: the executable, and the data of clusters that were set up. */
export function cacheFolder(): string {
  return path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'mekhanikube');
}

/**
 * The executable that is a whole control plane and kubectl, built unless a build of the same sources is in the cache. Several that
 * build at once do not disturb each other: each makes its own file and renames it.
 * @param say is told when a build begins, for that takes minutes where Go's own cache is empty.
 * @throws CannotBuild where Go is missing or too old, or where the build fails.
 */
export async function controlPlaneExecutable(say: (line: string) => void = () => {}): Promise<string> {
  const file = path.join(cacheFolder(), `control-plane-${await sourceHash()}`);
  if (await exists(file)) return file;
  await checkGo();
  say('Building the control plane: some seconds, or ten minutes where nothing was ever built');
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const version = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].map(
    (name) => `-X ${name}.gitVersion=${kubernetes}`,
  );
  const flags = ['-p', '2', '-trimpath', '-ldflags', ['-s', '-w', ...version].join(' '), '-o', temporary];
  try {
    await run('go', ['build', ...flags, '.'], { cwd: source, env: { ...process.env, CGO_ENABLED: '0' } });
    await rename(temporary, file);
  } catch (error) {
    throw new CannotBuild(`The control plane could not be built: ${String((error as { stderr?: unknown }).stderr)}`);
  } finally {
    await rm(temporary, { force: true });
  }
  return file;
}

/** A hash of all that the executable is made of. */
async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum', 'main.go']) hash.update(await readFile(path.join(source, name)));
  return hash.digest('hex').slice(0, 16);
}

async function checkGo(): Promise<void> {
  const need = `The control plane for tests is built with Go ${oldestGo.join('.')} or newer (https://go.dev/dl)`;
  const { stdout } = await run('go', ['env', 'GOVERSION'], { cwd: source }).catch(() => {
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
