import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { UserError } from '../errors.ts';

/** What is served at a path. */
export interface Page {
  /** 200 where it is left out. */
  readonly status?: number;
  readonly type: string;
  readonly body: string;
}

export interface ServeOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** What a client has to know, as a bearer token or as the password of basic authentication. Health is told to everybody. */
  readonly token: string | undefined;
  /** Undefined where there is nothing at a path. */
  readonly page: (path: string) => Promise<Page | undefined>;
}

export interface Serving {
  readonly url: string;
  close(): Promise<void>;
}

const second = 1_000;

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  return problems.get(code) ?? error.message;
}

const problems: ReadonlyMap<unknown, string> = new Map([
  ['EADDRINUSE', 'another program listens there'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['EACCES', 'permission denied'],
  ['ENOTFOUND', 'there is no such host'],
]);

/**
 * Serves pages over HTTP, to GET and HEAD only.
 * @throws UserError where the address cannot be listened on.
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const server = createServer({ headersTimeout: 5 * second, requestTimeout: 10 * second }, (request, response) => {
    void answer(request, response, options).catch(() => {
      send(response, 500, { type: plain, body: 'This page could not be made.\n' });
    });
  });
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  }).catch((error: unknown) => {
    const reason = reasonOf(error);
    throw new UserError('cannot-listen', `cannot listen on ${options.host}:${options.port}: ${reason}`, {
      hint: 'Choose another address: --listen 127.0.0.1:0 takes any free port, --listen none serves nothing.',
      cause: error,
    });
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://${isIP(options.host) === 6 ? `[${options.host}]` : options.host}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const plain = 'text/plain; charset=utf-8';

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { host, token, page }: ServeOptions,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (!isOwnName(request.headers.host, host))
    return send(response, 421, { type: plain, body: 'This server is not known by that name.\n' });
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(response, 405, { type: plain, body: 'Only GET and HEAD.\n' }, { allow: 'GET, HEAD' });
  if (token !== undefined && path !== '/healthz' && !knows(request.headers.authorization, token))
    return send(
      response,
      401,
      { type: plain, body: 'A token is needed.\n' },
      { 'www-authenticate': 'Basic realm="mekhanikube", charset="UTF-8"' },
    );
  const found = await page(path);
  return found === undefined
    ? send(response, 404, { type: plain, body: 'Nothing is here. See /, /metrics, /report.json and /healthz.\n' })
    : send(response, found.status ?? 200, found);
}

/**
 * Whether a request asks for this server by a name of its own. On a loopback address another name means that a web page made the
 * browser's DNS point here (DNS rebinding), to read what is served.
 */
function isOwnName(header: string | undefined, host: string): boolean {
  if (!isLoopback(host)) return true;
  const name = (header ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return header === undefined || isLoopback(name) || name === host;
}

/** True for names and addresses that no other machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function knows(header: string | undefined, token: string): boolean {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(header ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return same(value, token);
  if (scheme.toLowerCase() !== 'basic') return false;
  const pair = Buffer.from(value, 'base64').toString();
  return same(pair.slice(pair.indexOf(':') + 1), token);
}

/** Compares in a time that tells nothing of where they differ. */
function same(one: string, other: string): boolean {
  const [first, second_] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second_ !== undefined && timingSafeEqual(first, second_);
}

function send(response: ServerResponse, status: number, { type, body }: Page, more: Record<string, string> = {}): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    ...more,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
