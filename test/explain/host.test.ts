import { expect, test } from 'vitest';
import { parseHost } from '../../src/explain/ollama/host.ts';

test.each([
  [undefined, 'http://127.0.0.1:11434'],
  ['', 'http://127.0.0.1:11434'],
  ['  "gpu-box"  ', 'http://gpu-box:11434'],
  ['gpu-box:1234', 'http://gpu-box:1234'],
  [':1234', 'http://127.0.0.1:1234'],
  ['0.0.0.0', 'http://127.0.0.1:11434'],
  ['0.0.0.0:8080', 'http://127.0.0.1:8080'],
  ['[::]:8080', 'http://[::1]:8080'],
  ['::1', 'http://[::1]:11434'],
  ['[::1]', 'http://[::1]:11434'],
  ['http://gpu-box', 'http://gpu-box:80'],
  ['https://gpu-box', 'https://gpu-box:443'],
  ['HTTPS://gpu-box:8443/', 'https://gpu-box:8443'],
  ['https://example.org/ollama/', 'https://example.org:443/ollama'],
  ['http://jane:p%40ss@gpu-box', 'http://gpu-box:80'],
  ['gpu-box:99999', 'http://gpu-box:11434'],
  ['ollama.com', 'https://ollama.com:443'],
])('%j is %s', (text, url) => {
  expect(parseHost(text).url).toBe(url);
});

test('a user goes into a header, not into the address', () => {
  expect(parseHost('http://jane:p%40ss@gpu-box').authorization).toBe(
    `Basic ${Buffer.from('jane:p@ss').toString('base64')}`,
  );
  expect(parseHost('gpu-box').authorization).toBeUndefined();
});

test.each(['ftp://x', 'a b', 'http://[::1', 'x:y', 'http://a:b:c'])('%s is refused', (text) => {
  expect(() => parseHost(text)).toThrow(/is not an address of Ollama/);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['localhost', true],
  ['10.1.2.3', true],
  ['192.168.1.5', true],
  ['172.16.0.1', true],
  ['172.31.0.1', true],
  ['169.254.1.1', true],
  ['100.64.0.1', true],
  ['gpu-box', true],
  ['ollama.svc', true],
  ['nas.local', true],
  ['x.home.arpa', true],
  ['::1', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['8.8.8.8', false],
  ['172.32.0.1', false],
  ['192.169.0.1', false],
  ['100.128.0.1', false],
  ['11.0.0.1', false],
  ['2001:db8::1', false],
  ['example.org', false],
  ['local.example.org', false],
  ['10.0.0.1.example.org', false],
  ['evillocal', true],
])('%s is private: %s', (text, expected) => {
  expect(parseHost(text).isPrivate).toBe(expected);
});
