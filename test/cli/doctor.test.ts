import { afterEach, expect, test } from 'vitest';
import { type FakeOllama, type FakeOptions, installed, startOllama } from '../support/fake-ollama.ts';
import { node, object } from '../support/objects.ts';
import { cli, type CliOptions } from '../support/run-cli.ts';

let ollama: FakeOllama | undefined;
afterEach(async () => {
  await ollama?.close();
  ollama = undefined;
});

async function doctor(fake: FakeOptions, words: readonly string[] = [], options: CliOptions = {}) {
  ollama = await startOllama(fake);
  const environment = { XDG_CONFIG_HOME: '/nowhere', OLLAMA_HOST: ollama.url };
  return cli(['doctor', ...words], { environment, objects: [node('n1'), object('namespaces', 'shop')], ...options });
}

test('all is well', async () => {
  const { code, out, err } = await doctor({});
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = out.trimEnd().split('\n');
  for (const line of lines) expect(line).toMatch(/^ok {3}/);
  expect(out).toContain('Cluster test at https://127.0.0.1:6443: v1.36.3');
  expect(out).toContain('Everything that is looked at may be listed');
  expect(out).toMatch(/Ollama 0\.24\.0 at http:\/\/127\.0\.0\.1:\d+/);
  expect(out).toContain('Model qwen3:8b is installed');
  expect(out).toContain('Its context has 40960 tokens');
});

const shown = (length: number) => ({
  capabilities: ['completion'],
  model_info: { 'general.architecture': 'a', 'a.context_length': length },
});

test.each<[string, FakeOptions, readonly string[], CliOptions, number, RegExp]>([
  ['the cluster is away', {}, [], { away: true }, 2, /bad {2}Cluster: the cluster is away\n {5}fix: Wake it\./],
  [
    'something may not be listed',
    {},
    [],
    { missing: { secrets: 'forbidden' } },
    3,
    /bad {2}Not listed: secrets \(forbidden\)\n {5}fix: /,
  ],
  ['an old Ollama', { version: '0.11.10' }, [], {}, 3, /bad {2}Ollama 0\.11\.10 .* old.*\n {5}fix: Update/],
  ['a newer one', { version: '1.0.0-rc1' }, [], {}, 0, /ok {3}Ollama 1\.0\.0-rc1/],
  ['one built from source', { version: '0.0.0' }, [], {}, 0, /ok {3}Ollama 0\.0\.0/],
  ['no model', { models: [] }, [], {}, 3, /bad {2}Ollama: no model is installed\n {5}fix: /],
  ['another model', {}, ['--model', 'x'], {}, 3, /bad {2}Ollama: the model x is not installed\n {5}fix: .*pull x/],
  [
    'a model of a cloud',
    { models: [installed('x:cloud')] },
    ['--model', 'x:cloud'],
    {},
    3,
    /servers of its maker\n {5}fix: /,
  ],
  [
    'that is allowed',
    { models: [installed('x:cloud')] },
    ['--model', 'x:cloud', '--allow-remote-model'],
    {},
    0,
    /x:cloud is installed/,
  ],
  ['a model for embeddings', { show: { capabilities: ['embedding'] } }, [], {}, 3, /does not write text\n {5}fix: /],
  ['a small context', { show: shown(2_048) }, [], {}, 3, /context of 2048 tokens is small\n {5}fix: /],
  [
    'an unknown context',
    { show: { capabilities: ['completion'] } },
    [],
    {},
    0,
    /note .*context is not known\n {5}fix: /,
  ],
])('%s', async (_, fake, words, options, exitCode, message) => {
  const { code, out } = await doctor(fake, words, options);
  expect(code).toBe(exitCode);
  expect(out).toMatch(message);
});

test('no Ollama', async () => {
  const { code, out } = await cli(['doctor', '--ollama-host', '127.0.0.1:1'], {
    environment: { XDG_CONFIG_HOME: '/nowhere' },
    objects: [node('n1')],
  });
  expect(code).toBe(3);
  expect(out).toMatch(/bad {2}Ollama: Ollama cannot be reached.*\n( {5}.*\n)* {5}fix: Start it/);
});
