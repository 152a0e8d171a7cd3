import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import { bare, ProxyError, readHead, type Target } from './proxy-io.ts';
import { socks5 } from './socks5.ts';

/**
 * A socket that leads through a proxy to a target: by CONNECT (http, https) or SOCKS5.
 * @param by the proxy, and the address to connect to in place of its host.
 * @throws ProxyError
 */
export async function tunnel(
  { proxy, dial }: { readonly proxy: URL; readonly dial?: string | undefined },
  target: Target,
  timeoutMs: number,
): Promise<Socket> {
  const socket = open(proxy, dial);
  const timer =
    timeoutMs > 0 ? setTimeout(() => socket.destroy(new ProxyError('it does not answer')), timeoutMs) : undefined;
  try {
    await opened(socket, proxy.protocol === 'https:' ? 'secureConnect' : 'connect');
    if (proxy.protocol.startsWith('socks5')) await socks5(socket, proxy, target);
    else await httpConnect(socket, proxy, target);
    socket.removeAllListeners('error');
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    const { code, message } = error as NodeJS.ErrnoException;
    throw error instanceof ProxyError ? error : new ProxyError(code ?? message, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function open(proxy: URL, dial: string | undefined): Socket {
  const name = bare(proxy.hostname);
  const host = dial ?? name;
  const standard = { 'http:': 80, 'https:': 443 }[proxy.protocol] ?? 1080;
  const port = proxy.port === '' ? standard : Number(proxy.port);
  if (proxy.protocol !== 'https:') return connectPlain({ host, port });
  return connectTls({
    host,
    port,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_, peer) => checkServerIdentity(name, peer),
  });
}

function opened(socket: Socket, event: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once(event, resolve);
  socket.once('error', reject);
  return promise;
}

async function httpConnect(socket: Socket, proxy: URL, target: Target): Promise<void> {
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const authorization = proxyAuthorization(proxy);
  socket.write(
    [
      `CONNECT ${authority} HTTP/1.1`,
      `Host: ${authority}`,
      ...(authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`]),
      '\r\n',
    ].join('\r\n'),
  );
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(await readHead(socket))?.[1];
  if (status === '407') throw new ProxyError('it asks for a name and a password (407)');
  if (status !== '200') throw new ProxyError(status === undefined ? 'it does not speak HTTP' : `it answered ${status}`);
}

/** The name and password in a proxy's URL as a Basic header, where there are any. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '') return undefined;
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
