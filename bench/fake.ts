import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ListPath } from './cluster.ts';

export interface BenchServer {
  readonly url: string;
  /** A folder with `ca.crt` and a kubeconfig; the caller removes it. */
  readonly folder: string;
  /** The paths of the lists asked for since the last call, in order, and how many bytes were sent. */
  taken(): { readonly urls: readonly string[]; readonly bytes: number };
  close(): Promise<void>;
}

/**
 * An API server of lists only, over TLS with HTTP/2, on a free loopback port: it pages by `limit` and `continue` as the real one does,
 * and answers 404 for what the cluster does not serve.
 */
export async function serve(lists: readonly ListPath[]): Promise<BenchServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mekhanikube-bench-'));
  const file = (name: string) => path.join(folder, name);
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=bench',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      file('key.pem'),
      '-out',
      file('ca.crt'),
    ],
    { stdio: 'ignore' },
  );
  const byPath = new Map(lists.map((list) => [list.path, list]));
  let urls: string[] = [];
  let bytes = 0;
  const server: Http2SecureServer = createSecureServer(
    { allowHTTP1: true, key: await readFile(file('key.pem')), cert: await readFile(file('ca.crt')) },
    (request, response) => {
      const url = new URL(request.url, 'https://bench');
      const body = answer(byPath, url);
      urls.push(request.url);
      bytes += Buffer.byteLength(body.text);
      response.writeHead(body.status, { 'content-type': 'application/json', date: new Date().toUTCString() });
      response.end(body.text);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    folder,
    taken: () => {
      const taken = { urls, bytes };
      urls = [];
      bytes = 0;
      return taken;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function answer(byPath: ReadonlyMap<string, ListPath>, url: URL): { readonly status: number; readonly text: string } {
  if (url.pathname === '/version')
    return { status: 200, text: JSON.stringify({ major: '1', minor: '36', gitVersion: 'v1.36.3' }) };
  const list = byPath.get(url.pathname) ?? emptyList(url.pathname);
  if (list === undefined)
    return {
      status: 404,
      text: JSON.stringify({
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: 'NotFound',
        code: 404,
        message: 'the server could not find the requested resource',
      }),
    };
  const from = Number(url.searchParams.get('continue') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? list.items.length);
  const page = list.items.slice(from, from + limit);
  const rest = list.items.length - from - page.length;
  const metadata = {
    resourceVersion: '1',
    ...(rest > 0 ? { continue: String(from + limit), remainingItemCount: rest } : {}),
  };
  return {
    status: 200,
    text: `{"kind":"${list.kind}List","apiVersion":"${list.apiVersion}","metadata":${JSON.stringify(metadata)},"items":[${page.join(',')}]}`,
  };
}

/** What a cluster serves although it has none of it. */
function emptyList(pathname: string): ListPath | undefined {
  const match = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/[a-z]+$/.exec(pathname);
  if (match === null) return undefined;
  const [, group, version] = match;
  return { path: pathname, kind: '', apiVersion: group === undefined ? version! : `${group}/${version}`, items: [] };
}
