import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function ignoreOf(
  file: string,
  flags: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string>> = {},
) {
  const path = join(folder, 'c.yaml');
  await writeFile(path, file);
  return (await loadConfig({ flags: { config: path, ...flags }, environment, analyzers: [] })).ignore;
}

const any = { code: [], kind: [], namespace: [], name: [] };

test.each([
  ['', []],
  ['ignore: []', []],
  ['ignore: false', false],
  ['ignore: [{code: PodCrashLoop}]', [{ ...any, code: ['PodCrashLoop'] }]],
  ['ignore: [{code: "PodCrashLoop, Node*"}]', [{ ...any, code: ['PodCrashLoop', 'Node*'] }]],
  [
    'ignore: [{namespace: [a, "b-*"]}, {kind: Pod, name: x}]',
    [
      { ...any, namespace: ['a', 'b-*'] },
      { ...any, kind: ['Pod'], name: ['x'] },
    ],
  ],
  [
    'ignore: [{code: "*", until: 2026-12-31, reason: known}]',
    [{ ...any, code: ['*'], until: '2026-12-31T00:00:00Z', reason: 'known' }],
  ],
  ['ignore: [{code: "*", until: 2026-12-31T12:00:00+01:00}]', [{ ...any, code: ['*'], until: '2026-12-31T11:00:00Z' }]],
])('%s', async (file, rules) => {
  expect(await ignoreOf(file)).toEqual(rules);
});

test('--no-ignore and the environment overrule the file', async () => {
  const file = 'ignore: [{code: PodCrashLoop}]';
  expect(await ignoreOf(file, { ignore: false })).toBe(false);
  expect(await ignoreOf(file, {}, { MEKHANIKUBE_IGNORE: 'false' })).toBe(false);
});

const place = (at: string) => `${at} in FOLDER/c.yaml: `;
test.each([
  ['ignore: nope', `${place('ignore')}must be a list of rules, each with a code, kind, namespace or name`],
  ['ignore: {code: A}', `${place('ignore')}must be a list of rules, each with a code, kind, namespace or name`],
  ['ignore: [{code: A}, PodBad]', place('ignore.1')],
  ['ignore: [{kode: A}]', `${place('ignore.0.kode')}there is no such field: did you mean code?`],
  [
    'ignore: [{code: A, zzz: 1}]',
    `${place('ignore.0.zzz')}there is no such field beside code, kind, namespace, name, reason, until`,
  ],
  ['ignore: [{}]', `${place('ignore.0')}must say what to ignore: code, kind, namespace or name`],
  [
    'ignore: [{reason: x, until: 2026-12-31}]',
    `${place('ignore.0')}must say what to ignore: code, kind, namespace or name`,
  ],
  ['ignore: [{code: ""}]', `${place('ignore.0.code')}must be a pattern, or a list of them`],
  ['ignore: [{code: []}]', `${place('ignore.0.code')}must not be empty`],
  ['ignore: [{code: ","}]', `${place('ignore.0.code')}must not be empty`],
  ['ignore: [{kind: 3}]', `${place('ignore.0.kind')}must be a pattern, or a list of them`],
  ['ignore: [{code: A}, {code: [B, "C D"]}]', `${place('ignore.1.code')}"C D" is no code, and no pattern of codes`],
  [
    'ignore: [{code: A, until: soon}]',
    `${place('ignore.0.until')}"soon" is no date such as 2026-12-31, and no time such as 2026-12-31T12:00:00Z`,
  ],
  ['ignore: [{code: A, until: 2026-02-30}]', `${place('ignore.0.until')}"2026-02-30" is no date`],
  ['ignore: [{code: A, until: 2026}]', `${place('ignore.0.until')}must be a date such as 2026-12-31`],
  ['ignore: [{code: A, reason: ""}]', `${place('ignore.0.reason')}must not be empty`],
])('refuses %s', async (file, message) => {
  const error: unknown = await ignoreOf(file).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'UserError' });
  expect(String(error).replaceAll(folder, 'FOLDER')).toContain(message);
});

test('the environment cannot hold rules, only turn them off', async () => {
  await expect(ignoreOf('', {}, { MEKHANIKUBE_IGNORE: 'PodCrashLoop' })).rejects.toThrow(
    'MEKHANIKUBE_IGNORE: must be a list of rules, each with a code, kind, namespace or name',
  );
});
