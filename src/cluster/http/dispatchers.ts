import type { Agent, buildConnector, Dispatcher } from 'undici';
import type { Connection } from '../kubeconfig/connection.ts';
import type { Credential } from '../kubeconfig/credentials.ts';
import { connector } from './connector.ts';
import { bare } from './proxy-io.ts';
import { secureOptions } from './secure-options.ts';

/** A page of the largest objects that etcd takes (1.5 MB) stays far below this. */
export const largestBody = 1 << 30;

export interface DispatcherOptions {
  /** undici, which is imported only when something is sent. */
  readonly build: { readonly Agent: typeof Agent; readonly buildConnector: typeof buildConnector };
  /** For connecting, in milliseconds. */
  readonly timeoutMs: number;
  readonly proxy: URL | undefined;
  /** Told the certificate, DER, that the server shows on each connection. */
  readonly onPeer?: (certificate: Buffer) => void;
}

/** The connections to one server: kept for all requests, and made anew when the client certificate changes. */
export interface Dispatchers {
  of(credential: Credential): Dispatcher;
  close(): Promise<void>;
}

/** One HTTP/2 session, or at most six HTTP/1.1 connections. Nothing is opened yet. */
export function createDispatchers(
  connection: Connection,
  { build, timeoutMs, proxy, onPeer }: DispatcherOptions,
): Dispatchers {
  const secure = connection.server.startsWith('https:');
  const made: Dispatcher[] = [];
  let current: { certificate: string | undefined; key: string | undefined; dispatcher: Dispatcher } | undefined;
  return {
    of({ certificate, key }) {
      if (current?.certificate === certificate && current?.key === key && current !== undefined)
        return current.dispatcher;
      const dispatcher = new build.Agent({
        connections: 6,
        headersTimeout: 0,
        bodyTimeout: 0,
        maxResponseSize: largestBody,
        h2Options: { settings: { initialWindowSize: 4 << 20 }, connectionWindowSize: 16 << 20 },
        connect: connector(build.buildConnector, {
          tls: secure ? secureOptions({ ca: connection.ca, insecure: connection.insecure, certificate, key }) : {},
          serverName: secure ? (connection.serverName ?? bare(new URL(connection.server).hostname)) : undefined,
          proxy,
          dial: connection.dial?.address,
          http1: repeatsHeaders(connection),
          timeoutMs,
          onPeer,
        }),
      });
      made.push(dispatcher);
      current = { certificate, key, dispatcher };
      return dispatcher;
    },
    async close() {
      await Promise.all(made.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/**
 * A user in two groups is two headers of one name. Over HTTP/2 undici makes one of them, `a, b`, which the API server takes for
 * one group of that name: other rights than those asked for. Over HTTP/1.1 it sends two.
 */
function repeatsHeaders({ impersonation }: Connection): boolean {
  return Object.values(impersonation).some((value) => typeof value !== 'string' && value.length > 1);
}
