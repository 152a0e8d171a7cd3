import { UserError } from '../../errors.ts';
import { bypassed } from './no-proxy.ts';

const schemes = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

/**
 * The proxy for a server: the cluster's `proxy-url`, else HTTPS_PROXY or HTTP_PROXY unless NO_PROXY excepts the host. Upper case
 * wins over lower case, as in Go's HTTP client.
 * @throws UserError `bad-proxy` for what is no proxy URL; its password is not repeated.
 */
export function proxyFor(
  server: URL,
  configured: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  if (configured !== undefined) return parse(configured, '`proxy-url` in the kubeconfig');
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = either(env, name);
  if (value === undefined || bypassed(server, either(env, 'NO_PROXY') ?? '')) return undefined;
  return parse(value, name);
}

function either(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return env[name] || env[name.toLowerCase()] || undefined;
}

function parse(value: string, source: string): URL {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (url !== null && schemes.has(url.protocol) && url.hostname !== '') return url;
  throw new UserError('bad-proxy', `${source} is no URL of an http, https or socks5 proxy`, {
    hint: 'Write it as http://host:port or socks5://host:port.',
  });
}

/** Host and port of a proxy, for messages: never its password. */
export function proxyText(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`;
}
