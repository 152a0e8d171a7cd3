import { allResources, type Resource, resources } from '../model/resources.ts';
import { accessFacts } from './access.ts';
import { openApiServer } from './api-server.ts';
import type { RequestInfo } from './http/transport.ts';
import type { Connection } from './kubeconfig/connection.ts';
import { type ConfigOptions, resolveConfig } from './kubeconfig/resolve.ts';
import { withStandIn } from './kubeconfig/stand-in.ts';
import { outside, type Surroundings } from './kubeconfig/surroundings.ts';
import { checkNamespaces } from './live-namespaces.ts';
import { readInOrder } from './live-order.ts';
import { createReader, timeText } from './live-read.ts';
import { gapsOf, hintsOf, type Reading, requireSomething } from './live-result.ts';
import type { Loaded } from './load.ts';
import { createStore } from './store.ts';

export { contextNames } from './kubeconfig/contexts.ts';
export { resolveConfig } from './kubeconfig/resolve.ts';
export { surroundings } from './kubeconfig/surroundings.ts';
export type { Connection, ConfigOptions, RequestInfo, Surroundings };

export interface ServerOptions extends ConfigOptions {
  /** For one request, in milliseconds; 0 means no limit. Without it a minute, the API server's own limit. */
  readonly requestTimeoutMs?: number;
  readonly signal: AbortSignal;
  onRequest?(info: RequestInfo): void;
}

export interface LiveOptions extends ServerOptions {
  /** The namespaces asked for; none means all. They narrow reading only where the whole cluster may not be listed. */
  readonly namespaces: readonly string[];
  /** auto: Secrets are listed where the user may. never: they are not asked for. */
  readonly secrets: 'auto' | 'never';
  readonly resources: readonly Resource[];
  onProgress?(info: { resource: Resource; objects: number }): void;
}

const minute = 60_000;

/**
 * Reads a live cluster: each resource once, in pages, referrers first, with get and list only. What may not be listed in the
 * whole cluster is read in the namespaces asked for, else in the context's; what cannot be read is a gap.
 * @throws UserError when there is no usable configuration, the server cannot be reached or trusted, refuses the credentials, or
 * lets nothing be read; when a namespace asked for does not exist. Whatever `signal` was aborted with.
 */
export async function loadLive(options: LiveOptions): Promise<Loaded> {
  const connection = await connectionOf(options);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const server = await open(connection, options, signal);
  const store = createStore();
  const fallback = options.namespaces.length > 0 ? [...new Set(options.namespaces)] : [connection.namespace];
  const reader = createReader({ server, store, fallback, onProgress: (info) => options.onProgress?.(info) });
  try {
    const version = await server.version();
    const wanted = allResources.filter(
      (resource) => options.resources.includes(resource) && (resource !== 'secrets' || options.secrets === 'auto'),
    );
    if (options.secrets === 'never') store.missing('secrets', 'not asked for (--secrets never)');
    await readInOrder(wanted, reader.read, () => stop.abort());
    const readings = wanted.flatMap((resource) => reader.readings.get(resource) ?? []);
    await checkNamespaces(server, store, namespacesToCheck(options, readings, fallback));
    requireSomething(readings, connection);
    const takenAt = reader.takenAt() ?? timeText(new Date());
    return {
      snapshot: store.snapshot({
        takenAt,
        ...(version === undefined ? {} : { serverVersion: version }),
        access: accessFacts(connection, server.peer()),
      }),
      source: 'live',
      cluster: {
        name: connection.name,
        server: connection.server,
        ...(version === undefined ? {} : { version }),
        ...(connection.context === undefined ? {} : { context: connection.context }),
        namespace: connection.namespace,
      },
      gaps: gapsOf(readings),
      assumptions: [],
      hints: hintsOf(readings),
      coverage: store.coverage(),
      stats: { ...server.stats, objects: wanted.reduce((sum, resource) => sum + store.count(resource), 0) },
    };
  } finally {
    await server.close();
  }
}

/** Those asked for; and the context's where nothing but it could be read: a report about a namespace that is not there says nothing. */
function namespacesToCheck(
  { namespaces }: LiveOptions,
  readings: readonly Reading[],
  fallback: readonly string[],
): readonly string[] {
  if (namespaces.length > 0) return namespaces;
  const wide = readings.some(({ resource, state }) => resources[resource].namespaced && state === 'whole');
  return wide ? [] : fallback;
}

/** What `version` and `doctor` need: which server, as whom, and which version it is. @throws UserError as `loadLive`. */
export async function serverVersion(
  options: ServerOptions,
): Promise<{ readonly connection: Connection; readonly version?: string }> {
  const connection = await connectionOf(options);
  const server = await open(connection, options, options.signal);
  try {
    const version = await server.version();
    return { connection, ...(version === undefined ? {} : { version }) };
  } finally {
    await server.close();
  }
}

async function connectionOf(options: ServerOptions): Promise<Connection> {
  return withStandIn(await resolveConfig(options), options.around ?? outside);
}

function open(connection: Connection, options: ServerOptions, signal: AbortSignal): ReturnType<typeof openApiServer> {
  const onRequest = options.onRequest?.bind(options);
  return openApiServer(connection, { timeoutMs: options.requestTimeoutMs ?? minute, signal, onRequest });
}
