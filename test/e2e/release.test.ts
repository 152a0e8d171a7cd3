import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outsideMake } from '../support/outer-make.ts';
import { realHelm } from './support/helm.ts';

const project = path.resolve(import.meta.dirname, '../..');
const helm = await realHelm();

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, words: readonly string[], cwd: string, more: object = {}): Promise<Outcome> {
  const own = outsideMake();
  const env = { ...own, DOCKER: 'no-such-engine', ...more };
  return new Promise((resolve, reject) => {
    execFile(command, words, { cwd, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else reject(error);
    });
  });
}

describe.skipIf(helm === undefined)('make release-dry-run', () => {
  let folder: string;
  let version: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mekhanikube-release-'));
    version = (JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8')) as { version: string }).version;
  });
  afterAll(() => rm(folder, { recursive: true }));

  // The build is there, and an install would take away what this test runs on.
  const dryRun = (words: string, more?: object) =>
    run('make', ['-o', 'build', 'release-dry-run', `RELEASE=${folder}`, `ARGS=${words}`], project, more);

  test('makes every file, installs each, and says what it could not try', async () => {
    const { code, stdout, stderr } = await dryRun('--image registry.example.com/tools/mekhanikube');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const files = [
      `mekhanikube-${version}.tgz`,
      'mekhanikube.krew.yaml',
      `mekhanikube-${version}.cdx.json`,
      `mekhanikube-chart-${version}.tgz`,
      'SHA256SUMS',
      'NOTES.md',
    ];
    expect((await readdir(folder)).sort()).toEqual([...files].sort());
    for (const file of files) expect(stdout).toContain(`made       ${file}, `);
    expect(stdout.match(/^(installed|NOT \w+) +.*$/gm)).toEqual([
      'installed  npm install --global: mekhanikube analyses the demo',
      'installed  Krew: kubectl mekhanikube runs',
      'installed  helm install: taken by an API server',
      'NOT TRIED  the image: there is no container engine that answers',
    ]);
    expect(await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], folder)).toMatchObject({ code: 0 });
    const values = await helm!(['show', 'values', path.join(folder, `mekhanikube-chart-${version}.tgz`)]);
    expect(load(values)).toMatchObject({ image: { repository: 'registry.example.com/tools/mekhanikube', tag: '' } });
    const bill = JSON.parse(await readFile(path.join(folder, `mekhanikube-${version}.cdx.json`), 'utf8')) as {
      readonly components: readonly { readonly name: string }[];
    };
    const names = bill.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['commander', 'undici', 'zod']));
    expect(names).not.toContain('vitest');
  });

  test('builds and runs the image where there is an engine, which is told nothing of the release itself', async () => {
    const log = path.join(folder, '..', `${path.basename(folder)}-engine`);
    const engine = `${log}.sh`;
    await writeFile(engine, `#!/bin/sh\necho "$@" >> ${log}\n[ "$1" != run ] || echo ${version}\n`);
    await chmod(engine, 0o755);
    try {
      const { code, stdout } = await dryRun(`--url https://example.com/v${version}`, { DOCKER: engine });
      expect(code).toBe(0);
      expect(stdout).toContain(`run mekhanikube:${version}: runs`);
      const asked = (await readFile(log, 'utf8')).trim().split('\n');
      expect(asked.at(-1)).toBe(`run --rm mekhanikube:${version} --version`);
      expect(asked.at(-2)).toMatch(new RegExp(`^build --tag mekhanikube:${version} --build-arg VERSION=${version} `));
      expect(asked.join('\n')).not.toContain('--url');
      const manifest = load(await readFile(path.join(folder, 'mekhanikube.krew.yaml'), 'utf8'));
      expect(manifest).toMatchObject({
        spec: { platforms: [{ uri: `https://example.com/v${version}/mekhanikube-${version}.tgz` }] },
      });
    } finally {
      for (const file of [log, engine]) await rm(file, { force: true });
    }
  });

  test('a tag that is not the version ends it before anything is made', async () => {
    const { code, stdout, stderr } = await dryRun('--tag v99.0.0');
    expect(code).not.toBe(0);
    expect(stdout).not.toContain('made');
    expect(stderr).toContain(`error: the tag v99.0.0 is not v${version}, the version in package.json`);
  });

  test('a folder with something else in it is left alone', async () => {
    const precious = path.join(folder, 'thesis.txt');
    await writeFile(precious, 'text');
    const { code, stderr } = await dryRun('');
    expect(code).not.toBe(0);
    expect(stderr).toContain('holds thesis.txt, which no release makes');
    expect(await readFile(precious, 'utf8')).toBe('text');
  });
});
