import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadLive, type LiveOptions } from '../../src/cluster/live.ts';
import type { Loaded } from '../../src/cluster/load.ts';
import { UserError } from '../../src/errors.ts';
import { type Resource, resources } from '../../src/model/resources.ts';
import type { KeyPair } from './certificates.ts';

/** A request as the fake server saw it. */
export interface Seen {
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly version: string;
  /** Names and values as they came, repeated ones apart. */
  readonly raw: readonly string[];
  readonly certificate: string | undefined;
  /** How many requests for this path came before. */
  readonly before: number;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: unknown;
  /** Instead of an answer: break the connection, or never answer. */
  readonly instead?: 'reset' | 'silence';
}

export interface FakeServer {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly Seen[];
  /** How many connections were opened. */
  connections(): number;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly tls?: KeyPair & { readonly clientCa?: string };
  readonly port?: number;
  /** Another address of loopback: with it a server can play another machine. */
  readonly host?: string;
  /** Called with each HTTP/2 session's socket or HTTP/1.1 socket. */
  readonly onSocket?: (socket: Socket) => void;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** A server on loopback, over TLS (HTTP/2 and 1.1) or plain, that answers as `answer` says and keeps what it saw. */
export async function startServer(
  answer: (seen: Seen) => Answer | undefined,
  options: ServerOptions = {},
): Promise<FakeServer> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const onRequest = (request: Request, response: Response) => {
    const url = new URL(request.url!, 'http://server');
    const socket = request.socket as Socket & { getPeerCertificate?: () => { subject?: { CN?: string | string[] } } };
    const common = socket.getPeerCertificate?.()?.subject?.CN;
    const one: Seen = {
      method: request.method!,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      version: request.httpVersion,
      raw: request.rawHeaders,
      certificate: common === undefined ? undefined : String(common),
      before: seen.filter(({ path }) => path === url.pathname).length,
    };
    seen.push(one);
    reply(response, answer(one) ?? emptyCluster(one));
  };
  const server: Server =
    options.tls === undefined
      ? createServer(onRequest)
      : createSecureServer(
          {
            cert: options.tls.cert,
            key: options.tls.key,
            allowHTTP1: true,
            ...(options.tls.clientCa === undefined ? {} : { requestCert: true, ca: options.tls.clientCa }),
          },
          onRequest,
        );
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    options.onSocket?.(socket);
  });
  const { host = '127.0.0.1' } = options;
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject).listen(options.port ?? 0, host, listening.resolve);
  await listening.promise;
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    seen,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

function reply(response: Response, { status = 200, headers = {}, body = '', instead }: Answer): void {
  if (instead === 'silence') return;
  if (instead === 'reset') {
    if ('stream' in response) response.stream.session?.destroy();
    else response.socket?.destroy();
    return;
  }
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  (response as ServerResponse).writeHead(status, { 'content-type': type, ...headers }).end(text);
}

/** A cluster with nothing in it but the namespaces `default` and `shop`. */
export function emptyCluster({ path }: Pick<Seen, 'path'>): Answer {
  if (path === '/version') return { body: { major: '1', minor: '36', gitVersion: 'v1.36.3' } };
  if (path === '/apis') return { body: { kind: 'APIGroupList', groups: [] } };
  if (path === '/api/v1/namespaces') return { body: list([namespace('default'), namespace('shop')]) };
  return { body: list([]) };
}

/** A list as the API server sends it: metadata before items, items without kind. */
export function list(items: readonly unknown[], token?: string): unknown {
  return {
    kind: 'List',
    apiVersion: 'v1',
    metadata: { resourceVersion: '7', ...(token === undefined ? {} : { continue: token }) },
    items,
  };
}

export function namespace(name: string): unknown {
  return { metadata: { name, uid: `uid-${name}` }, spec: {}, status: { phase: 'Active' } };
}

/** A failure as the API server words it. */
export function failure(code: number, reason: string, message: string, extra: Record<string, unknown> = {}): Answer {
  return {
    status: code,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code, ...extra },
  };
}

/** The path of a list in the whole cluster, written out so that tests do not lean on the code they test. */
export function pathOf(resource: Resource): string {
  const { apiVersion, plural } = resources[resource];
  return `${apiVersion === 'v1' ? '/api' : '/apis'}/${apiVersion}/${plural}`;
}

/** A temporary folder with files in it, removed by `remove`. */
export function folder(files: Readonly<Record<string, string>> = {}): {
  path: string;
  file(name: string, text?: string, mode?: number): string;
  remove(): void;
} {
  const path = mkdtempSync(join(tmpdir(), 'mekhanikube-test-'));
  const file = (name: string, text?: string, mode = 0o600) => {
    if (text !== undefined) writeFileSync(join(path, name), text, { mode });
    return join(path, name);
  };
  for (const [name, text] of Object.entries(files)) file(name, text);
  return { path, file, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A kubeconfig (JSON is YAML, too) with one context `test`, cluster `test-cluster`, and a user `jane` where one is given. */
export function kubeconfig(
  cluster: Record<string, unknown>,
  user?: Record<string, unknown>,
  namespaceName?: string,
): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [
      {
        name: 'test',
        context: {
          cluster: 'test-cluster',
          ...(user === undefined ? {} : { user: 'jane' }),
          ...(namespaceName === undefined ? {} : { namespace: namespaceName }),
        },
      },
    ],
    clusters: [{ name: 'test-cluster', cluster }],
    ...(user === undefined ? {} : { users: [{ name: 'jane', user }] }),
  });
}

/** Base64, as kubeconfigs hold PEM. */
export const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Loads a cluster with few resources, so that tests are quick; everything can be overridden. */
export function load(
  config: string,
  options: Partial<LiveOptions> & { env?: Record<string, string | undefined> } = {},
): Promise<Loaded> {
  return loadLive({
    kubeconfig: config,
    namespaces: [],
    secrets: 'auto',
    resources: ['pods', 'namespaces'],
    env: {},
    signal: new AbortController().signal,
    ...options,
  });
}

/** What a promise fails with, which must be a `UserError` of one line with a hint. */
export async function userError(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw error;
  if (/[\n\r]/.test(error.message) || error.hint === undefined)
    throw new Error(`not a line with a hint: ${error.message}`);
  return error;
}
