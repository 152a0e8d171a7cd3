import { execFile } from 'node:child_process';
import path from 'node:path';

/** The command of this tree, or another one: an installed package can be tested, too. */
const bin = process.env['E2E_TOOL'] ?? path.resolve(import.meta.dirname, '../../../bin/mekhanikube.js');

export interface ToolRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command as a user would, with nothing of this process's environment but the path. */
export function runTool(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<ToolRun> {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env, maxBuffer: 1024 ** 3 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 255;
      resolve({ exitCode, stdout, stderr });
    });
  });
}
