import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const project = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

/** The package as it is installed, with a bundle that only says that it was started. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bin-'));
  await mkdir(join(folder, 'dist'));
  await cp(join(project, 'bin'), join(folder, 'bin'), { recursive: true });
  await cp(join(project, 'package.json'), join(folder, 'package.json'));
  await writeFile(join(folder, 'dist', 'cli.js'), 'console.log("started", ...process.argv.slice(2));');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the bin on a Node that says it is of some version. */
function bin(words: readonly string[], version = process.versions.node) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
    Object.defineProperty(process, 'version', { value: 'v${version}' });`;
  const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', preload, join(folder, 'bin', 'mekhanikube.js'), ...words],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

test.each(['--version', '-V'])('%s is answered at once', (flag) => {
  expect(bin([flag])).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test('everything else starts the program', () => {
  expect(bin(['analyze', '--version'])).toEqual({ status: 0, stdout: 'started analyze --version\n', stderr: '' });
});

test.each([
  ['18.20.0', false],
  ['20.20.2', false],
  ['22.18.9', false],
  ['22.19.0', true],
  ['23.0.0', true],
  ['24.21.0', true],
])('on Node %s it starts: %s', (version, starts) => {
  const { status, stdout, stderr } = bin(['analyze'], version);
  expect(stdout).toBe(starts ? 'started analyze\n' : '');
  expect(status).toBe(starts ? 0 : 2);
  if (starts) return;
  // oxlint-disable-next-line vitest/no-conditional-expect
  expect(stderr).toMatch(new RegExp(`^mekhanikube needs Node 22\\.19 or newer; this is v${version} \\(.*\\)\n$`));
});

test('a reader that goes away is no failure', async () => {
  const script = `
    import { processIo } from '${join(project, 'src/cli/io.ts')}';
    const io = processIo(new AbortController().signal);
    for (let index = 0; index < 200; index += 1) await io.out('x'.repeat(100_000));
    process.exit(7);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => {
    child.once('close', resolve);
  });
  expect({ code, stderr }).toEqual({ code: 7, stderr: '' });
});
