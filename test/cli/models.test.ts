import { totalmem } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { recommended, recommendedFor } from '../../src/explain/ollama/recommended.ts';
import { type FakeOllama, type FakeOptions, installed, json, startOllama, stream } from '../support/fake-ollama.ts';
import { cli } from '../support/run-cli.ts';

let ollama: FakeOllama | undefined;
afterEach(async () => {
  await ollama?.close();
  ollama = undefined;
});

async function models(words: readonly string[], fake: FakeOptions = {}, more: Record<string, string> = {}) {
  ollama = await startOllama(fake);
  const environment = { XDG_CONFIG_HOME: '/nowhere', OLLAMA_HOST: ollama.url, ...more };
  return cli(['models', ...words], { environment });
}

test('lists what is installed, and what suits', async () => {
  const { code, out } = await models([], { models: [installed('qwen3:8b'), installed('gpt-oss:120b-cloud')] });
  expect(code).toBe(0);
  expect(out).toMatch(/qwen3:8b {12}5\.2 GB, 8\.2B parameters, Q4_K_M, context 40960/);
  expect(out).toMatch(/gpt-oss:120b-cloud {2}runs on the servers of its maker/);
  expect(out).toMatch(/Recommended for \d+\.\d GB of memory/);
});

test('as JSON', async () => {
  const { out } = await models(['-o', 'json']);
  expect(JSON.parse(out)).toMatchObject({
    models: [{ name: 'qwen3:8b', contextLength: 40_960 }],
    recommended: expect.any(String),
  });
});

test('nothing is installed', async () => {
  const { code, out } = await models([], { models: [] });
  expect(code).toBe(0);
  expect(out).toMatch(/none\n\nRecommended(.|\n)*mekhanikube models pull/);
});

test('pulls, with progress', async () => {
  const { code, err, out } = await models(['pull', 'qwen3:4b'], {
    other: (path, body, response) => {
      if (path !== '/api/pull') return false;
      expect(body).toMatchObject({ name: 'qwen3:4b', stream: true });
      const write = stream(response);
      write({ status: 'pulling manifest' });
      for (const completed of [0, 5, 30, 100]) write({ status: 'pulling abc', total: 100, completed });
      write({ status: 'success' });
      response.end();
      return true;
    },
  });
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toBe('30 %\n100 %\nInstalled qwen3:4b.\n');
});

test.each([
  ['the model of the configuration', { MEKHANIKUBE_MODEL: 'qwen3:4b' }, 'qwen3:4b'],
  ['what suits this machine', {}, recommendedFor(totalmem()).name],
])('pulls without a name %s, and says which', async (_, more, name) => {
  const other: FakeOptions['other'] = (path, body, response) => {
    if (path !== '/api/pull') return false;
    expect(body).toMatchObject({ name });
    stream(response)({ status: 'success' });
    response.end();
    return true;
  };
  const { code, err } = await models(['pull'], { other }, more);
  expect({ code, err }).toEqual({ code: 0, err: `Installing ${name}.\nInstalled ${name}.\n` });
});

test.each<[string, FakeOptions['other'], RegExp]>([
  [
    'an error line under a success',
    (path, _, response) => {
      if (path !== '/api/pull') return false;
      stream(response)({ error: 'pull model manifest: file does not exist' });
      response.end();
      return true;
    },
    /error: there is no such model \(pull model manifest: file does not exist\)/,
  ],
  [
    'an end without success',
    (path, _, response) => {
      if (path !== '/api/pull') return false;
      stream(response)({ status: 'pulling manifest' });
      response.end();
      return true;
    },
    /error: .*stopped in its middle/,
  ],
  [
    'no way to the registry',
    (_, __, response) => (
      json(response, 500, { error: 'pull model manifest: Get "https://registry.ollama.ai/": dial tcp: no such host' }),
      true
    ),
    /error: Ollama cannot reach the registry/,
  ],
  ['a failure', (_, __, response) => (json(response, 500, { error: 'disk full' }), true), /disk full/],
])('a pull that fails ends with 2: %s', async (_, other, message) => {
  const { code, err, out } = await models(['pull', 'nope'], other === undefined ? {} : { other });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
});

test('no Ollama ends with 2 and a hint', async () => {
  const { code, err } = await cli(['models', '--ollama-host', '127.0.0.1:1'], {
    environment: { XDG_CONFIG_HOME: '/nowhere' },
  });
  expect(code).toBe(2);
  expect(err).toMatch(/^error: Ollama cannot be reached at http:\/\/127\.0\.0\.1:1.*\nhint: Start it/);
});

test.each([
  [2e9, 'qwen3:1.7b'],
  [8.2e9, 'qwen3:4b'],
  [16.6e9, 'qwen3:8b'],
  [33e9, 'qwen3:14b'],
  [67e9, 'qwen3:32b'],
  [1e12, 'qwen3:32b'],
])('for %f bytes of memory: %s', (bytes, name) => {
  expect(recommendedFor(bytes).name).toBe(name);
});

test('recommendations grow', () => {
  const memories = recommended.map(({ memory }) => memory);
  expect(memories).toEqual([...memories].sort((one, other) => one - other));
});
