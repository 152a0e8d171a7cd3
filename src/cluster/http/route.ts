import { proxyAuthorization } from './tunnel.ts';

/** Where a request goes: what to connect to and, where that is a proxy, what to write before the path and into the head. */
export interface Route {
  readonly origin: string;
  readonly route?: { readonly base: string; readonly headers: Readonly<Record<string, string>> };
}

/** Plain http through an http proxy is not tunnelled: the proxy gets the whole URL. Without `route` the connection itself is the way. */
export function routeOf(server: URL, proxy: URL | undefined): Route {
  if (proxy === undefined || server.protocol !== 'http:' || proxy.protocol.startsWith('socks5')) {
    return { origin: server.origin };
  }
  const authorization = proxyAuthorization(proxy);
  const headers = {
    host: server.host,
    ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
  };
  return { origin: proxy.origin, route: { base: server.origin, headers } };
}
