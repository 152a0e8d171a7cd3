import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ListPath, makeCluster } from './cluster.ts';
import type { Target } from './target.ts';

/**
 * An API server of lists only, in this process, over TLS with HTTP/2, on a free loopback port: it pages by `limit` and `continue` as the
 * real one does, and answers 404 for what the cluster does not serve.
 */
export async function fakeTarget(pods: number): Promise<Target> {
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
  const byPath = new Map(makeCluster(pods).map((list) => [list.path, list]));
  let asked: string[] = [];
  const server: Http2SecureServer = createSecureServer(
    { allowHTTP1: true, key: await readFile(file('key.pem')), cert: await readFile(file('ca.crt')) },
    (request, response) => {
      const url = new URL(request.url, 'https://bench');
      const body = answer(byPath, url);
      asked.push(request.url);
      response.writeHead(body.status, { 'content-type': 'application/json', date: new Date().toUTCString() });
      response.end(body.text);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = file('kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(configFor(url, file('ca.crt'))));
  return {
    url,
    kubeconfig,
    folder,
    curl: [`cacert = "${file('ca.crt')}"`],
    taken(requests) {
      const taken = asked.slice(0, requests);
      asked = [];
      return Promise.resolve(taken);
    },
    async close() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(folder, { recursive: true });
    },
  };
}

function configFor(server: string, ca: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bench', cluster: { server, 'certificate-authority': ca } }],
    users: [{ name: 'bench', user: { token: 'bench' } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
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
