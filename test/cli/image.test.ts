import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const project = join(import.meta.dirname, '../..');
const lines = (name: string) =>
  readFileSync(join(project, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
const dockerfile = lines('Dockerfile');

test('what an image is built from is a list of what is needed: nothing else of the folder gets there', () => {
  const [first, ...allowed] = lines('.dockerignore');
  expect(first).toBe('*');
  expect(allowed.filter((line) => !line.startsWith('!'))).toEqual([]);
  const names = allowed.map((line) => line.slice(1));
  expect(names.filter((name) => !existsSync(join(project, name)))).toEqual([]);
  const needed = [...manifest.files.filter((name) => name !== 'dist'), 'src', 'analyzers', 'scripts', '.npmrc'];
  expect(names).toEqual(expect.arrayContaining([...needed, 'package.json', 'package-lock.json', 'tsconfig.json']));
  expect(names.filter((name) => /node_modules|\.git|\.env|kubeconfig/.test(name))).toEqual([]);
});

test('both base images are arguments, so that they can be given by digest', () => {
  const bases = dockerfile.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []);
  expect(bases).toEqual(['${BUILD_IMAGE}', '${RUN_IMAGE}']);
  const first = dockerfile.findIndex((line) => line.startsWith('FROM '));
  for (const name of ['BUILD_IMAGE', 'RUN_IMAGE'])
    expect(dockerfile.slice(0, first).some((line) => line.startsWith(`ARG ${name}=`))).toBe(true);
});

test('the image runs as a number, which Kubernetes can tell from root, and without a shell', () => {
  const last = dockerfile.slice(dockerfile.findLastIndex((line) => line.startsWith('FROM ')));
  expect(last).toContain('USER 65532:65532');
  expect(last.filter((line) => line.startsWith('RUN '))).toEqual([]);
  expect(last.find((line) => line.startsWith('ENTRYPOINT '))).toMatch(/^ENTRYPOINT \["/);
});
