import type { Ollama } from 'ollama';
import { ModelError } from '../provider.ts';
import { failureFrom } from './failures.ts';
import { type FetchOptions, ollamaFetch } from './fetch.ts';

/** A connection to a server: the client of the npm package, over a fetch of our own. */
export interface OllamaClient {
  readonly api: Pick<Ollama, 'chat' | 'list' | 'show' | 'ps' | 'pull' | 'version'>;
  readonly host: FetchOptions['host'];
  /** Runs a call, and turns what it throws into ModelErrors. */
  readonly call: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Connects to Ollama: the packages are only loaded here. `timeoutText` says which limit the signal's TimeoutError stands for. */
export async function connect(options: FetchOptions & { readonly timeoutText?: string }): Promise<OllamaClient> {
  const [{ Ollama: Client }, fetch] = await Promise.all([import('ollama'), ollamaFetch(options)]);
  const { signal, host } = options;
  return {
    api: new Client({ host: host.url, fetch }),
    host,
    call: async (work) => {
      try {
        signal.throwIfAborted();
        return await work();
      } catch (error) {
        if (signal.aborted) throw abortion(signal, options.timeoutText);
        throw translated(error);
      }
    },
  };
}

function abortion(signal: AbortSignal, timeoutText = 'the time allowed for it is over'): unknown {
  const { reason }: { reason: unknown } = signal;
  if (!(reason instanceof DOMException) || reason.name !== 'TimeoutError') return reason;
  return new ModelError('timeout', timeoutText, {
    hint: 'Give it more time with --explain-timeout, or choose a smaller model: see "mekhanikube models".',
  });
}

/** Errors of our fetch come as they are, or as the cause of another; all else are lines of Ollama in the middle of a stream. */
function translated(error: unknown): ModelError {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if (current instanceof ModelError) return current;
  }
  const message = error instanceof Error ? error.message : String(error);
  return /done or success response/.test(message)
    ? new ModelError('broken', 'the answer stopped in its middle', { cause: error })
    : failureFrom(message);
}
