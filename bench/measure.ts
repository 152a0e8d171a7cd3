import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What one run of a command cost. */
export interface Cost {
  readonly ms: number;
  /** User and system time of all its threads, in steps of 10 ms; 0 where the system does not tell. */
  readonly cpuMs: number;
  /** The most memory the process held at any time, in MB; 0 where the system does not tell. */
  readonly rss: number;
}

/**
 * Runs a command to its end, its output thrown away. No other process of ours may end meanwhile.
 * @throws where it does not end with 0.
 */
export function measure(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const before = childrenMs();
    const begun = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: 'ignore', env });
    let rss = 0;
    const watch = setInterval(() => void (rss = Math.max(rss, peak(child.pid))), 10);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      const ms = Number(process.hrtime.bigint() - begun) / 1e6;
      clearInterval(watch);
      if (code === 0) resolve({ ms, cpuMs: childrenMs() - before, rss });
      else reject(new Error(`${[command, ...args].join(' ').slice(0, 200)} ended with ${code ?? signal}`));
    });
  });
}

/** The median of each part of several runs of one command. */
export function medianCost(runs: readonly Cost[]): Cost {
  const of = (part: keyof Cost) => median(runs.map((run) => run[part]));
  return { ms: of('ms'), cpuMs: of('cpuMs'), rss: of('rss') };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The kernel's high-water mark, so that asking now and then loses nothing but the last moments. */
function peak(pid: number | undefined): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1];
  return Number(kilobytes ?? 0) / 1_024;
}

/** What all processes that we started and that have ended used: fields 16 and 17 of proc_pid_stat(5), in hundredths of a second. */
function childrenMs(): number {
  const fields = read('/proc/self/stat')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * 10;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
