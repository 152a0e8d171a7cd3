import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './problem.ts';
import { statusOf } from './status.ts';
import type { Reply, Transport } from './transport.ts';

/** Answers that another try may better: too many requests, and whatever ails the server or a gateway before it. */
const passing = new Set([429, 500, 502, 503, 504]);

/** Connections that broke; the request can be sent again, for it only reads. */
const broken =
  /^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_INFO|UND_ERR_CLOSED|UND_ERR_DESTROYED|ERR_HTTP2_.*)$/;

/** A server that answered before and does not let anybody in now is being restarted. */
const restarting = /^(?:ECONNREFUSED|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EAI_AGAIN)$/;

const mostTries = 4;
/** A server that names the time to wait for is trying, too. kubectl goes on as long. */
const mostPatientTries = 10;
const longestWait = 30_000;

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Whether the server has answered anything yet. */
  readonly answered: () => boolean;
  /** Called before a request is sent again. */
  readonly onTrouble?: () => void;
  /** Overridden by tests. In milliseconds. */
  readonly firstWait?: number;
}

/**
 * Sends a request until it is answered: again after 429, server errors, and connections that break, with Retry-After honoured,
 * else after waits that double. Gives back the last answer or throws the last error when tries or 30 seconds are used up.
 */
export async function getPatiently(transport: Transport, path: string, options: RetryOptions): Promise<Reply> {
  const { signal, answered, onTrouble, firstWait = 200 } = options;
  let waited = 0;
  for (let tries = 1; ; tries += 1) {
    let reply: Reply | undefined;
    let failure: unknown;
    try {
      reply = await transport.get(path);
      if (!passing.has(reply.status)) return reply;
    } catch (error) {
      if (signal.aborted || !mayPass(error, answered())) throw error;
      failure = error;
    }
    const asked = reply === undefined ? undefined : retryAfter(reply);
    const wait = asked ?? firstWait * 2 ** (tries - 1);
    if (tries >= (asked === undefined ? mostTries : mostPatientTries) || waited + wait > longestWait) {
      if (reply === undefined) throw failure;
      return reply;
    }
    waited += wait;
    onTrouble?.();
    await sleep(wait, undefined, { signal });
  }
}

function mayPass(error: unknown, answered: boolean): boolean {
  const code = errorCode(error);
  return code !== undefined && (broken.test(code) || (answered && restarting.test(code)));
}

/** In milliseconds; undefined where the answer does not say. */
function retryAfter(reply: Reply): number | undefined {
  const header = reply.headers['retry-after'];
  if (typeof header === 'string' && header !== '') {
    const seconds = Number(header);
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
    const date = Date.parse(header);
    if (!Number.isNaN(date)) return Math.max(0, date - Date.now());
  }
  const { retryAfterSeconds } = statusOf(reply);
  return retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000;
}
