import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/config/duration.ts';
import { type Config, loadConfig } from '../../src/config/load.ts';
import { UserError } from '../../src/errors.ts';
import { formats } from '../../src/model/formats.ts';

const analyzers = [
  {
    id: 'pods',
    settings: {
      grace: { default: 60, unit: 'seconds', title: 'Grace' },
      restarts: { default: 5, unit: 'count', title: 'Restarts' },
      usage: { default: 80, unit: 'percent', title: 'Usage' },
    },
  },
  { id: 'nodes', settings: {} },
] as const;

const formatList = `${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Input {
  readonly flags?: Record<string, unknown>;
  readonly environment?: Record<string, string>;
  /** The text of the file in the XDG folder. */
  readonly file?: string;
}

async function config({ flags = {}, environment = {}, file }: Input): Promise<Config> {
  if (file !== undefined) {
    await mkdir(join(folder, 'mekhanikube'), { recursive: true });
    await writeFile(join(folder, 'mekhanikube', 'config.yaml'), file);
  }
  return loadConfig({ flags, environment: { XDG_CONFIG_HOME: folder, ...environment }, analyzers });
}

async function refused(input: Input): Promise<{ message: string; hint: string | undefined }> {
  const error: unknown = await config(input).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`not refused as it should be: ${String(error)}`);
  return { message: error.message.replaceAll(folder, '~'), hint: error.hint };
}

test.each([
  ['30s', 30_000],
  ['1m', 60_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['500ms', 500],
  ['2d', 172_800_000],
  ['30', 30_000],
  ['0', 0],
  [' 5s ', 5_000],
  ['', undefined],
  ['-5s', undefined],
  ['5 s', undefined],
  ['5x', undefined],
  ['s', undefined],
  ['1m30', undefined],
])('the length of time %j', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test('without anything there are defaults', async () => {
  expect(await config({})).toEqual({
    context: [],
    allContexts: false,
    asGroup: [],
    ignore: [],
    pushGroup: [],
    pushJob: 'mekhanikube',
    pushMethod: 'put',
    pushRetries: 3,
    pushTimeout: 10_000,
    insecureSkipTlsVerify: false,
    secrets: 'auto',
    from: [],
    complete: [],
    partial: false,
    namespace: [],
    allNamespaces: false,
    filter: [],
    output: [{ format: 'text' }],
    severity: 'warning',
    all: false,
    requireComplete: false,
    verbose: false,
    explain: false,
    showPrompt: false,
    language: 'English',
    explainTimeout: 600_000,
    cache: true,
    allowRemoteModel: false,
    interval: 60_000,
    listen: '127.0.0.1:9465',
    insecureListen: false,
    analyzers: {},
  });
});

test('file, environment and flags say the same in their own way', async () => {
  const said = {
    failOn: 'critical',
    requestTimeout: 90_000,
    filter: ['pods', 'svc'],
    requireComplete: true,
    color: false,
  };
  const settings = { pods: { grace: 600, restarts: 3 } };
  const file = [
    'failOn: Critical',
    'requestTimeout: 1m30s',
    'filter: [pods, svc]',
    'requireComplete: true',
    'color: false',
    'analyzers: { pods: { grace: 10m, restarts: 3 } }',
  ].join('\n');
  const environment = {
    MEKHANIKUBE_FAIL_ON: 'critical',
    MEKHANIKUBE_REQUEST_TIMEOUT: '90',
    MEKHANIKUBE_FILTER: 'pods, svc',
    MEKHANIKUBE_REQUIRE_COMPLETE: 'true',
    MEKHANIKUBE_COLOR: 'false',
    MEKHANIKUBE_SET: 'pods.grace=600, pods.restarts=3',
  };
  const flags = {
    failOn: 'CRITICAL',
    requestTimeout: '1m30s',
    filter: ['pods,svc'],
    requireComplete: true,
    color: false,
    set: ['pods.grace=10m', 'pods.restarts=3'],
  };
  for (const input of [{ file }, { environment }, { flags }]) {
    expect(await config(input)).toMatchObject({ ...said, analyzers: settings });
  }
});

test('flags win over the environment, which wins over the file, name by name', async () => {
  const result = await config({
    file: 'failOn: info\nseverity: info\ncontext: file\nanalyzers: { pods: { grace: 1s, restarts: 1, usage: 1 } }',
    environment: {
      MEKHANIKUBE_SEVERITY: 'critical',
      MEKHANIKUBE_CONTEXT: 'env',
      MEKHANIKUBE_SET: 'pods.grace=2s,pods.restarts=2',
    },
    flags: { context: 'flag', set: ['pods.grace=3s'] },
  });
  expect(result).toMatchObject({
    failOn: 'info',
    severity: 'critical',
    context: ['flag'],
    analyzers: { pods: { grace: 3, restarts: 2, usage: 1 } },
  });
});

test.each<[Input, Partial<Config>]>([
  [
    { file: 'namespace: shop', flags: { allNamespaces: true } },
    { namespace: [], allNamespaces: true },
  ],
  [
    { file: 'allNamespaces: true', flags: { namespace: ['shop'] } },
    { namespace: ['shop'], allNamespaces: false },
  ],
  [{ flags: { namespace: ['shop'], allNamespaces: true } }, { namespace: ['shop'], allNamespaces: true }],
])('all namespaces and some replace each other between layers: %j', async (input, expected) => {
  expect(await config(input)).toMatchObject(expected);
});

test('outputs have a format and may have a file', async () => {
  const { output } = await config({ flags: { output: ['text', 'json=a=b.json'] } });
  expect(output).toEqual([{ format: 'text' }, { format: 'json', file: 'a=b.json' }]);
});

test.each<[string, Input, string, string | undefined]>([
  [
    'unknown name in the file',
    { file: 'fail_on: info' },
    'fail_on in ~/mekhanikube/config.yaml: there is no such option',
    'Did you mean "failOn"?',
  ],
  [
    'unknown variable',
    { environment: { MEKHANIKUBE_FAILON: 'info' } },
    'MEKHANIKUBE_FAILON: there is no such option',
    'Did you mean "MEKHANIKUBE_FAIL_ON"?',
  ],
  [
    'unknown analyzer',
    { flags: { set: ['pod.grace=1s'] } },
    '--set pod: there is no such analyzer',
    'Did you mean "pods"?',
  ],
  [
    'unknown setting',
    { file: 'analyzers: { pods: { grase: 1 } }' },
    'analyzers.pods.grase in ~/mekhanikube/config.yaml: there is no such setting of pods',
    'Did you mean "grace"?',
  ],
  [
    'unknown setting in the environment',
    { environment: { MEKHANIKUBE_SET: 'pods.grase=1' } },
    'MEKHANIKUBE_SET pods.grase: there is no such setting of pods',
    'Did you mean "grace"?',
  ],
  ['a word of no list', { flags: { failOn: 'bad' } }, '--fail-on: must be critical, warning or info', undefined],
  ['not a time', { flags: { at: 'yesterday' } }, '--at: must be a time such as 2026-03-01T12:00:00Z', undefined],
  [
    'no such day',
    { flags: { at: '2026-13-01T12:00:00Z' } },
    '--at: must be a time such as 2026-03-01T12:00:00Z',
    undefined,
  ],
  [
    'not a length of time',
    { environment: { MEKHANIKUBE_REQUEST_TIMEOUT: 'soon' } },
    'MEKHANIKUBE_REQUEST_TIMEOUT: "soon" is not a length of time: write 30s, 1m or 0 for no limit',
    undefined,
  ],
  [
    'not true or false',
    { environment: { MEKHANIKUBE_PARTIAL: 'maybe' } },
    'MEKHANIKUBE_PARTIAL: must be true or false',
    undefined,
  ],
  [
    'no such format',
    { flags: { output: ['docx'] } },
    `--output: "docx" must be ${formatList}, or one of these with =FILE`,
    undefined,
  ],
  [
    'format without a file',
    { flags: { output: ['json='] } },
    `--output: "json=" must be ${formatList}, or one of these with =FILE`,
    undefined,
  ],
  [
    'a setting of another unit',
    { flags: { set: ['pods.restarts=3m'] } },
    '--set pods.restarts: "3m" must be a whole number',
    undefined,
  ],
  [
    'a setting without a value',
    { flags: { set: ['pods.grace'] } },
    '--set pods.grace: write ANALYZER.SETTING=VALUE',
    'See "mekhanikube analyzers" for the settings.',
  ],
  [
    'a list in the file',
    { file: '- a' },
    'the configuration file ~/mekhanikube/config.yaml must hold names and values',
    'For instance: failOn: critical',
  ],
  ['empty text', { flags: { context: ' ' } }, '--context: must not be empty', undefined],
])('refuses %s', async (_, input, message, hint) => {
  expect(await refused(input)).toEqual({ message, hint });
});

test('refuses a folder', async () => {
  const error = await refused({ environment: { MEKHANIKUBE_CONFIG: folder } });
  expect(error.message).toMatch(/cannot be read: it is a folder$/);
});

test('refuses a file that is not YAML', async () => {
  expect((await refused({ file: 'a: [' })).message).toMatch(/config\.yaml is not YAML: [^\n]* \(line 1\)$/);
});

test('percentages may have their sign', async () => {
  expect((await config({ flags: { set: ['pods.usage=75%'] } })).analyzers).toEqual({ pods: { usage: 75 } });
});

describe('where the file is', () => {
  test('a file that is named has to be there', async () => {
    expect((await refused({ flags: { config: '/nowhere.yaml' } })).message).toMatch(
      /nowhere\.yaml cannot be read: there is no such file/,
    );
    expect((await refused({ environment: { MEKHANIKUBE_CONFIG: '/nowhere.yaml' } })).message).toMatch(/nowhere\.yaml/);
  });

  test('the flag wins over the variable, which wins over the folder', async () => {
    const [one, other] = [join(folder, 'one.yaml'), join(folder, 'other.yaml')];
    await writeFile(one, 'context: one');
    await writeFile(other, 'context: other');
    const input = { file: 'context: folder', environment: { MEKHANIKUBE_CONFIG: other } };
    expect((await config({ ...input, flags: { config: one } })).context).toEqual(['one']);
    expect((await config(input)).context).toEqual(['other']);
    expect((await config({ file: 'context: folder' })).context).toEqual(['folder']);
  });

  test('the working directory is never looked at', async () => {
    const before = process.cwd();
    await mkdir(join(folder, 'work', 'mekhanikube'), { recursive: true });
    for (const name of ['config.yaml', 'mekhanikube.yaml', 'mekhanikube/config.yaml'])
      await writeFile(join(folder, 'work', name), 'context: evil');
    const input = { flags: {}, environment: { XDG_CONFIG_HOME: join(folder, 'none') }, analyzers };
    try {
      process.chdir(join(folder, 'work'));
      expect((await loadConfig(input)).context).toEqual([]);
    } finally {
      process.chdir(before);
    }
  });
});

test.each([
  'MEKHANIKUBE_SERVICE_HOST',
  'MEKHANIKUBE_SERVICE_PORT',
  'MEKHANIKUBE_SERVICE_PORT_HTTP',
  'MEKHANIKUBE_PORT',
  'MEKHANIKUBE_PORT_8080_TCP_ADDR',
  'MEKHANIKUBE_OLLAMA_SERVICE_HOST',
  'MEKHANIKUBE_OLLAMA_PORT_11434_TCP',
])('%s is set by Kubernetes beside a Service, and is none of ours', async (name) => {
  expect(await config({ environment: { [name]: '10.0.0.1' } })).toEqual(await config({}));
});

test('an empty variable is as none', async () => {
  expect(await config({ environment: { MEKHANIKUBE_CONTEXT: '', MEKHANIKUBE_CONFIG: '' } })).toEqual(await config({}));
});
