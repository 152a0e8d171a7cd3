import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The programs of one cluster. None of them outlives this process: each ends when the pipe on its stdin is closed. */
export class Processes {
  readonly #executable: string;
  readonly #folder: string;
  readonly #running = new Map<string, ChildProcess>();
  readonly #arguments = new Map<string, readonly string[]>();

  /** @param folder where they run and where `NAME.log` is written. */
  constructor(executable: string, folder: string) {
    this.#executable = executable;
    this.#folder = folder;
  }

  /** Starts one of the executable's programs in a process group of its own, so that an interrupt at the terminal is ours alone. */
  start(name: string, args: readonly string[]): void {
    const log = openSync(path.join(this.#folder, `${name}.log`), 'a');
    const child = spawn(this.#executable, [name, ...args], {
      cwd: this.#folder,
      detached: true,
      stdio: ['pipe', log, log],
      env: { PATH: process.env['PATH'], HOME: this.#folder, CONTROL_PLANE_END_WITH_STDIN: 'yes' },
    });
    closeSync(log);
    child.on('error', () => {});
    child.stdin?.on('error', () => {});
    this.#running.set(name, child);
    this.#arguments.set(name, args);
  }

  /** @throws where one of them has ended by itself, with the end of its log. */
  check(): void {
    for (const [name, child] of this.#running) {
      if (child.exitCode === null && child.signalCode === null) continue;
      const log = readFileSync(path.join(this.#folder, `${name}.log`), 'utf8').trimEnd();
      throw new Error(
        `${name} ended with ${child.exitCode ?? child.signalCode}:\n${log.split('\n').slice(-15).join('\n')}`,
      );
    }
  }

  /** Ends a program at once and starts it again as it was started before. */
  async restart(name: string): Promise<void> {
    await this.end([name]);
    this.start(name, this.#arguments.get(name) ?? []);
  }

  /** Ends programs, all where none is named, and waits until they are gone. */
  async end(names: readonly string[] = [...this.#running.keys()].toReversed()): Promise<void> {
    for (const name of names) {
      const child = this.#running.get(name);
      this.#running.delete(name);
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      // All state is etcd's: only that one has something to put away. The API server would wait for open watches.
      child.kill(name === 'etcd' ? 'SIGTERM' : 'SIGKILL');
      const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await gone;
      clearTimeout(late);
    }
  }
}
