import { setImmediate as soon } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import { afterEach, expect, test, vi } from 'vitest';
import { connect } from '../../src/explain/ollama/client.ts';
import { parseHost } from '../../src/explain/ollama/host.ts';
import { ollamaProvider } from '../../src/explain/ollama/provider.ts';
import { type FakeOllama, goodAnswer, say, startOllama } from '../support/fake-ollama.ts';

let ollama: FakeOllama;
afterEach(async () => {
  vi.useRealTimers();
  await ollama.close();
});

/** Lets 400 seconds pass for all timers while the server is silent. */
async function wait400Seconds(): Promise<void> {
  for (let second = 0; second < 400; second += 1) {
    vi.advanceTimersByTime(1_000);
    await soon();
  }
}

function silentFor400Seconds() {
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  return {
    asked: asked.promise,
    go: go.resolve,
    chat: async (body: Parameters<typeof goodAnswer>[0], response: Parameters<typeof say>[0]) => {
      asked.resolve();
      await go.promise;
      say(response, 'It took a while.');
    },
  };
}

test('a model may need more than 300 s for its first token, where usual settings give up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { asked, go, chat } = silentFor400Seconds();
  ollama = await startOllama({ chat });
  const client = await connect({ host: parseHost(ollama.url), signal: new AbortController().signal });
  const provider = ollamaProvider({ client, model: undefined, allowRemote: false });
  await provider.facts();
  const answer = provider.ask({ messages: [], schema: {}, numCtx: 4_096, maxTokens: 100, seed: 1 });
  const usual = fetch(`${ollama.url}/api/chat`, { method: 'POST', body: '{}', dispatcher: new Agent() });
  const failed = usual.then(
    () => undefined,
    (error: unknown) => error,
  );
  await asked;
  await wait400Seconds();
  expect(await failed).toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });
  go();
  expect((await answer).text).toBe('It took a while.');
});
