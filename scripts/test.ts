/**
 * Everything `make test` promises, one after another, and a last line that says how much of it passed: `N passed, N failed`. The
 * counts are vitest's own; each of the checks before it counts as one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = await mkdtemp(path.join(tmpdir(), 'mekhanikube-test-'));
const results = path.join(folder, 'vitest.json');

const checks: readonly (readonly string[])[] = [
  ['oxlint', '--type-aware', '--deny-warnings'],
  ['oxfmt', '--check'],
  ['tsc', '-p', '.'],
  ['knip'],
  ['node', 'scripts/build.ts'],
  ['publint', '--strict'],
];

let passed = 0;
let failed = 0;
for (const [command, ...args] of checks) {
  if (run(command!, args)) passed += 1;
  else failed += 1;
}
const ended = run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`]);
const counts = JSON.parse(await readFile(results, 'utf8').catch(() => '{}')) as {
  numPassedTests?: number;
  numFailedTests?: number;
  numFailedTestSuites?: number;
};
passed += counts.numPassedTests ?? 0;
failed += Math.max(counts.numFailedTests ?? 0, ended ? 0 : 1);
await rm(folder, { recursive: true });

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function run(command: string, args: readonly string[]): boolean {
  console.log(`> ${[command, ...args.filter((arg) => !arg.includes(folder))].join(' ')}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}
