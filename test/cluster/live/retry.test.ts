import type { ServerHttp2Session } from 'node:http2';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  type Answer,
  base64,
  failure,
  type FakeServer,
  folder,
  kubeconfig,
  list,
  load,
  pathOf,
  type Seen,
  startServer,
  userError,
} from '../../support/api-server.ts';
import { authority, type Authority } from '../../support/certificates.ts';

const own = folder();
let ca: Authority;
beforeAll(() => {
  ca = authority();
});
const open: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(() => own.remove());

let serial = 0;
async function cluster(answer: (seen: Seen) => Answer | undefined, secure = true) {
  const server = await startServer(answer, secure ? { tls: ca.issue('api', ['IP:127.0.0.1']) } : {});
  open.push(server);
  serial += 1;
  const config = own.file(
    `config-${serial}`,
    kubeconfig({ server: server.url, ...(secure ? { 'certificate-authority-data': base64(ca.cert) } : {}) }),
  );
  return { server, config };
}

const pods = pathOf('pods');
const pod = (name: string) => ({ metadata: { name, namespace: 'shop' }, spec: { containers: [] } });
const once = (first: Answer) => (seen: Seen) => {
  if (seen.path !== pods) return undefined;
  return seen.before === 0 ? first : { body: list([pod('web')]) };
};

test.each([
  ['429', { status: 429, headers: { 'retry-after': '0' } }],
  [
    '429 with its time in the Status',
    failure(429, 'TooManyRequests', 'slow down', { details: { retryAfterSeconds: 0 } }),
  ],
  ['503', { status: 503, body: '' }],
  ['500', failure(500, 'InternalError', 'etcdserver: leader changed')],
  ['a reset', { instead: 'reset' as const }],
])('%s is tried again', async (_, first) => {
  for (const secure of [true, false]) {
    const { config } = await cluster(once(first), secure);
    const { snapshot, gaps } = await load(config);
    expect(gaps).toEqual([]);
    expect(snapshot.list('pods')).toMatchObject({ complete: true, items: [{ metadata: { name: 'web' } }] });
  }
});

test('Retry-After is honoured, and outlasts the ordinary number of tries', async () => {
  const { config, server } = await cluster((seen) => {
    if (seen.path !== pods) return undefined;
    if (seen.before === 0) return { status: 429, headers: { 'retry-after': '1' } };
    return seen.before < 8 ? { status: 503, headers: { 'retry-after': '0' } } : { body: list([]) };
  });
  const started = performance.now();
  expect((await load(config)).gaps).toEqual([]);
  expect(performance.now() - started).toBeGreaterThan(950);
  expect(server.seen.filter(({ path }) => path === pods)).toHaveLength(9);
});

test.each([
  ['503 for ever', { status: 503, body: '' }, '503'],
  ['a wait that is too long', { status: 429, headers: { 'retry-after': '3600' } }, '429'],
  ['resets for ever', { instead: 'reset' as const }, 'the connection broke'],
])('%s is a gap, and what could be read is there', async (_, answer, part) => {
  const { config, server } = await cluster((seen) => (seen.path === pods ? answer : undefined));
  const { gaps, snapshot } = await load(config);
  expect(gaps).toEqual([{ what: 'resource', name: 'pods', reason: expect.stringContaining(part) as string }]);
  expect(snapshot.list('pods')).toMatchObject({ complete: false, reason: expect.stringContaining(part) as string });
  expect(snapshot.list('namespaces').complete).toBe(true);
  expect(server.seen.length).toBeLessThan(9);
});

test('a list that breaks in the middle is known to be incomplete', async () => {
  const { config } = await cluster((seen) => {
    if (seen.path !== pods) return undefined;
    return seen.query.get('continue') === null ? { body: list([pod('web')], 'next') } : { status: 503, body: '' };
  });
  const { gaps, snapshot } = await load(config);
  expect(gaps).toHaveLength(1);
  expect(snapshot.lookup('pods', 'web', 'shop').state).toBe('found');
  expect(snapshot.lookup('pods', 'other', 'shop').state).toBe('unknown');
});

test.each(['gentle', 'abrupt'])('a %s GOAWAY in the middle of a run costs nothing', async (kind) => {
  let sessions: ServerHttp2Session[] = [];
  const { http2Server, close, url } = await goAwayServer((session, count) => {
    sessions.push(session);
    if (count !== 3) return;
    if (kind === 'gentle') session.goaway(0);
    else {
      session.goaway(0, 0);
      session.destroy();
    }
  });
  serial += 1;
  const config = own.file(
    `config-${serial}`,
    kubeconfig({ server: url, 'certificate-authority-data': base64(ca.cert) }),
  );
  const { gaps } = await load(config, {
    resources: ['pods', 'services', 'nodes', 'events', 'jobs.batch', 'namespaces'],
  });
  expect(gaps).toEqual([]);
  expect(new Set(sessions).size).toBeGreaterThan(1);
  expect(http2Server.listening).toBe(true);
  sessions = [];
  await close();
});

async function goAwayServer(onRequest: (session: ServerHttp2Session, count: number) => void) {
  const { createSecureServer } = await import('node:http2');
  const { emptyCluster } = await import('../../support/api-server.ts');
  let count = 0;
  const sessions = new Set<ServerHttp2Session>();
  const http2Server = createSecureServer(ca.issue('api', ['IP:127.0.0.1']));
  http2Server.on('session', (session) => sessions.add(session.on('error', () => undefined)));
  http2Server.on('stream', (stream, headers) => {
    count += 1;
    stream.on('error', () => undefined);
    onRequest(stream.session as ServerHttp2Session, count);
    if (stream.destroyed || stream.session?.destroyed === true) return;
    const { body } = emptyCluster({ path: new URL(headers[':path']!, 'http://x').pathname });
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end(JSON.stringify(body));
  });
  const listening = Promise.withResolvers<void>();
  http2Server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const { port } = http2Server.address() as { port: number };
  const close = () => {
    for (const session of sessions) session.destroy();
    const closed = Promise.withResolvers<void>();
    http2Server.close(() => closed.resolve());
    return closed.promise;
  };
  return { http2Server, close, url: `https://127.0.0.1:${port}` };
}

// A server that was restarted serves before it has read its roles.
const refusal = failure(403, 'Forbidden', 'pods is forbidden');
const unwell = { status: 503, headers: { 'retry-after': '0' }, body: '' };
const nodes = pathOf('nodes');
const asked = (server: FakeServer, path: string) => server.seen.filter((one) => one.path === path).length;

test.each([
  ['a broken connection', { instead: 'reset' as const }],
  ['503', unwell],
  ['429', { status: 429, headers: { 'retry-after': '0' } }],
])('a 403 after %s is asked again once', async (_, trouble) => {
  const { config, server } = await cluster(({ path, before }) => {
    if (path !== pods) return undefined;
    return [trouble, refusal][before] ?? { body: list([pod('web')]) };
  });
  const { snapshot, gaps } = await load(config);
  expect(gaps).toEqual([]);
  expect(snapshot.list('pods')).toMatchObject({ complete: true, items: [{ metadata: { name: 'web' } }] });
  expect(asked(server, pods)).toBe(3);
});

test('a 403 that stays is a gap, also after a restart', async () => {
  const { config, server } = await cluster(({ path, before }) => {
    if (path === pods && before === 0) return unwell;
    return path.endsWith('/pods') || path === nodes ? refusal : undefined;
  });
  const { gaps } = await load(config, { resources: ['pods', 'nodes', 'namespaces'] });
  expect(gaps.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
    'pods may not be listed (403)',
    'nodes may not be listed (403)',
  ]);
  expect(asked(server, pods)).toBe(3);
  expect(asked(server, nodes)).toBe(2);
});

test('a 403 is not asked again where nothing was wrong before', async () => {
  const { config, server } = await cluster(({ path, before }) => {
    if (path.endsWith('/pods')) return refusal;
    // Nodes are read after the pods.
    return path === nodes && before === 0 ? unwell : undefined;
  });
  const { gaps } = await load(config, { resources: ['pods', 'nodes'] });
  expect(gaps).toEqual([{ what: 'resource', name: 'pods', reason: 'may not be listed (403)' }]);
  expect(asked(server, pods)).toBe(1);
  expect(asked(server, nodes)).toBe(2);
});

test('--request-timeout ends a request that is not answered', async () => {
  const { config } = await cluster((seen) => (seen.path === pods ? { instead: 'silence' } : undefined));
  const { gaps } = await load(config, { requestTimeoutMs: 300 });
  expect(gaps[0]?.reason).toContain('no answer within 0.3 s');
});

test('a first contact that is not answered in time is an error that names the flag', async () => {
  const { config } = await cluster(() => ({ instead: 'silence' }));
  const error = await userError(load(config, { requestTimeoutMs: 300 }));
  expect(error).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('--request-timeout') as string });
});

test('what stops the run stops the requests', async () => {
  const { config } = await cluster((seen) => (seen.path === pods ? { instead: 'silence' } : undefined));
  const stop = new AbortController();
  const loading = load(config, { signal: stop.signal });
  setTimeout(() => stop.abort(new Error('stopped by hand')), 200);
  await expect(loading).rejects.toThrow('stopped by hand');
});
