import { ModelError } from '../provider.ts';
import type { OllamaHost } from './host.ts';

/** What an HTTP failure of Ollama means. Its body is `{"error":"..."}`, in newer versions with JSON within that text. */
export function failureOf(status: number, body: string, host: OllamaHost): ModelError {
  const message = messageOf(body);
  if (message === undefined)
    return new ModelError('not-ollama', `${host.url} answered ${status} with something that is not Ollama's`, {
      hint: 'Check the address (--ollama-host, or OLLAMA_HOST) and what stands before it: a proxy, a firewall.',
    });
  return failureFrom(message, status);
}

/** What a failure means that Ollama tells in words, with its HTTP status, or in the middle of an answer without one. */
export function failureFrom(message: string, status?: number): ModelError {
  const text = message.replaceAll(/\s+/g, ' ').slice(0, 200);
  if (
    /exceeds? (?:the |available )?context|exceeds the available|n_prompt_tokens|context length|input length/i.test(
      message,
    )
  )
    return new ModelError('too-long', 'the prompt is too long for the model');
  if (/memory|\boom\b|cudaMalloc|allocat/i.test(message))
    return new ModelError('memory', `the model does not fit into memory (${text})`, {
      hint: 'Choose a smaller model with --model: see "mekhanikube models".',
    });
  if (/\bdial tcp\b|no such host|TLS handshake|i\/o timeout/i.test(message))
    return new ModelError('server', `Ollama cannot reach the registry of models (${text})`, {
      hint: 'It has to reach registry.ollama.ai, or the registry that the name begins with.',
    });
  if (/pull model manifest|file does not exist/i.test(message))
    return new ModelError('missing', `there is no such model (${text})`, {
      hint: '"mekhanikube models" recommends one; https://ollama.com/library has all names.',
    });
  if (status === 404 || /model .*not found/i.test(message))
    return new ModelError('missing', `the model is not installed (${text})`, {
      hint: 'Install it: mekhanikube models pull NAME.',
    });
  if (status === 503 || /maximum pending requests|server busy/i.test(message))
    return new ModelError('busy', `Ollama is busy (${text})`, { hint: 'Try again later, or raise OLLAMA_MAX_QUEUE.' });
  if (status === 401 || status === 403)
    return new ModelError('server', `Ollama refuses the request (${status}: ${text})`, {
      hint: 'Name the user in the address: --ollama-host https://user:password@host.',
    });
  return new ModelError('server', `Ollama failed (${status === undefined ? '' : `${status}: `}${text})`, {
    hint: "Look at Ollama's log.",
  });
}

/** A server that cannot be reached. */
export function unreachable(host: OllamaHost, error: unknown): ModelError {
  const code = codeOf(error);
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET')
    return new ModelError('broken', `${host.url} closed the connection without an answer`, {
      hint: "Look at Ollama's log: it may have crashed.",
      cause: error,
    });
  const why =
    code === 'ECONNREFUSED'
      ? 'nothing listens there'
      : code === 'ENOTFOUND' || code === 'EAI_AGAIN'
        ? 'there is no such host'
        : (code ?? 'no connection');
  return new ModelError('unreachable', `Ollama cannot be reached at ${host.url} (${why})`, {
    hint: 'Start it ("ollama serve", or "docker compose up --detach ollama"), or name its address with --ollama-host; "mekhanikube doctor" looks at the whole way.',
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    if (current instanceof AggregateError && current.errors.length > 0) return codeOf(current.errors[0]);
  }
  return undefined;
}

function messageOf(body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('error' in parsed)) return undefined;
  const { error } = parsed;
  if (typeof error === 'string') return messageOf(error) ?? error;
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : JSON.stringify(error);
}
