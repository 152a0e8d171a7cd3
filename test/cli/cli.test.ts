import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Loaders } from '../../src/cli/loaders.ts';
import { runCli } from '../../src/cli/run.ts';
import type { Loaded } from '../../src/cluster/load.ts';
import { UserError } from '../../src/errors.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import { testIo } from '../support/io.ts';
import { loadedOf } from '../support/loaded.ts';
import { ago, node, object } from '../support/objects.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Setting {
  readonly objects?: readonly KubeObject[];
  readonly missing?: Record<string, string>;
  readonly environment?: Record<string, string>;
  readonly terminal?: boolean;
  readonly fail?: unknown;
}

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Which loaders ran, with what they were told. */
  readonly loads: readonly [string, ...unknown[]][];
}

/** Runs the program as a process would, against a cluster of these objects. */
async function cli(line: string, setting: Setting = {}): Promise<Outcome> {
  const loads: [string, ...unknown[]][] = [];
  const { io, written } = testIo({
    environment: { XDG_CONFIG_HOME: folder, ...setting.environment },
    columns: setting.terminal === true ? 100 : undefined,
  });
  const load = (source: Loaded['source']) => {
    if (setting.fail !== undefined) throw setting.fail;
    return loadedOf(setting.objects ?? [], { source, missing: setting.missing ?? {} });
  };
  const loaders: Loaders = {
    live: async ({ context, namespace, secrets }, { onRequest }) => {
      loads.push(['live', { context, namespace, secrets }]);
      onRequest?.('GET /version 200 100 bytes 3 ms');
      return load('live');
    },
    recorded: async ({ from, at, complete, partial }) => {
      loads.push(['recorded', { from, at, complete, partial }]);
      return load('recorded');
    },
    snapshot: async (file, { secrets }) => {
      loads.push(['snapshot', file, secrets]);
      return load('live');
    },
    serverVersion: async () => {
      loads.push(['version']);
      if (setting.fail !== undefined) throw setting.fail;
      return 'v1.36.3 (https://127.0.0.1:6443)';
    },
  };
  const words = line.split(' ').filter((word) => word !== '');
  const code = await runCli(words, io, loaders);
  return { code, ...written, loads };
}

/** A cluster with one critical incident, whatever else the analyzers say: its node is not ready. */
const broken = [
  node('n1', {
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          lastTransitionTime: ago('2h'),
          message: 'Kubelet stopped posting node status.',
        },
      ],
    },
  }),
  object('namespaces', 'shop'),
];
const healthy = [node('n1'), object('namespaces', 'shop')];

describe('exit codes', () => {
  test.each<[string, Setting, number]>([
    ['analyze', { objects: healthy }, 0],
    ['analyze', { objects: broken }, 0],
    ['analyze --fail-on critical', { objects: broken }, 1],
    ['analyze --fail-on info', { objects: broken }, 1],
    ['analyze --fail-on info', { objects: healthy }, 0],
    ['analyze --fail-on critical --filter services', { objects: broken }, 0],
    ['analyze --require-complete', { objects: healthy }, 0],
    ['analyze --require-complete', { objects: healthy, missing: { secrets: 'forbidden' } }, 3],
    ['analyze', { objects: healthy, missing: { secrets: 'forbidden' } }, 0],
    ['analyze --require-complete --fail-on critical', { objects: broken, missing: { secrets: 'forbidden' } }, 1],
    ['analyze -n shp', { objects: healthy }, 2],
    ['analyze', { fail: new UserError('x', 'the cluster is away') }, 2],
    ['analyze', { fail: new TypeError('undefined is not a function') }, 70],
    ['analyze --nonsense', {}, 2],
    ['analyse', {}, 2],
    ['analyze --fail-on', {}, 2],
    ['analyze --fail-on bad', {}, 2],
    ['analyzers extra', {}, 2],
    ['snapshot', {}, 2],
    ['', {}, 0],
    ['--help', {}, 0],
    ['help analyze', {}, 0],
    ['analyze --help', {}, 0],
    ['--version', {}, 0],
    ['version --client', {}, 0],
    ['version', {}, 0],
    ['version', { fail: new UserError('x', 'away') }, 0],
  ])('mekhanikube %s (%j) ends with %i', async (line, setting, code) => {
    expect((await cli(line, setting)).code).toBe(code);
  });
});

describe('stdout carries the report and nothing else', () => {
  test('text', async () => {
    const { out, err } = await cli('analyze', { objects: broken });
    expect(out.match(/^CRITICAL/gm)).toHaveLength(1);
    expect(out).toContain('Node n1');
    expect(err).toBe('');
  });

  test('json, strictly of its form', async () => {
    const { out, err } = await cli('analyze -o json -v', { objects: broken });
    expect(reportSchema.parse(JSON.parse(out))).toMatchObject({ status: 'problems', complete: true });
    expect(err).toContain('GET /version 200 100 bytes 3 ms\n');
    expect(err).toMatch(/^load: \d+ ms$/m);
  });

  test('nothing on failure', async () => {
    expect((await cli('analyze', { fail: new UserError('x', 'away') })).out).toBe('');
    expect((await cli('analyze --nonsense')).out).toBe('');
  });

  test('help', async () => {
    const { out, err } = await cli('');
    const headings = [...out.matchAll(/^(\S.*):$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'Options',
      'Diagnosis',
      'Lists',
      'Recordings and metrics',
      'Set-up',
      'Examples',
      'Exit codes',
    ]);
    const commands = ['analyze', 'watch', 'diff', 'gpu', 'certs', 'analyzers', 'snapshot', 'push', 'doctor', 'models'];
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(out).toContain('Exit codes:');
    expect(err).toBe('');
  });
});

describe('failures are said in a line, with a hint', () => {
  test.each<[string, Setting, string]>([
    [
      'analyze',
      { fail: new UserError('x', 'it\u001B[2J is away', { hint: 'wait\nhere' }) },
      'error: it\u{FFFD}[2J is away\nhint: wait here\n',
    ],
    ['analyze --contxt a', {}, "error: unknown option '--contxt'\nhint: Did you mean --context?\n"],
    ['analyse', {}, "error: unknown command 'analyse'\nhint: Did you mean analyze?\n"],
    [
      '--from a.gz analyze',
      {},
      "error: unknown option '--from'\nhint: It stands behind its command: mekhanikube analyze --from\n",
    ],
    ['gpu --tree', {}, "error: unknown option '--tree'\nhint: See: mekhanikube gpu --help\n"],
    ['diff one.json', {}, "error: missing required argument 'new'\nhint: See: mekhanikube diff --help\n"],
    ['analyze --namespace=', {}, 'error: --namespace: must not be empty\n'],
    ['analyze --filter=', {}, 'error: --filter: must not be empty\n'],
    ['analyze -n xyz', { objects: healthy }, 'error: there is no namespace "xyz"\nhint: Known namespaces: shop.\n'],
    ['analyze -n shp', { objects: healthy }, 'error: there is no namespace "shp"\nhint: Did you mean "shop"?\n'],
    [
      'analyze',
      { fail: new TypeError('oops') },
      'error: this is a bug in mekhanikube: oops\nhint: run it again with -v for details, and report them.\n',
    ],
  ])('%s', async (line, setting, err) => {
    expect((await cli(line, setting)).err).toBe(err);
  });

  test('a name of any length is cut', async () => {
    const { err } = await cli(`analyze -n ${'x'.repeat(100_000)}`, { objects: healthy });
    expect(err).toMatch(/^error: there is no namespace "x+ \.\.\. x+"\nhint: .*\n$/);
    expect(err.length).toBeLessThan(1_200);
  });

  test('a stack only with -v', async () => {
    const { err } = await cli('analyze -v', { fail: new TypeError('oops') });
    expect(err).toMatch(/ at .*cli\.test\.ts/);
  });
});

describe('where to read from', () => {
  test('flags may stand before and after the command', async () => {
    const expected = [['live', { context: ['a'], namespace: [], secrets: 'auto' }]];
    expect((await cli('--context a analyze')).loads).toEqual(expected);
    expect((await cli('analyze --context a')).loads).toEqual(expected);
  });

  test('a recording', async () => {
    const { loads, out } = await cli(
      'analyze --from a.json --from b.json --at 2026-01-01T00:00:00Z --complete pods,svc --complete nodes',
    );
    expect(loads).toEqual([
      [
        'recorded',
        { from: ['a.json', 'b.json'], at: '2026-01-01T00:00:00Z', complete: ['pods', 'svc', 'nodes'], partial: false },
      ],
    ]);
    expect(out).toContain('recorded at');
  });

  test.each([
    ['analyze --from a --context b', '--context is for a live cluster'],
    ['analyze --from a --secrets never', '--secrets is for a live cluster'],
    ['analyze --at 2026-01-01T00:00:00Z', '--at is for recordings'],
    ['analyze --partial', '--partial is for recordings'],
    ['analyze --from a --partial --complete pods', 'contradict'],
    ['analyze -o text -o json', 'only one output can go to stdout'],
    ['analyze -n a -A', 'exclude each other'],
  ])('%s has no sense', async (line, message) => {
    const { code, err, loads } = await cli(line);
    expect(err).toContain(message);
    expect(code).toBe(2);
    expect(loads).toEqual([]);
  });

  test('a context of the configuration does not matter to a recording', async () => {
    await writeFile(join(folder, 'config.yaml'), 'context: prod');
    const { code } = await cli(`analyze --from a --config ${folder}/config.yaml`);
    expect(code).toBe(0);
  });
});

describe('reports in files', () => {
  test('beside stdout, whole or not at all', async () => {
    const file = join(folder, 'report.json');
    const { out } = await cli(`analyze -o text -o json=${file}`, { objects: broken });
    expect(out).toMatch(/^CRITICAL/m);
    expect(reportSchema.parse(JSON.parse(await readFile(file, 'utf8'))).status).toBe('problems');
    expect(await readdir(folder)).toEqual(['report.json']);
  });

  test('only there, without colours', async () => {
    const file = join(folder, 'report.txt');
    const { out } = await cli(`analyze -o text=${file}`, { objects: broken, terminal: true });
    expect(out).toBe('');
    expect(await readFile(file, 'utf8')).toMatch(/^CRITICAL/m);
  });

  test('an older report is replaced, a link followed', async () => {
    await writeFile(join(folder, 'real'), 'old');
    await symlink(join(folder, 'real'), join(folder, 'link'));
    await cli(`analyze -o json=${join(folder, 'link')}`, { objects: healthy });
    expect(JSON.parse(await readFile(join(folder, 'real'), 'utf8'))).toMatchObject({ status: 'ok' });
    expect((await readdir(folder)).sort()).toEqual(['link', 'real']);
  });

  test('a place that cannot be written to is said, after the report on stdout', async () => {
    const { code, err, out } = await cli(`analyze -o text -o json=${folder}/no/where.json`, { objects: healthy });
    expect(code).toBe(2);
    expect(err).toContain('cannot write');
    expect(out).toContain('No problems found');
  });
});

describe('colours', () => {
  test.each<[string, Setting, boolean]>([
    ['analyze', { terminal: true }, true],
    ['analyze', {}, false],
    ['analyze --no-color', { terminal: true }, false],
    ['analyze', { terminal: true, environment: { NO_COLOR: '1' } }, false],
    ['analyze', { terminal: true, environment: { NO_COLOR: '' } }, true],
    ['analyze', { terminal: true, environment: { TERM: 'dumb' } }, false],
    ['analyze', { environment: { FORCE_COLOR: '1' } }, true],
    ['analyze', { terminal: true, environment: { FORCE_COLOR: '0' } }, false],
    ['analyze --no-color', { environment: { FORCE_COLOR: '1' } }, false],
    ['analyze', { environment: { FORCE_COLOR: '1', NO_COLOR: '1' } }, true],
    ['analyze -o json', { terminal: true }, false],
  ])('%s with %j: %s', async (line, setting, colored) => {
    const { out } = await cli(line, { objects: broken, ...setting });
    expect(out.includes('\u001B[')).toBe(colored);
  });
});

describe('other commands', () => {
  test('analyzers lists what is looked for', async () => {
    const { out } = await cli('analyzers');
    expect(out).toMatch(/^nodes: /m);
    expect(out).toMatch(/^ {2}reads .*nodes/m);
    const { out: json } = await cli('analyzers -o json');
    const list = JSON.parse(json) as { id: string; codes: { code: string; severity: string }[] }[];
    expect(list.map(({ id }) => id)).toContain('pods');
    expect(list.flatMap(({ codes }) => codes).length).toBeGreaterThan(10);
  });

  test('snapshot records a live cluster and says so on stderr', async () => {
    const { out, err, loads } = await cli('snapshot cluster.gz --secrets never', {
      objects: healthy,
      missing: { secrets: 'not asked for' },
    });
    expect(loads).toEqual([['snapshot', 'cluster.gz', 'never']]);
    expect(out).toBe('');
    expect(err).toBe('Wrote 2 objects to cluster.gz.\nNot recorded: secrets (not asked for)\n');
  });

  test('version asks the server, unless told not to', async () => {
    const both = await cli('version');
    expect(both.out).toMatch(/^mekhanikube \S+ \(Node v.*\)\nserver v1\.36\.3 \(https:.*\)\n$/);
    const away = await cli('version', { fail: new UserError('x', 'away') });
    expect(away.out).toMatch(/^mekhanikube \S+ .*\n$/);
    expect(away.err).toBe('The server could not be asked: away\n');
    expect((await cli('version --client')).loads).toEqual([]);
  });
});

test('the severity and the scope come from flags', async () => {
  expect((await cli('analyze --filter Service', { objects: broken })).out).toContain(
    'Scope: all namespaces, only Service',
  );
  expect((await cli('analyze nodes/n1', { objects: broken })).out).toMatch(/^CRITICAL/m);
  expect((await cli('analyze node n1', { objects: broken })).out).toMatch(/^CRITICAL/m);
});
