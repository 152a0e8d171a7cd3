import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** How often a program is started again that ended by a fault which passes. */
const mostAgain = 3;

/** The programs of one cluster. None of them outlives this process: each ends when the pipe on its stdin is closed. */
export class Processes {
  readonly #executable: string;
  readonly #folder: string;
  readonly #running = new Map<string, ChildProcess>();
  readonly #again = new Map<string, number>();
  readonly #begun = new Map<string, Parameters<Processes['start']>>();

  /** @param folder where they run and where `NAME.log` is written. */
  constructor(executable: string, folder: string) {
    this.#executable = executable;
    this.#folder = folder;
  }

  /**
   * Starts one of the executable's programs in a process group of its own, so that an interrupt at the terminal is ours alone.
   * @param passing what a program logs that ends by a fault which another start may not have: it is started again.
   */
  start(name: string, args: readonly string[], passing?: string): void {
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
    child.on('exit', () => {
      const again = this.#again.get(name) ?? 0;
      if (this.#running.get(name) !== child || again === mostAgain) return;
      if (passing === undefined || !this.#log(name).includes(passing)) return;
      this.#again.set(name, again + 1);
      this.start(name, args, passing);
    });
    this.#running.set(name, child);
    this.#begun.set(name, [name, args, passing]);
  }

  #log(name: string): string {
    return readFileSync(path.join(this.#folder, `${name}.log`), 'utf8').trimEnd();
  }

  /** @throws where one of them has ended by itself, with the end of its log. */
  check(): void {
    for (const [name, child] of this.#running) {
      if (child.exitCode === null && child.signalCode === null) continue;
      const end = this.#log(name).split('\n').slice(-15).join('\n');
      throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}:\n${end}`);
    }
  }

  /** Ends a program at once and starts it again as it was started before. */
  async restart(name: string): Promise<void> {
    await this.end([name]);
    this.start(...(this.#begun.get(name) ?? [name, []]));
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
