import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Loaders } from '../../src/cli/loaders.ts';
import { runCli } from '../../src/cli/run.ts';
import { UserError } from '../../src/errors.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { testIo } from '../support/io.ts';
import { loadedOf } from '../support/loaded.ts';
import { node } from '../support/objects.ts';

const down = node('n1', {
  status: {
    conditions: [
      { type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-03-01T00:00:00Z', reason: 'NodeStatusUnknown' },
    ],
  },
});
const up = node('n1');

/** What a look finds: these objects, or that the cluster cannot be read. */
type Look = readonly KubeObject[] | 'away';

/** Watches a cluster that is at each look as told, and ends after the last. `between` runs after each look, with the server's address. */
async function watch(
  looks: readonly Look[],
  words: readonly string[] = [],
  between = (_url: string, _look: number) => Promise.resolve(),
) {
  const stop = new AbortController();
  let count = 0;
  let failure: unknown;
  const url = () => /Serving the report at (\S+),/.exec(written.err)?.[1] ?? '';
  const live: Loaders['live'] = async () => {
    if (count > 0)
      await between(url(), count).catch((error: unknown) => {
        failure = error;
        count = looks.length;
      });
    const look = looks[count];
    count += 1;
    if (look === undefined) {
      stop.abort();
      throw new Error('ended');
    }
    if (look === 'away') throw new UserError('away', 'the cluster is away');
    return loadedOf(look);
  };
  const { io, written } = testIo({ environment: { XDG_CONFIG_HOME: '/nowhere' }, signal: stop.signal });
  const never = () => Promise.reject(new Error('not used'));
  const loaders: Loaders = { live, recorded: never, snapshot: never, serverVersion: never };
  const code = await runCli(['watch', '--interval', '1s', '--listen', '127.0.0.1:0', ...words], io, loaders);
  if (failure !== undefined) throw failure;
  return { code, ...written, looks: count };
}

describe('what is printed', () => {
  test('the report first, then only what changes', async () => {
    const { code, out } = await watch([[up], [down], [down], [up]]);
    expect(code).toBe(0);
    expect(out).toMatch(/No problems found/);
    const changes = out.split('\n').filter((line) => /^\d{4}-/.test(line));
    expect(changes).toEqual([
      expect.stringMatching(/NEW +CRITICAL +Node n1: /),
      expect.stringMatching(/RESOLVED +CRITICAL +Node n1: /),
    ]);
  });

  test('as JSON lines', async () => {
    const { out } = await watch([[down], [up]], ['-o', 'jsonl']);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { change: string });
    expect(lines.map(({ change }) => change)).toEqual(['new', 'resolved']);
  });

  test('a cluster that goes away and comes back', async () => {
    const { code, err, out } = await watch([[down], 'away', [down]]);
    expect(code).toBe(0);
    expect(err).toMatch(/could not be read: the cluster is away\. Next try in 1s\.\nThe cluster can be read again\./);
    expect(out).not.toMatch(/RESOLVED/);
  });

  test('a cluster that cannot be read at first is an error', async () => {
    const { code, err, looks } = await watch(['away', [up]]);
    expect({ code, looks }).toEqual({ code: 2, looks: 1 });
    expect(err).toMatch(/error: the cluster is away/);
  });
});

describe('what is served', () => {
  test('the last good report, marked stale while the cluster is away', async () => {
    const seen: unknown[] = [];
    await watch([[down], 'away', [up]], [], async (url) => {
      const report = reportSchema.parse(await (await fetch(`${url}report.json`)).json());
      const health = await fetch(`${url}healthz`);
      seen.push([report.status, report.stale?.reason, health.status, (await health.text()).slice(0, 25)]);
    });
    expect(seen).toEqual([
      ['problems', undefined, 200, 'ok\n'],
      ['problems', 'the cluster is away', 200, 'ok, but the report is sta'],
      ['ok', undefined, 200, 'ok\n'],
    ]);
  });

  test('metrics and a page, of the same report', async () => {
    const texts: string[] = [];
    await watch([[down], 'away', [up]], [], async (url) => {
      const [metrics, page] = await Promise.all([fetch(`${url}metrics`), fetch(url)]);
      expect(metrics.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      texts.push(await metrics.text());
      expect(await page.text()).toMatch(/^<!doctype html>/i);
    });
    const [first, away, back] = texts;
    expect(first).toMatch(/^mekhanikube_stale 0$/m);
    expect(first).toMatch(/^mekhanikube_watch_looks_total\{result="success"\} 1$/m);
    expect(away).toMatch(/^mekhanikube_stale 1$/m);
    expect(away).toMatch(/^mekhanikube_watch_looks_total\{result="failure"\} 1$/m);
    expect(back).toMatch(/^mekhanikube_incidents\{severity="critical"\} 0$/m);
    expect(back).toMatch(/^mekhanikube_stale 0$/m);
  });

  test('nothing, where nothing is wanted', async () => {
    const { code, err } = await watch([[up]], ['--listen', 'none']);
    expect(code).toBe(0);
    expect(err).toBe('');
  });
});

describe('who may read it', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watch-'));
    await writeFile(join(folder, 'token'), 'long-enough-for-a-token\n');
    await writeFile(join(folder, 'short'), 'short\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each<[string, readonly string[], RegExp]>([
    ['every address, for everybody', ['--listen', ':0'], /everybody who can reach it/],
    ['an address of the network', ['--listen', '192.0.2.1:0'], /everybody who can reach it/],
    ['a token that is too short', ['--listen-token-file', 'short'], /fewer than 16 characters/],
    [
      'a token that is not there',
      ['--listen-token-file', 'nope'],
      /token-file \S*nope cannot be read: there is no such file\n/,
    ],
    ['no address', ['--listen', 'localhost'], /is not an address/],
    ['no port', ['--listen', '127.0.0.1:99999'], /is not an address/],
    ['too often', ['--interval', '10ms'], /one second or more/],
    ['a form for files', ['-o', 'html'], /--output|text or jsonl/],
    ['a file', ['-o', 'text=x'], /text or jsonl/],
  ])('%s is refused before the cluster is read', async (_title, words, message) => {
    const given = words.map((word) => (/^(short|nope)$/.test(word) ? join(folder, word) : word));
    const { code, err, looks } = await watch([[up]], given);
    expect({ code, looks }).toEqual({ code: 2, looks: 0 });
    expect(err).toMatch(message);
  });

  test('with a token, those who know it', async () => {
    const statuses: number[] = [];
    const words = ['--listen', '0.0.0.0:0', '--listen-token-file', join(folder, 'token')];
    await watch([[up]], words, async (url) => {
      const address = url.replace('0.0.0.0', '127.0.0.1');
      statuses.push((await fetch(`${address}report.json`)).status);
      const headers = { authorization: 'Bearer long-enough-for-a-token' };
      statuses.push((await fetch(`${address}report.json`, { headers })).status);
    });
    expect(statuses).toEqual([401, 200]);
  });
});
