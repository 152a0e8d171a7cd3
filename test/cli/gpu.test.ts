import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Loaders } from '../../src/cli/loaders.ts';
import { runCli } from '../../src/cli/run.ts';
import { gpuSchema } from '../../src/model/gpu-schema.ts';
import type { Resource } from '../../src/model/resources.ts';
import { gpuHolder, gpuNode } from '../analyzers/gpu-support.ts';
import { testIo } from '../support/io.ts';
import { loadedOf } from '../support/loaded.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gpu-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the program against a cluster of one node with two GPUs, of which one is held. */
async function cli(line: string, terminal = false) {
  const loads: string[] = [];
  let wanted: readonly Resource[] = [];
  const { io, written } = testIo({ environment: { XDG_CONFIG_HOME: folder }, columns: terminal ? 100 : undefined });
  const load = (source: 'live' | 'recorded') => {
    loads.push(source);
    return loadedOf([gpuNode('n1', 2), gpuHolder('a', 'n1')], { source });
  };
  const loaders: Loaders = {
    live: async (_config, _hooks, resources) => {
      wanted = resources;
      return load('live');
    },
    recorded: async () => load('recorded'),
    snapshot: async () => load('live'),
    serverVersion: async () => 'v1.36.3',
  };
  return { code: await runCli(line.split(' '), io, loaders), ...written, loads, wanted };
}

test('a live cluster: only what is needed is read, and no bars go into a pipe', async () => {
  const { code, out, err, loads, wanted } = await cli('gpu');
  expect({ code, err, loads }).toEqual({ code: 0, err: '', loads: ['live'] });
  expect(out).toContain('nvidia.com/gpu: 1 of 2 held on 1 node, 1 free');
  expect(out).not.toContain('█');
  expect(wanted).toContain('resourceslices.resource.k8s.io');
  expect(wanted).not.toContain('secrets');
  expect(wanted).not.toContain('events');
});

test('a terminal gets bars', async () => {
  expect((await cli('gpu --no-color', true)).out).toContain('  nvidia.com/gpu  █░  1 of 2 held, 1 free');
});

test('a recording', async () => {
  expect((await cli('gpu --from x.json')).loads).toEqual(['recorded']);
  const wrong = await cli('gpu --from x.json --context y');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('--context is for a live cluster');
});

test('JSON, to stdout or to a file', async () => {
  const file = join(folder, 'gpu.json');
  const { out } = await cli(`gpu -o json -o json=${file}`);
  expect(gpuSchema.parse(JSON.parse(out)).totals[0]?.free).toBe(1);
  expect(await readFile(file, 'utf8')).toBe(out);
});

test('flags that it does not have are refused', async () => {
  expect((await cli('gpu --fail-on critical')).code).toBe(2);
  expect((await cli('gpu -o yaml')).code).toBe(2);
});
