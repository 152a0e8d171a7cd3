import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outsideMake } from '../support/outer-make.ts';

const project = join(import.meta.dirname, '../..');
const text = readFileSync(join(project, 'Makefile'), 'utf8');
const targets = [...text.matchAll(/^([a-z0-9-]+):.*## (.*)$/gm)].map(([, name = '', does = '']) => ({ name, does }));

let folder: string;
/** The Makefile in a folder where everything that it runs only says that it was run, on stdout. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'make-'));
  const tools = join(folder, 'node_modules/.bin');
  mkdirSync(tools, { recursive: true });
  for (const name of ['Makefile', 'package.json', 'package-lock.json']) cpSync(join(project, name), join(folder, name));
  for (const name of ['node', 'npm', 'engine-that-answers']) program(join(tools, name), `echo "${name} $*"`);
  program(join(tools, 'engine-that-is-down'), 'echo cannot connect >&2; exit 1');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

function make(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('make', words, { cwd: folder, env: outsideMake(), encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('make alone lists every target that the Makefile has, and what it does', () => {
  const { status, stdout } = make();
  expect(status).toBe(0);
  const width = Math.max(...targets.map(({ name }) => name.length));
  expect(stdout.trimEnd().split('\n')).toEqual(targets.map(({ name, does }) => `  make ${name.padEnd(width)} ${does}`));
  expect(stdout).toBe(make('help').stdout);
  const own = new Set([...text.matchAll(/^([a-z][a-z0-9-]*):/gm)].map(([, name]) => name));
  expect([...own]).toEqual(targets.map(({ name }) => name));
});

test('there are the targets that people expect', () => {
  const expected =
    'help demo test e2e lint bench build image up down models analyze gpu certs clean control-plane record types';
  expect(targets.map(({ name }) => name)).toEqual(expect.arrayContaining(expected.split(' ')));
});

test('no target is taken for a file of its name', () => {
  const phony = /^\.PHONY: ((?:.*\\\n)*.*)$/m.exec(text)?.[1]?.match(/[a-z0-9-]+/g) ?? [];
  expect(phony.sort()).toEqual(targets.map(({ name }) => name).sort());
});

test.each(['analyze', 'gpu', 'certs', 'models'])(
  'the output of make %s is that of the command: what npm and the build say goes to stderr',
  (target) => {
    rmSync(join(folder, 'node_modules/.ready'), { force: true });
    const { status, stdout, stderr } = make(target, 'ARGS=-o json');
    expect({ status, stdout }).toEqual({ status: 0, stdout: `node bin/mekhanikube.js ${target} -o json\n` });
    expect(stderr).toBe('npm ci --no-audit --no-fund --loglevel=error\nnode scripts/build.ts\n');
  },
);

test.each(['image', 'up', 'down'])('make %s says in one line why it cannot, and fails', (target) => {
  const says = (engine: string) => {
    const { status, stdout, stderr } = make(target, `DOCKER=${engine}`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    return stderr.split('\n')[0];
  };
  expect(says('engine-that-nobody-has')).toBe(
    `make ${target} needs a container engine, and there is no engine-that-nobody-has on the PATH: install Docker, or say DOCKER=podman`,
  );
  expect(says('engine-that-is-down')).toBe(
    `make ${target} needs a container engine: engine-that-is-down is installed, but its engine does not answer; start it, or see what engine-that-is-down version says`,
  );
});

test('with an engine they do what they say', () => {
  const run = (...words: readonly string[]) =>
    make('DOCKER=engine-that-answers', ...words)
      .stdout.trimEnd()
      .split('\n');
  expect(run('image', 'ARGS=--pull')[0]).toMatch(
    /^engine-that-answers build --tag mekhanikube --build-arg VERSION=\d+\.\d+\.\d+ --build-arg REVISION=\w* ?--pull \.$/,
  );
  expect(run('up', 'MODEL=qwen3:4b')).toEqual([
    'engine-that-answers compose up --detach --wait ollama',
    'engine-that-answers compose run --rm models pull qwen3:4b',
  ]);
  expect(run('down')).toEqual(['engine-that-answers compose --profile * down']);
});
