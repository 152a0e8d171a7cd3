import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A program that a test started. */
export interface Guarded {
  /** What it has written so far. */
  log(): string;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a program that ends at the latest when this process does, however that ends: a shell beside it waits for the end of its stdin.
 * @param log the file to write what it says to.
 */
export function startGuarded(program: string, args: readonly string[], log: string): Guarded {
  const script = '"$@" & cat >/dev/null; kill -9 $! 2>/dev/null; wait';
  const file = openSync(log, 'a');
  const child = spawn('sh', ['-c', script, 'sh', program, ...args], { stdio: ['pipe', file, file], detached: true });
  closeSync(file);
  child.stdin?.on('error', () => {});
  return {
    log: () => readFileSync(log, 'utf8'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.stdin?.end();
      await gone;
    },
  };
}
