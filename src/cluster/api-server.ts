import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { connectionProblem } from './http/problem.ts';
import { getPatiently } from './http/retry.ts';
import { statusText } from './http/status.ts';
import { createTransport, type Reply, type RequestInfo } from './http/transport.ts';
import { unauthorized } from './http/unauthorized.ts';
import type { Connection } from './kubeconfig/connection.ts';

export interface ApiServerOptions {
  /** For one request, in milliseconds; 0 means no limit. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onRequest?: ((info: RequestInfo) => void) | undefined;
}

/** An API server as the reader sees it: what it answers, with retries made and credentials renewed. */
export interface ApiServer {
  readonly stats: { readonly requests: number; readonly bytes: number };
  /**
   * Fetches a path.
   * @throws UserError when the server refuses the credentials, cannot be reached or is not trusted.
   */
  get(path: string): Promise<Reply>;
  /** The server's version, `v1.36.3`; undefined where it does not tell. @throws UserError `not-kubernetes`, and as `get`. */
  version(): Promise<string | undefined>;
  /**
   * True where requests had to be sent again in this run, after the server has had time to come back: one that starts refuses (403)
   * what it will allow once it has read its roles. Only the first call waits.
   */
  recovered(): Promise<boolean>;
  /** The certificate that it showed, DER; undefined before the first answer, and without TLS. */
  peer(): Buffer | undefined;
  close(): Promise<void>;
}

/** A server that was restarted answers for a second or two before it knows who may do what. */
const recoveryMs = 2_000;

/** Opens the way to an API server. Nothing is sent yet. */
export async function openApiServer(connection: Connection, options: ApiServerOptions): Promise<ApiServer> {
  const { signal, timeoutMs } = options;
  const transport = await createTransport(connection, options);
  let answered = false;
  let troubled = false;
  let pause: Promise<void> | undefined;

  async function get(path: string): Promise<Reply> {
    let reply: Reply;
    try {
      reply = await getPatiently(transport, path, {
        signal,
        answered: () => answered,
        onTrouble: () => (troubled = true),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw connectionProblem(error, connection, timeoutMs);
    }
    answered = true;
    if (reply.status === 401) throw await unauthorized(connection, signal);
    return reply;
  }

  return {
    stats: transport.stats,
    get,
    async version() {
      return versionOf(await get('/version'), connection);
    },
    async recovered() {
      if (troubled) await (pause ??= sleep(recoveryMs, undefined, { signal }));
      return troubled;
    },
    peer: () => transport.peer(),
    close: () => transport.close(),
  };
}

/** Some gateways hide /version: only an answer that no API server gives is an error. */
function versionOf(reply: Reply, { server, name }: Connection): string | undefined {
  const { status, body } = reply;
  const text = body.subarray(0, 100_000).toString();
  if (status === 400 && text.includes('HTTP request to an HTTPS server')) {
    throw new UserError('not-kubernetes', `${server} speaks TLS, but the kubeconfig says http://`, {
      hint: `Write https:// in the server of cluster "${name}".`,
    });
  }
  if (status === 200) {
    try {
      const version = JSON.parse(text) as { gitVersion?: unknown } | null;
      if (typeof version?.gitVersion === 'string') return version.gitVersion.slice(0, 100);
    } catch {
      // Said below.
    }
  }
  if (status === 200 || (status >= 300 && status < 400)) {
    const what = status === 200 ? 'something else than a version' : `a redirect (${status})`;
    throw new UserError('not-kubernetes', `${server} is no Kubernetes API server: it answers /version with ${what}`, {
      hint: `Check the server of cluster "${name}"; a login page may stand between.`,
    });
  }
  if (status >= 500) {
    throw new UserError('unreachable', `${server} answers /version with ${statusText(reply)}`, {
      hint: 'The API server, or a gateway before it, is not well: try again later.',
    });
  }
  return undefined;
}
