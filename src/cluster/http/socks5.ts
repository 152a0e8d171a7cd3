import { isIPv4, isIPv6, type Socket } from 'node:net';
import { ProxyError, readExactly, type Target } from './proxy-io.ts';

const version = 5;

/** Why a SOCKS5 server refuses (RFC 1928, section 6). */
const refusals = [
  '',
  'it failed',
  'its rules forbid it',
  'the network cannot be reached',
  'the host cannot be reached',
  'the connection was refused',
  'the time ran out',
  'it knows no CONNECT',
  'it knows no such addresses',
];

/**
 * Opens a way to the target through a SOCKS5 proxy (RFC 1928, RFC 1929), over a socket that is connected to it. The proxy looks
 * the name up.
 * @throws ProxyError
 */
export async function socks5(socket: Socket, proxy: URL, target: Target): Promise<void> {
  const withPassword = proxy.username !== '';
  socket.write(Buffer.from(withPassword ? [version, 2, 0, 2] : [version, 1, 0]));
  const [spoken, method] = await readExactly(socket, 2);
  if (spoken !== version) throw new ProxyError('it does not speak SOCKS5');
  if (method === 2 && withPassword) await logIn(socket, proxy);
  else if (method !== 0) throw new ProxyError('it asks for a name and a password');
  socket.write(Buffer.concat([Buffer.from([version, 1, 0]), address(target.host), port(target.port)]));
  const [, reply = 1, , type] = await readExactly(socket, 4);
  if (reply !== 0) throw new ProxyError(refusals[reply] ?? `it refused (${reply})`);
  const length = type === 1 ? 4 : type === 4 ? 16 : ((await readExactly(socket, 1))[0] ?? 0);
  await readExactly(socket, length + 2);
}

async function logIn(socket: Socket, proxy: URL): Promise<void> {
  const words = [proxy.username, proxy.password].map((word) => Buffer.from(decodeURIComponent(word)).subarray(0, 255));
  socket.write(Buffer.concat([Buffer.from([1]), ...words.flatMap((word) => [Buffer.from([word.length]), word])]));
  const [, status] = await readExactly(socket, 2);
  if (status !== 0) throw new ProxyError('it refuses the name and password');
}

function address(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)]);
  if (isIPv6(host)) return Buffer.concat([Buffer.from([4]), ipv6(host)]);
  const name = Buffer.from(host).subarray(0, 255);
  return Buffer.concat([Buffer.from([3, name.length]), name]);
}

function ipv6(host: string): Buffer {
  // The URL parser writes the shortest form; only `::` has to be filled up.
  const canonical = new URL(`http://[${host}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const words = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
  return Buffer.concat(words.map((word) => port(Number.parseInt(word, 16))));
}

/** Two bytes, the higher first. */
function port(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}
