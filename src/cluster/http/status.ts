import type { Reply } from './transport.ts';

/** What an API server says when it cannot give what was asked for. */
export interface ApiStatus {
  readonly reason?: string;
  readonly message?: string;
  /** A 410 in the middle of a list carries the token to go on with. */
  readonly continue?: string;
  readonly retryAfterSeconds?: number;
}

/**
 * Reads the Status object of an answer that is no success; empty for any other body, whose text must not be shown: it may echo
 * the request's headers.
 */
export function statusOf(reply: Reply): ApiStatus {
  if (reply.body.length > 1 << 20) return {};
  try {
    const status = JSON.parse(reply.body.toString()) as Status | null;
    if (status?.kind !== 'Status') return {};
    const { reason, message, metadata, details } = status;
    return {
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof message === 'string' ? { message: brief(message) } : {}),
      ...(typeof metadata?.continue === 'string' && metadata.continue !== '' ? { continue: metadata.continue } : {}),
      ...(typeof details?.retryAfterSeconds === 'number' ? { retryAfterSeconds: details.retryAfterSeconds } : {}),
    };
  } catch {
    return {};
  }
}

interface Status {
  readonly kind?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly metadata?: { readonly continue?: unknown };
  readonly details?: { readonly retryAfterSeconds?: unknown };
}

/** `503 ServiceUnavailable: etcd is not there`: an answer that is no success, in one line. */
export function statusText(reply: Reply): string {
  const { reason, message } = statusOf(reply);
  const head = reason === undefined ? `${reply.status}` : `${reply.status} ${reason}`;
  return message === undefined ? head : `${head}: ${message}`;
}

function brief(message: string): string {
  const line = message
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
