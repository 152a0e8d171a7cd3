import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  readonly ms: number;
  /** The most memory the process held at any time, in MB; 0 where the system does not tell. */
  readonly rss: number;
  readonly code: number | null;
}

/** Runs a command to its end, its output thrown away, and measures wall time and peak memory. */
export function measure(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore'], env });
    let rss = 0;
    const watch = setInterval(() => void (rss = Math.max(rss, peak(child.pid))), 10);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(watch);
      resolve({ ms: Number(process.hrtime.bigint() - begun) / 1e6, rss, code });
    });
  });
}

/** The kernel's high-water mark, so that asking now and then loses nothing but the last moments. */
function peak(pid: number | undefined): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
