import { expect, test } from 'vitest';
import { bypassed } from '../../../src/cluster/http/no-proxy.ts';
import { proxyFor } from '../../../src/cluster/http/proxy.ts';

test.each([
  ['https://api.test', '*', true],
  ['https://api.test', 'api.test', true],
  ['https://api.test', 'API.TEST', true],
  ['https://a.api.test', 'api.test', true],
  ['https://a.api.test', '.api.test', true],
  ['https://a.api.test', '*.api.test', true],
  ['https://api.test:6443', 'api.test:6443', true],
  ['https://api.test', 'api.test:443', true],
  ['https://api.test', 'other, api.test', true],
  ['https://10.1.2.3:6443', '10.0.0.0/8', true],
  ['https://10.1.2.3:6443', '10.1.2.3', true],
  ['https://[fd00::5]:6443', 'fd00::/8', true],
  ['https://[fd00::5]:6443', '[fd00::5]:6443', true],
  ['https://localhost:6443', '', true],
  ['https://127.0.0.1:6443', '', true],
  ['https://[::1]:6443', '', true],
  ['https://api.test', '', false],
  ['https://api.test', 'pi.test', false],
  ['https://api.test', '.api.test', false],
  ['https://api.test:6443', 'api.test:443', false],
  ['https://11.1.2.3:6443', '10.0.0.0/8', false],
  ['https://10.1.2.3:6443', '10.1.2', false],
  ['https://10.1.2.3:6443', '10.0.0.0/x', false],
  ['https://10.1.2.3:6443', '10.0.0.0/99', false],
  ['https://10.1.2.3:6443', 'fd00::/8', false],
  ['https://api.test', '10.0.0.0/8', false],
])('%s with NO_PROXY=%s: %s', (url, noProxy, expected) => {
  expect(bypassed(new URL(url), noProxy)).toBe(expected);
});

const server = new URL('https://api.test:6443');

test.each([
  [{ HTTPS_PROXY: 'http://proxy.test:3128' }, undefined, 'http://proxy.test:3128/'],
  [{ https_proxy: 'proxy.test:3128' }, undefined, 'http://proxy.test:3128/'],
  [{ HTTPS_PROXY: 'http://upper.test', https_proxy: 'http://lower.test' }, undefined, 'http://upper.test/'],
  [{ HTTP_PROXY: 'http://proxy.test' }, undefined, undefined],
  [{ HTTPS_PROXY: 'http://proxy.test', NO_PROXY: 'api.test' }, undefined, undefined],
  [{ HTTPS_PROXY: 'http://proxy.test', no_proxy: '.test' }, undefined, undefined],
  [{ HTTPS_PROXY: 'http://proxy.test', NO_PROXY: 'api.test' }, 'socks5://own.test:1080', 'socks5://own.test:1080'],
  [{}, undefined, undefined],
])('proxy of %j and proxy-url %s', (env, configured, expected) => {
  expect(proxyFor(server, configured, env)?.href).toBe(expected);
});

test('HTTP_PROXY is for plain http', () => {
  expect(
    proxyFor(new URL('http://api.test'), undefined, { HTTP_PROXY: 'http://p.test', HTTPS_PROXY: 'http://q.test' })
      ?.host,
  ).toBe('p.test');
});

test.each(['ftp://user:secret@proxy.test', 'http://', '::::'])(
  '%s is no proxy, and no password is repeated',
  (value) => {
    expect(() => proxyFor(server, undefined, { HTTPS_PROXY: value })).toThrow(
      expect.objectContaining({ code: 'bad-proxy', message: expect.not.stringContaining('secret') as string }) as Error,
    );
  },
);
