import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { UserError } from '../../errors.ts';
import { pluginHint } from './container-hints.ts';
import type { Environment } from './files.ts';
import type { ExecEntry } from './types.ts';

export interface PluginRun {
  readonly entry: ExecEntry;
  readonly env: Environment;
  /** The text for KUBERNETES_EXEC_INFO. */
  readonly info: (interactive: boolean) => string;
  readonly timeoutMs: number;
  /** Whether this runs in a container, where plugins are missing that the machine has. */
  readonly container: boolean;
  readonly signal: AbortSignal;
}

const mostOutput = 4 << 20;
const mostErrors = 1 << 16;

/**
 * Runs an exec plugin once and returns what it prints. Its standard input is the terminal where there is one and the entry does
 * not forbid it, else nothing at all: a plugin that reads it comes to its end at once instead of waiting for ever.
 * @throws UserError `bad-credentials` when it is not installed, fails, or takes too long.
 */
export async function runPlugin({ entry, env, info, timeoutMs, container, signal }: PluginRun): Promise<string> {
  const interactive = entry.interactive !== 'Never' && isTerminal(process.stdin) && isTerminal(process.stderr);
  if (entry.interactive === 'Always' && !interactive) {
    throw problem(entry, 'needs a terminal, and there is none', 'Log in from a terminal first.');
  }
  signal.throwIfAborted();
  const child = spawn(entry.command, entry.args, {
    env: {
      ...env,
      ...Object.fromEntries(entry.env.map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: info(interactive),
    },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', interactive ? 'inherit' : 'pipe'],
    // A group of its own can be stopped with all its children; who talks to the terminal must stay in ours.
    detached: !interactive,
    windowsHide: true,
  });
  const output = collect(child.stdout, mostOutput);
  const errors = collect(child.stderr, mostErrors);
  let late = false;
  const expire = () => {
    late = true;
    stop(child, !interactive);
  };
  const abort = () => stop(child, !interactive);
  // A person who types a password may take longer than a program.
  const timer = setTimeout(expire, interactive ? Math.max(timeoutMs, 300_000) : timeoutMs);
  signal.addEventListener('abort', abort);
  const { promise, resolve, reject } = Promise.withResolvers<number | NodeJS.Signals | null>();
  child.once('error', reject);
  child.once('close', (code, killed) => resolve(code ?? killed));
  try {
    const code = await promise;
    signal.throwIfAborted();
    if (late) {
      throw problem(entry, `did not answer within ${timeoutMs / 1000} s`, 'Run it by hand to see what it waits for.');
    }
    if (code !== 0) throw problem(entry, `failed (${code})${lastLine(errors())}`, 'Log in again, or run it by hand.');
    return output();
  } catch (error) {
    if (error instanceof UserError || signal.aborted) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const hint = entry.installHint === undefined ? undefined : oneLine(entry.installHint);
    if (code === 'ENOENT' && container) {
      throw problem(entry, 'is not in this container', pluginHint(entry.command), error);
    }
    if (code === 'ENOENT') {
      throw problem(entry, 'is not installed', hint ?? 'Install it, or put it on the PATH.', error);
    }
    throw problem(entry, `cannot be run: ${code}`, hint ?? 'Check that the file may be executed.', error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** Outside a terminal `isTTY` is missing, whatever its type says. */
function isTerminal(stream: { isTTY?: boolean }): boolean {
  return stream.isTTY === true;
}

function collect(stream: Readable | null, most: number): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString();
}

function stop(child: ChildProcess, group: boolean): void {
  try {
    if (group && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function problem(entry: ExecEntry, what: string, hint: string, cause?: unknown): UserError {
  return new UserError('bad-credentials', `the credential plugin ${entry.command} ${what}`, { hint, cause });
}

/** What a plugin says last on its standard error is what it died of. */
function lastLine(errors: string): string {
  const line = errors.trim().split('\n').at(-1)?.trim() ?? '';
  return line === '' ? '' : `: ${oneLine(line).slice(0, 200)}`;
}

/** Control characters (a plugin's colours) cut, white space folded. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\p{Cc}\[[\d;]*[A-Za-z]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
}
