import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formats } from '../../src/model/formats.ts';
import { builtInLoaders } from '../../src/cli/built-in-loaders.ts';
import { runCli } from '../../src/cli/run.ts';
import { type FakeOllama, goodAnswer, say, startOllama } from '../support/fake-ollama.ts';
import { ago, deployment, event, node, now, object, pod } from '../support/objects.ts';

const planted = 'hunter2-correct-horse-battery-staple';
const encoded = Buffer.from(planted).toString('base64');
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
const keyText = String(key);
const encodedKey = Buffer.from(keyText).toString('base64');
/** What must not be found anywhere: whole lines of the key too, for a text may be broken into lines. */
const forbidden = [
  planted,
  encoded,
  ...keyText.split('\n').filter((line) => line !== '' && !line.startsWith('-----')),
  encodedKey.slice(0, 60),
  encodedKey.slice(-60),
];

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
  env: [
    { name: 'DB_PASSWORD', value: planted },
    { name: 'SIGNING_KEY', value: keyText },
    { name: 'DATABASE', value: `postgres://shop:${planted}@db.shop/shop` },
  ],
  command: ['/bin/sh', '-c', `DB_PASSWORD=${planted} exec server --key '${keyText}'`],
};
/** What a careless program says at its end, and a controller says after it. */
const careless = `cannot log in with password=${planted} at https://shop:${planted}@db.shop, key ${keyText}`;
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
  {
    ...object('secrets', 'shop/web-tls'),
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': encodedKey, 'tls.key': encodedKey },
  },
  { ...object('configmaps', 'shop/settings'), data: { config: `password: ${planted}`, 'server.pem': keyText } },
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
          lastState: {
            terminated: {
              exitCode: 1,
              reason: 'Error',
              message: careless,
              startedAt: ago('6m'),
              finishedAt: ago('5m'),
            },
          },
        },
      ],
    },
  }),
];

test('no prompt, output, log or cached explanation holds a key or a password of the cluster', async () => {
  const recording = join(folder, 'cluster.json');
  const said = event(objects.at(-1)!, 'Failed', careless);
  await writeFile(recording, JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [...objects, said] }));
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
  const from = ['--from', recording, '--at', now, '-v'];
  const analyze = ['analyze', ...from, '--severity', 'info', '--all'];
  for (const words of [
    [...analyze, '--show-prompt'],
    [...analyze, '--explain'],
    ...formats.map((format) => [...analyze, '--explain', '-o', format]),
    ...['text', 'json'].flatMap((format) => ['gpu', 'certs'].map((name) => [name, ...from, '-o', format])),
  ]) {
    const before = written.length;
    expect([words, await runCli(words, io, builtInLoaders)]).toEqual([words, 0]);
    expect(written.length).toBeGreaterThan(before + 100);
  }
  // The careless sentence itself is shown, without what it should not have said.
  expect(written).toContain('cannot log in with password=');
  const cache = join(folder, 'cache', 'mekhanikube', 'explanations');
  const cached = await Promise.all((await readdir(cache)).map((name) => readFile(join(cache, name), 'utf8')));
  const sent = JSON.stringify(ollama.requests);
  expect(ollama.chats().length).toBeGreaterThan(0);
  expect(cached.length).toBeGreaterThan(0);
  for (const text of [written, sent, ...cached])
    expect(forbidden.filter((one) => text.includes(one) || text.includes(JSON.stringify(one).slice(1, -1)))).toEqual(
      [],
    );
});
