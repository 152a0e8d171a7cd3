import { ModelError } from '../provider.ts';
import { failureOf, unreachable } from './failures.ts';
import type { OllamaHost } from './host.ts';

type Fetch = typeof globalThis.fetch;

export interface FetchOptions {
  readonly host: OllamaHost;
  /** Ends every request, and with it the server's work. */
  readonly signal: AbortSignal;
  /** One line for each request, for -v. */
  readonly onRequest?: ((text: string) => void) | undefined;
}

/**
 * A fetch for the Ollama client. Ollama sends no headers before the first token, which a slow model may need minutes for: there is no
 * limit on waiting, only the signal. Answers that are failures, or no answers of Ollama, become ModelErrors before the client sees
 * them, for it prints what it does not understand.
 */
export async function ollamaFetch({ host, signal, onRequest }: FetchOptions): Promise<Fetch> {
  const { Agent, fetch } = await import('undici');
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000 }, pipelining: 0 });
  return async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    const begun = performance.now();
    const headers = Object.fromEntries(new Headers(init?.headers ?? {}));
    const signals = [signal, init?.signal].filter((one) => one !== undefined && one !== null);
    let response: Awaited<ReturnType<typeof fetch>>;
    try {
      response = await fetch(url, {
        method: init?.method ?? 'GET',
        headers: { ...headers, ...(host.authorization === undefined ? {} : { authorization: host.authorization }) },
        ...(typeof init?.body === 'string' ? { body: init.body } : {}),
        signal: AbortSignal.any(signals),
        dispatcher,
        redirect: 'error',
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw unreachable(host, error);
    }
    onRequest?.(`${init?.method ?? 'GET'} ${url} ${response.status} ${Math.round(performance.now() - begun)} ms`);
    if (!response.ok) throw failureOf(response.status, await response.text().catch(() => ''), host);
    const type = response.headers.get('content-type') ?? '';
    if (!/json/i.test(type) || response.body === null) {
      await response.body?.cancel().catch(() => undefined);
      throw new ModelError(
        'not-ollama',
        `${host.url} answered with something that is not Ollama's (${type || 'no type'})`,
        {
          hint: 'Check the address: --ollama-host, or OLLAMA_HOST.',
        },
      );
    }
    return new Response(onlyJsonLines(response.body, signal), {
      status: response.status,
      headers: { 'content-type': type },
    });
  };
}

/** Passes the lines of a stream on, and fails where one is not JSON: an answer that broke off, or a page of a proxy. */
function onlyJsonLines(body: AsyncIterable<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return ReadableStream.from(
    (async function* lines() {
      const decoder = new TextDecoder();
      let rest = '';
      try {
        for await (const chunk of body) {
          const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
          rest = parts.pop() ?? '';
          for (const part of parts) if (part.trim() !== '') yield encoder.encode(`${checked(part)}\n`);
        }
      } catch (error) {
        if (signal.aborted || error instanceof ModelError) throw error;
        throw broken(error);
      }
      rest += decoder.decode();
      if (rest.trim() !== '') yield encoder.encode(checked(rest));
    })(),
  );
}

function checked(line: string): string {
  try {
    JSON.parse(line);
    return line;
  } catch (error) {
    throw broken(error);
  }
}

function broken(cause: unknown): ModelError {
  return new ModelError('broken', 'the answer broke off', {
    hint: "Look at Ollama's log: its runner may have run out of memory.",
    cause,
  });
}
