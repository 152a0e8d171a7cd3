import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isLoopback, serve, type Serving } from '../../src/watch/server.ts';

const token = 'a-token-that-is-long-enough';
const page = (path: string) => {
  if (path === '/broken') return Promise.reject(new Error('secret detail'));
  return Promise.resolve(
    path === '/' || path === '/healthz' ? { type: 'text/plain', body: `page ${path}` } : undefined,
  );
};

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let serving: Serving;

function ask({
  path = '/',
  method = 'GET',
  headers = {},
}: Asked): Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    request(new URL(path, serving.url), { method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    })
      .on('error', reject)
      .end();
  });
}

describe('open to this machine', () => {
  afterEach(() => serving.close());
  beforeEach(async () => {
    serving = await serve({ host: '127.0.0.1', port: 0, token: undefined, page });
  });

  test.each<[string, Asked, number]>([
    ['a page', {}, 200],
    ['with a query', { path: '/?x=1' }, 200],
    ['its head', { method: 'HEAD' }, 200],
    ['by another loopback name', { headers: { host: 'localhost:1234' } }, 200],
    ['by IPv6', { headers: { host: '[::1]:1234' } }, 200],
    ['no such page', { path: '/etc/passwd' }, 404],
    ['a page of a prototype', { path: '/constructor' }, 404],
    ['a change', { method: 'POST' }, 405],
    ['by the name of a web page', { headers: { host: 'evil.example' } }, 421],
    ['by a name that begins like ours', { headers: { host: '127.0.0.1.evil.example' } }, 421],
    ['a page that cannot be made', { path: '/broken' }, 500],
  ])('%s', async (_title, asked, status) => {
    const answer = await ask(asked);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('secret detail');
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  test('an address that is taken is said in one line', async () => {
    const port = Number(new URL(serving.url).port);
    await expect(serve({ host: '127.0.0.1', port, token: undefined, page })).rejects.toMatchObject({
      code: 'cannot-listen',
      message: `cannot listen on 127.0.0.1:${port}: another program listens there`,
    });
  });
});

describe('open to those who know a token', () => {
  afterEach(() => serving.close());
  beforeEach(async () => {
    serving = await serve({ host: '127.0.0.1', port: 0, token, page });
  });
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

  test.each<[string, Asked, number]>([
    ['nothing', {}, 401],
    ['the token', { headers: { authorization: `Bearer ${token}` } }, 200],
    ['in a browser', { headers: basic(`anybody:${token}`) }, 200],
    ['another token', { headers: { authorization: `Bearer ${token}x` } }, 401],
    ['the beginning of the token', { headers: { authorization: `Bearer ${token.slice(0, -1)}` } }, 401],
    ['an empty token', { headers: { authorization: 'Bearer ' } }, 401],
    ['another password', { headers: basic('anybody:x') }, 401],
    ['another scheme', { headers: { authorization: `Digest ${token}` } }, 401],
    ['health is for all', { path: '/healthz' }, 200],
    ['what is not there is not told either', { path: '/nope' }, 401],
  ])('%s', async (_title, asked, status) => {
    expect((await ask(asked)).status).toBe(status);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.evil.example', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
