import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheKey, fileCache } from '../../src/explain/cache.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const key = (number: number) => number.toString(16).padStart(32, '0');

test('keeps what was put', async () => {
  const cache = fileCache(join(folder, 'new', 'deep'));
  expect(await cache.get(key(1))).toBeUndefined();
  await cache.put(key(1), { cause: 'x' });
  expect(await cache.get(key(1))).toEqual({ cause: 'x' });
});

test('runs at the same time see whole files', async () => {
  const caches = Array.from({ length: 8 }, () => fileCache(folder));
  const long = { cause: 'x'.repeat(10_000) };
  const seen: unknown[] = [];
  await Promise.all(
    caches.flatMap((cache) =>
      Array.from({ length: 10 }, async () => {
        await cache.put(key(1), long);
        seen.push(await cache.get(key(1)));
      }),
    ),
  );
  for (const one of seen) expect(one).toEqual(long);
  expect(await readdir(folder)).toEqual([`${key(1)}.json`]);
});

test('is bounded: the oldest go, and what was used stays', async () => {
  const cache = fileCache(folder);
  const old = new Date(Date.now() - 86_400_000);
  for (let number = 0; number < 505; number += 1) {
    await writeFile(join(folder, `${key(number)}.json`), '{}');
    await utimes(join(folder, `${key(number)}.json`), old, old);
  }
  await writeFile(join(folder, 'dead.tmp'), '');
  await utimes(join(folder, 'dead.tmp'), old, old);
  await writeFile(join(folder, 'notes.txt'), 'mine');
  await cache.get(key(7));
  await cache.put(key(1_000), { new: true });
  const names = await readdir(folder);
  expect(names.length).toBeLessThanOrEqual(500);
  expect(names).toEqual(expect.arrayContaining([`${key(7)}.json`, `${key(1_000)}.json`, 'notes.txt']));
  expect(names).not.toContain('dead.tmp');
});

test('too large, broken, or a folder that cannot be written: no error', async () => {
  const cache = fileCache(folder);
  await cache.put(key(1), 'x'.repeat(100_000));
  expect(await readdir(folder)).toEqual([]);
  await writeFile(join(folder, `${key(2)}.json`), '{"half');
  expect(await cache.get(key(2))).toBeUndefined();
  await writeFile(join(folder, `${key(3)}.json`), `"${'x'.repeat(100_000)}"`);
  expect(await cache.get(key(3))).toBeUndefined();
  await fileCache(join(folder, `${key(2)}.json`, 'sub')).put(key(1), {});
});

test('the key depends on all that the explanation depends on', () => {
  const parts = { signature: 's', digest: 'd', prompts: { system: 'p' }, language: 'l' };
  const all = [
    parts,
    { ...parts, signature: 'x' },
    { ...parts, digest: 'x' },
    { ...parts, prompts: {} },
    { ...parts, language: 'x' },
  ];
  expect(new Set(all.map(cacheKey)).size).toBe(all.length);
});
