import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { UserError } from '../../errors.ts';
import type { Connection } from '../kubeconfig/connection.ts';
import type { Credential } from '../kubeconfig/credentials.ts';
import { deadline } from './deadline.ts';
import { createDispatchers, largestBody } from './dispatchers.ts';
import { isLoopback } from './no-proxy.ts';
import { bare } from './proxy-io.ts';
import { routeOf } from './route.ts';

/** One answer of the API server, whole. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface RequestInfo {
  readonly method: 'GET';
  /** The path with its query, without the server. */
  readonly path: string;
  /** 0 where no answer came. */
  readonly status: number;
  readonly ms: number;
  /** What came over the wire. */
  readonly bytes: number;
}

export interface TransportOptions {
  /** For one request, in milliseconds; 0 means no limit. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onRequest?: ((info: RequestInfo) => void) | undefined;
}

/** Sends requests to one API server. There is no way to send anything but GET. */
export interface Transport {
  readonly stats: { requests: number; bytes: number };
  /** One request, with one renewal of credentials that the server refuses. @throws what the connection throws. */
  get(path: string): Promise<Reply>;
  /** The certificate that the server showed last, DER; undefined before the first connection, and without TLS. */
  peer(): Buffer | undefined;
  close(): Promise<void>;
}

const gunzipped = promisify(gunzip);
const connectTimeout = 10_000;

/** A transport for a connection: one HTTP/2 session, or at most six HTTP/1.1 connections. Nothing is sent yet. */
export async function createTransport(connection: Connection, options: TransportOptions): Promise<Transport> {
  const undici = await import('undici');
  const server = new URL(connection.server);
  const prefix = server.pathname.replace(/\/+$/, '');
  const { origin, route } = routeOf(server, connection.proxy);
  // Packing costs the processor more than loopback or a local network gives.
  const compress = connection.compress && !(isLoopback(bare(server.hostname)) && connection.proxy === undefined);
  const stats = { requests: 0, bytes: 0 };
  let peer: Buffer | undefined;
  const dispatchers = createDispatchers(connection, {
    build: undici,
    timeoutMs: options.timeoutMs > 0 ? Math.min(options.timeoutMs, connectTimeout) : connectTimeout,
    proxy: route === undefined ? connection.proxy : undefined,
    onPeer: (certificate) => (peer = certificate),
  });

  async function send(path: string, credential: Credential): Promise<Reply> {
    requireSendable(credential);
    const started = performance.now();
    let status = 0;
    let bytes = 0;
    stats.requests += 1;
    const limit = deadline(options.signal, options.timeoutMs);
    try {
      const { statusCode, headers, body } = await dispatchers.of(credential).request({
        origin,
        method: 'GET',
        path: route === undefined ? prefix + path : route.base + prefix + path,
        headers: {
          accept: 'application/json',
          'user-agent': 'mekhanikube',
          ...(compress ? { 'accept-encoding': 'gzip' } : {}),
          ...(route === undefined ? {} : route.headers),
          ...(connection.impersonation as Record<string, string | string[]>),
          ...(credential.authorization === undefined ? {} : { authorization: credential.authorization }),
        },
        signal: limit.signal,
      });
      status = statusCode;
      const raw = Buffer.from(await body.arrayBuffer());
      bytes = raw.length;
      stats.bytes += bytes;
      const packed = headers['content-encoding'] === 'gzip';
      return {
        status,
        headers,
        body: packed ? await gunzipped(raw, { maxOutputLength: largestBody }) : raw,
      };
    } finally {
      limit.clear();
      options.onRequest?.({ method: 'GET', path, status, ms: performance.now() - started, bytes });
    }
  }

  return {
    stats,
    async get(path) {
      const credential = await connection.credentials.current(options.signal);
      const reply = await send(path, credential);
      if (reply.status !== 401) return reply;
      connection.credentials.refused(credential);
      const next = await connection.credentials.current(options.signal);
      return next === credential ? reply : send(path, next);
    },
    peer: () => peer,
    close: () => dispatchers.close(),
  };
}

/** A token with a line end in its middle would else be said to be an unreachable server. */
function requireSendable({ authorization }: Credential): void {
  if (authorization === undefined || /^[\t\u0020-\u007E\u0080-\u00FF]*$/.test(authorization)) return;
  throw new UserError('bad-credentials', 'the token holds characters that cannot be sent', {
    hint: 'Check the token, or log in again.',
  });
}
