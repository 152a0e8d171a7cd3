import { type Resource, resources } from '../model/resources.ts';
import type { ApiServer } from './api-server.ts';
import type { ListOutcome } from './http/list.ts';
import { type ListRead, readObjects } from './live-list.ts';
import type { Reading } from './live-result.ts';
import { createServed } from './live-served.ts';
import type { Store } from './store.ts';

export interface ReaderOptions {
  readonly server: ApiServer;
  readonly store: Store;
  /** Where to read what may not be listed in the whole cluster. */
  readonly fallback: readonly string[];
  readonly onProgress: (info: { resource: Resource; objects: number }) => void;
}

/** Reads resources into a store, and keeps how each came out. */
export interface Reader {
  /** Reads one resource; `begun` is called when its first page is there. @throws UserError when credentials are refused. */
  read(this: void, resource: Resource, begun: () => void): Promise<void>;
  readonly readings: ReadonlyMap<Resource, Reading>;
  /** The server's time at the first list, RFC 3339. */
  takenAt(): string | undefined;
}

/** A reader that has read nothing yet. */
export function createReader({ server, store, fallback, onProgress }: ReaderOptions): Reader {
  const served = createServed(server);
  const readings = new Map<Resource, Reading>();
  let takenAt: string | undefined;

  async function read(resource: Resource, begun: () => void): Promise<void> {
    const readOnce = async (namespace?: string) =>
      readObjects({
        server,
        resource,
        apiVersion: await served.version(resource),
        ...(namespace === undefined ? {} : { namespace }),
        onPage(seen, reply) {
          takenAt ??= dateOf(reply.headers['date']);
          begun();
          onProgress({ resource, objects: store.count(resource) + seen });
        },
      });
    const readAt = async (namespace?: string) => {
      const first = await readOnce(namespace);
      // Once more, and what is refused then is forbidden.
      return first.outcome.state === 'forbidden' && (await server.recovered()) ? readOnce(namespace) : first;
    };
    if (resources[resource].custom === true && (await served.lacksGroup(resource))) {
      store.complete(resource);
      readings.set(resource, { resource, state: 'whole', namespaces: [] });
      return;
    }
    const { outcome, objects } = await readAt();
    if (outcome.state === 'forbidden' && resources[resource].namespaced) {
      readings.set(resource, await readNarrowly(resource, readAt));
      return;
    }
    for (const object of objects) store.add(resource, object);
    const reason = outcome.state === 'absent' ? (await served.missing(resource)).reason : reasonOf(outcome);
    if (reason === undefined) store.complete(resource);
    else store.missing(resource, reason);
    const failed = outcome.state === 'forbidden' ? 'forbidden' : objects.length > 0 ? 'partly' : 'broken';
    readings.set(resource, {
      resource,
      state: reason === undefined ? 'whole' : failed,
      namespaces: [],
      ...(reason === undefined ? {} : { reason }),
    });
  }

  async function readNarrowly(resource: Resource, readAt: (namespace: string) => Promise<ListRead>): Promise<Reading> {
    const namespaces: string[] = [];
    let broken: string | undefined;
    for (const namespace of fallback) {
      const { outcome, objects } = await readAt(namespace);
      for (const object of objects) store.add(resource, object);
      if (outcome.state === 'whole') {
        store.complete(resource, namespace);
        namespaces.push(namespace);
      } else if (outcome.state !== 'forbidden') {
        broken ??= reasonOf(outcome) ?? 'the server does not serve it (404)';
      }
    }
    const allowed =
      namespaces.length === 0 ? forbidden : `may be listed only in ${namespaces.join(', ')} (403 elsewhere)`;
    const reason = broken === undefined ? allowed : `${allowed}; ${broken}`;
    store.missing(resource, reason);
    const failed = broken === undefined ? 'forbidden' : 'broken';
    return { resource, state: namespaces.length > 0 ? 'partly' : failed, namespaces, reason };
  }

  return { read, readings, takenAt: () => takenAt };
}

const forbidden = 'may not be listed (403)';

function reasonOf(outcome: ListOutcome): string | undefined {
  if (outcome.state === 'whole' || outcome.state === 'absent') return undefined;
  return outcome.state === 'forbidden' ? forbidden : outcome.reason;
}

function dateOf(header: string | string[] | undefined): string | undefined {
  const time = typeof header === 'string' ? Date.parse(header) : Number.NaN;
  return Number.isNaN(time) ? undefined : timeText(new Date(time));
}

/** RFC 3339 in whole seconds, as the API server writes times. */
export function timeText(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
