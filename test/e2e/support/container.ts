import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Image } from './image.ts';

export interface ContainerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Files and folders of this machine by the paths that they have inside, read-only unless `writable` names them. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly writable?: readonly string[];
  /** Another user than the image's, as with `--user`. */
  readonly uid?: number;
  /** Called once it runs: what a test does to it. */
  readonly during?: (signal: (name: NodeJS.Signals) => void) => Promise<void>;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** From the end of `during` to the end of the process, in milliseconds. */
  readonly endedAfter: number;
}

let serial = 0;

/**
 * Runs an image's command as Docker would with --read-only, --cap-drop=ALL and --network=host: the first process of its own process
 * namespace, as the image's user, without a single privilege.
 */
export async function runContainer(
  image: Image,
  words: readonly string[],
  options: ContainerOptions = {},
): Promise<Outcome> {
  serial += 1;
  const id = `mekhanikube-test-${process.pid}-${serial}`;
  const bundle = await mkdtemp(path.join(tmpdir(), 'bundle-'));
  const global = ['--root', path.join(bundle, 'state')];
  await writeFile(path.join(bundle, 'config.json'), JSON.stringify(specOf(image, words, options)));
  const child = spawn(image.runc, [...global, 'run', '--bundle', bundle, id], { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    return await outcomeOf(child, options);
  } finally {
    await promisify(execFile)(image.runc, [...global, 'delete', '--force', id]).catch(() => undefined);
    await rm(bundle, { recursive: true, force: true });
  }
}

async function outcomeOf(child: ChildProcess, { during }: ContainerOptions): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const closed = once(child, 'close');
  try {
    await during?.((name) => child.kill(name));
    const from = performance.now();
    const [exitCode] = (await closed) as [number];
    return { exitCode, stdout, stderr, endedAfter: performance.now() - from };
  } finally {
    child.kill('SIGKILL');
  }
}

/** The container as the OCI runtime specification writes it. */
function specOf({ root, config }: Image, words: readonly string[], options: ContainerOptions): unknown {
  const [uid = 0, gid = uid] = options.uid === undefined ? config.User.split(':').map(Number) : [options.uid];
  const none: readonly string[] = [];
  return {
    ociVersion: '1.0.2',
    root: { path: root, readonly: true },
    process: {
      terminal: false,
      user: { uid, gid },
      cwd: config.WorkingDir,
      args: [...config.Entrypoint, ...(words.length === 0 ? (config.Cmd ?? []) : words)],
      env: [...config.Env, ...Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`)],
      capabilities: { bounding: none, effective: none, inheritable: none, permitted: none, ambient: none },
      noNewPrivileges: true,
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      ...Object.entries(options.mounts ?? {}).map(([destination, source]) => ({
        destination,
        type: 'bind',
        source,
        options: ['rbind', options.writable?.includes(destination) === true ? 'rw' : 'ro'],
      })),
    ],
    linux: { namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })) },
  };
}
