import { execFile } from 'node:child_process';
import path from 'node:path';

/** The command of this tree, or another one: an installed package can be tested, too. */
export const bin = process.env['E2E_TOOL'] ?? path.resolve(import.meta.dirname, '../../../bin/mekhanikube.js');

export interface ToolRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command as a user would, with nothing of this process's environment but the path. */
export function runTool(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<ToolRun> {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [bin, ...args], { env, maxBuffer: 1024 ** 3 }, (error, stdout, stderr) => {
      if (error === null) resolve({ exitCode: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
      // It could not be started, or a signal ended it.
      else reject(error);
    });
  });
}
