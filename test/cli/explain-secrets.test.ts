import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtInLoaders } from '../../src/cli/built-in-loaders.ts';
import { runCli } from '../../src/cli/run.ts';
import { type FakeOllama, goodAnswer, say, startOllama } from '../support/fake-ollama.ts';
import { ago, deployment, node, now, object, pod } from '../support/objects.ts';

const planted = 'hunter2-correct-horse-battery-staple';
const encoded = Buffer.from(planted).toString('base64');

let folder: string;
let ollama: FakeOllama;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planted-'));
  ollama = await startOllama({
    chat: (body, response) => say(response, goodAnswer(body, { cause: 'It crashes.', steps: [] })),
  });
});
afterEach(async () => {
  await ollama.close();
  await rm(folder, { recursive: true, force: true });
});

const container = {
  name: 'app',
  image: 'registry.example.com/app:1',
  args: [`--password=${planted}`, '--db-token', planted],
  env: [{ name: 'DB_PASSWORD', value: planted }],
};
const lastApplied = {
  'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: { password: encoded } }),
};
const objects = [
  node('n1'),
  object('namespaces', 'shop'),
  {
    ...object('secrets', 'shop/db', { metadata: { annotations: lastApplied } }),
    data: { password: encoded, 'tls.key': encoded },
  },
  { ...object('configmaps', 'shop/settings'), data: { config: `password: ${planted}` } },
  deployment('shop/web', { metadata: { annotations: lastApplied } }),
  pod('shop/web-1', {
    metadata: { annotations: lastApplied },
    spec: { containers: [container] },
    status: {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('2h') }],
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          started: false,
          restartCount: 30,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago('6m'), finishedAt: ago('5m') } },
        },
      ],
    },
  }),
];

test('no prompt, output, log or cached explanation holds a value of a Secret, of the environment or of an argument', async () => {
  const recording = join(folder, 'cluster.json');
  await writeFile(recording, JSON.stringify({ kind: 'List', apiVersion: 'v1', items: objects }));
  let written = '';
  const io = {
    out: (text: string) => {
      written += text;
      return Promise.resolve();
    },
    err: (text: string) => void (written += text),
    environment: { XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), OLLAMA_HOST: ollama.url },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: undefined,
    signal: new AbortController().signal,
  };
  const analyze = ['analyze', '--from', recording, '--at', now, '--severity', 'info', '--all', '-v'];
  for (const more of [['--show-prompt'], ['--explain'], ['--explain', '-o', 'json']])
    expect(await runCli([...analyze, ...more], io, builtInLoaders)).toBe(0);
  const cache = join(folder, 'cache', 'mekhanikube', 'explanations');
  const cached = await Promise.all((await readdir(cache)).map((name) => readFile(join(cache, name), 'utf8')));
  const sent = JSON.stringify(ollama.requests);
  expect(ollama.chats().length).toBeGreaterThan(0);
  expect(cached.length).toBeGreaterThan(0);
  for (const text of [written, sent, ...cached]) {
    expect(text).not.toContain(planted);
    expect(text).not.toContain(encoded);
  }
});
