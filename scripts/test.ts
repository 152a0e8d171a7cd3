/**
 * What `make test` (`unit`) and `make e2e` (`e2e`) promise, one after another, and a last line that says how much of it passed:
 * `N passed, N failed`. The counts are vitest's own; each of the checks before it counts as one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = await mkdtemp(path.join(tmpdir(), 'mekhanikube-test-'));
const results = path.join(folder, 'vitest.json');

const e2e = process.argv[2] === 'e2e';
const before: readonly (readonly string[])[] = [
  ['oxlint', '--type-aware', '--deny-warnings'],
  ['oxfmt', '--check'],
  ['tsc', '-p', '.'],
  ['knip'],
  ['node', 'scripts/build.ts'],
  ['publint', '--strict'],
];

let passed = 0;
let failed = 0;
for (const [command, ...args] of e2e ? [] : before) {
  if (run(command!, args)) passed += 1;
  else failed += 1;
}
const config = e2e ? ['--config', 'vitest.e2e.config.ts'] : [];
const ended = run('vitest', [
  'run',
  ...config,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${results}`,
]);
const counts = JSON.parse(await readFile(results, 'utf8').catch(() => '{}')) as {
  numPassedTests?: number;
  numFailedTests?: number;
  numPendingTests?: number;
};
passed += counts.numPassedTests ?? 0;
failed += Math.max(counts.numFailedTests ?? 0, ended ? 0 : 1);
await rm(folder, { recursive: true });

const skipped = counts.numPendingTests ?? 0;
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
process.exitCode = failed === 0 ? 0 : 1;

function run(command: string, args: readonly string[]): boolean {
  console.log(`> ${[command, ...args.filter((arg) => !arg.includes(folder))].join(' ')}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}
