import { connector } from '../cluster/http/connector.ts';
import { proxyFor } from '../cluster/http/proxy.ts';
import { routeOf } from '../cluster/http/route.ts';
import { secureOptions } from '../cluster/http/secure-options.ts';
import { type Gateway, groupPath } from './gateway.ts';
import type { PushOptions } from './push.ts';

export interface Answer {
  readonly status: number;
  /** Where a redirect points to. */
  readonly location?: string;
  readonly text: string;
}

/** A push gateway that can be sent to. */
export interface GatewayClient {
  /** One try. Redirects are not followed: credentials are for who was named. @throws what the connection throws. */
  send(text: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Whatever a gateway has to say fits in this; one that writes without end is left. */
const largestAnswer = 1 << 20;
const connectTimeout = 10_000;

/** Makes ready to send, over the proxy that the environment names. Nothing is sent yet. @throws UserError */
export async function openGateway(
  gateway: Gateway,
  { environment, signal, onRequest }: PushOptions,
): Promise<GatewayClient> {
  const { url, method, group, authorization, ca, timeoutMs } = gateway;
  const { Agent, buildConnector } = await import('undici');
  const proxy = proxyFor(url, undefined, environment);
  const { origin, route } = routeOf(url, proxy);
  const timeout = timeoutMs > 0 ? Math.min(timeoutMs, connectTimeout) : connectTimeout;
  const dispatcher = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: largestAnswer,
    connect: connector(buildConnector, {
      tls: url.protocol === 'https:' ? secureOptions({ ca }) : {},
      proxy: route === undefined ? proxy : undefined,
      http1: true,
      timeoutMs: timeout,
    }),
  });
  const path = `${url.pathname.replace(/\/+$/, '')}${groupPath(group)}`;
  const headers = {
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    'user-agent': 'mekhanikube',
    ...route?.headers,
    ...(authorization === undefined ? {} : { authorization }),
  };
  return {
    async send(text) {
      const started = performance.now();
      let status = 0;
      try {
        const answer = await dispatcher.request({
          origin,
          method,
          path: `${route?.base ?? ''}${path}`,
          headers,
          body: text,
          signal: timeoutMs > 0 ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) : signal,
        });
        status = answer.statusCode;
        const { location } = answer.headers;
        return { status, ...(typeof location === 'string' ? { location } : {}), text: await answer.body.text() };
      } finally {
        const ms = Math.round(performance.now() - started);
        onRequest?.(`${method} ${url.origin}${path} ${status === 0 ? 'no answer' : status} ${ms} ms`);
      }
    },
    close: () => dispatcher.destroy(),
  };
}
