import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { reportSchema } from '../../src/model/report-schema.ts';
import { type Chat, goodAnswer, say, startOllama } from '../support/fake-ollama.ts';
import { ago, node, object, pod } from '../support/objects.ts';
import { cli, type CliOptions } from '../support/run-cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outputs-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const down = (name: string) =>
  node(name, {
    status: {
      conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: ago('2h') }],
    },
  });
const broken = [down('n1'), object('namespaces', 'shop')];
const environment = () => ({ XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder });
const run = (words: readonly string[], options: CliOptions = {}) =>
  cli(words, { objects: broken, environment: environment(), ...options });
const isReport = async (file: string) => reportSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).success;

describe('what cannot be written is said, ends with 2, and takes nothing away from the rest', () => {
  test.each<[what: string, target: () => string, why: string]>([
    ['a folder that is not there', () => `${folder}/no/a.json`, 'there is no such folder'],
    ['a folder', () => folder, 'it is a folder: name a file in it'],
    ['a file as a folder', () => `${import.meta.filename}/a.json`, 'a part of the path is not a folder'],
    ['a disk that is full', () => '/dev/full', 'no space is left on the device'],
    ['a place where nothing may be made', () => '/proc/a.json', 'there is no such folder'],
    ['a name that is too long', () => join(folder, 'a'.repeat(300)), 'the name is too long'],
  ])('%s', async (_, target, why) => {
    const whole = join(folder, 'whole.json');
    const { code, err, out } = await run(['analyze', '-o', 'text', '-o', `yaml=${target()}`, '-o', `json=${whole}`]);
    expect(err).toBe(`error: cannot write ${target()}: ${why}\n`);
    expect(code).toBe(2);
    expect(out).toMatch(/^CRITICAL/m);
    expect(await isReport(whole)).toBe(true);
    expect(await readdir(folder)).toEqual(['whole.json']);
  });

  test('several at once', async () => {
    const { err, code } = await run(['analyze', '-o', `yaml=${folder}`, '-o', 'json=/dev/full', '-o', 'jsonl']);
    expect(err).toBe(
      `error: cannot write ${folder}: it is a folder: name a file in it; /dev/full: no space is left on the device\n`,
    );
    expect(code).toBe(2);
  });

  test('stdout, and the files are written all the same', async () => {
    const file = join(folder, 'a.json');
    const full = () => Promise.reject(Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' }));
    for (const format of ['text', 'json']) {
      const { err, code } = await run(['analyze', '-o', format, '-o', `json=${file}`, '--fail-on', 'critical'], {
        out: full,
      });
      expect(err).toBe('error: cannot write stdout: no space is left on the device\n');
      expect(code).toBe(2);
      expect(await isReport(file)).toBe(true);
      await rm(file);
    }
  });

  test('other commands', async () => {
    const { err, code, out } = await run(['gpu', '-o', 'text', '-o', 'json=/dev/full']);
    expect(err).toBe('error: cannot write /dev/full: no space is left on the device\n');
    expect(code).toBe(2);
    expect(out).toContain('No accelerators');
  });
});

describe('names of files', () => {
  test('an equals sign belongs to the name, a tilde is the home, a dash is stdout', async () => {
    vi.stubEnv('HOME', folder);
    const { out } = await run(['analyze', '-o', `json=${folder}/a=b.json`, '-o', 'json=~/home.json', '-o', 'yaml=-']);
    expect((await readdir(folder)).sort()).toEqual(['a=b.json', 'home.json']);
    expect(out).toMatch(/^schemaVersion: "1"\n/);
  });

  test.each([
    [
      ['-o', 'json=a.json', '-o', 'text=./a.json'],
      /^error: two outputs go to .*a\.json: the second would replace the first\n$/,
    ],
    [['-o', 'json', '-o', 'yaml'], /^error: only one output can go to stdout\nhint: /],
    [['-o', 'json', '-o', 'yaml=-'], /^error: only one output can go to stdout\nhint: /],
    [['-o', 'json='], /^error: --output: "json=" must be text, json, /],
    [['-o', 'jsno'], /\(did you mean json\?\)\n$/],
    [['-o', 'xml'], /^error: --output: "xml" must be text, json, .* or .*, or one of these with =FILE\n$/],
  ])('%j is refused before anything is read', async (words, message) => {
    const { err, code, out } = await run(['analyze', ...words], { away: true });
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });

  test('a file that is replaced stays as private as it was', async () => {
    const file = join(folder, 'a.json');
    await writeFile(file, 'old');
    await chmod(file, 0o600);
    await run(['analyze', '-o', `json=${file}`]);
    expect(await isReport(file)).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('what lies in the way of a rename is left alone', async () => {
    await mkdir(join(folder, 'a.json'));
    expect((await run(['analyze', '-o', `json=${folder}/a.json`])).code).toBe(2);
    expect((await stat(join(folder, 'a.json'))).isDirectory()).toBe(true);
  });
});

describe('lines of JSON while a model explains', () => {
  const crashing = (name: string, exitCode: number) =>
    pod(name, {
      status: {
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('2h') }],
        containerStatuses: [
          {
            name: 'app',
            ready: false,
            started: false,
            restartCount: 30,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode, reason: 'Error', startedAt: ago('6m'), finishedAt: ago('5m') } },
          },
        ],
      },
    });
  const many = [node('n1'), ...Array.from({ length: 7 }, (_, index) => crashing(`shop/job-${index}`, index + 20))];
  interface Line {
    readonly type: string;
    readonly id?: string;
    readonly explanation?: { readonly source: string };
  }
  const linesOf = (out: string) =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);

  test('each incident is printed once, as soon as it is final, and the summary at the end', async () => {
    const printed = Promise.withResolvers<void>();
    const chat: Chat = async (body, response, number) => {
      // The second answer does not come before the first is printed: what waits for all would wait for ever.
      if (number === 2) await printed.promise;
      say(response, goodAnswer(body, { cause: `Answer ${number}.` }));
    };
    const ollama = await startOllama({ chat });
    try {
      const words = ['analyze', '--explain', '--ollama-host', ollama.url, '-o', 'jsonl', '-o', `json=${folder}/a.json`];
      const onOut = (text: string) => void (/"source":"model"/.test(text) && printed.resolve());
      const { out, code } = await run(words, { objects: many, onOut });
      const lines = linesOf(out);
      const report = reportSchema.parse(JSON.parse(await readFile(`${folder}/a.json`, 'utf8')));
      expect(lines.map(({ type }) => type)).toEqual([...report.incidents.map(() => 'incident'), 'summary']);
      expect(lines.flatMap(({ id }) => id ?? []).sort()).toEqual(report.incidents.map(({ id }) => id).sort());
      for (const { id, explanation } of lines.slice(0, -1))
        expect(explanation).toEqual(report.incidents.find((one) => one.id === id)?.explanation);
      expect(ollama.chats().length).toBeGreaterThan(1);
      expect(code).toBe(0);
    } finally {
      await ollama.close();
    }
  });

  test('without a model that answers they are the same as without one', async () => {
    const ollama = await startOllama({ models: [] });
    try {
      const plain = linesOf((await run(['analyze', '-o', 'jsonl'], { objects: many })).out);
      const words = ['analyze', '--explain', '--ollama-host', ollama.url, '-o', 'jsonl'];
      const lines = linesOf((await run(words, { objects: many })).out);
      expect(lines.slice(0, -1).map(({ id }) => id)).toEqual(plain.slice(0, -1).map(({ id }) => id));
      expect(lines.every(({ explanation }) => explanation?.source !== 'model')).toBe(true);
    } finally {
      await ollama.close();
    }
  });
});
