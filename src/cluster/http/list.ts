import { cutManagedFields } from './managed-fields.ts';
import { statusOf, statusText } from './status.ts';
import type { Reply } from './transport.ts';

/** How the reading of a list came out. */
export type ListOutcome =
  | { readonly state: 'whole' }
  /** The server has no such list (404). */
  | { readonly state: 'absent' }
  | { readonly state: 'forbidden'; readonly reason: string }
  /** Some pages may have come. */
  | { readonly state: 'broken'; readonly reason: string };

export interface ListSink {
  /** The items of one page, in the server's order. */
  items(items: readonly unknown[], reply: Reply): void;
  /** Forget all items: the list begins anew. */
  restart(): void;
}

export interface ListOptions {
  readonly path: string;
  /** Query parameters beside `limit` and `continue`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly limit: number;
  /** Whether `metadata.managedFields` of the items are wanted; else they are cut before the text is parsed. */
  readonly managedFields?: boolean;
  readonly get: (path: string) => Promise<Reply>;
  readonly sink: ListSink;
}

/** A page of more bytes makes the next ones smaller: Secrets and ConfigMaps may hold a megabyte each. */
const largePage = 8 << 20;
const smallestLimit = 20;
/** A page of fewer bytes makes the next ones larger: 250 events are some 250 KB, and each page costs a round trip. */
const smallPage = 1 << 20;
/** The most objects to a page: the API server takes a list of more for as expensive as any (flow control, ten seats). */
const largestLimit = 1_000;
/** How often a list whose token has expired twice goes on with the inexact tokens that the server offers. */
const mostExpirations = 10;

/**
 * Reads a list to its end, page by page; the next page is asked for before this one is parsed. No resourceVersion is sent: with
 * 0 older servers ignore the limit.
 *
 * A list whose continue token has expired (410) begins anew once, cleanly. If that happens again it goes on with the token that
 * comes with the 410: every object is seen then, though not all at the same moment.
 * @throws what `get` throws.
 */
export async function readList(options: ListOptions): Promise<ListOutcome> {
  const { path, query = {}, limit: firstLimit, managedFields = false, get, sink } = options;
  let limit = firstLimit;
  let expirations = 0;
  const ask = (token?: string): Promise<Reply> => {
    const parameters = new URLSearchParams({ ...query, limit: String(limit) });
    if (token !== undefined) parameters.set('continue', token);
    const reply = get(`${path}?${parameters.toString()}`);
    // It is awaited a page later; until then a failure has no handler.
    reply.catch(() => undefined);
    return reply;
  };
  let pending = ask();
  for (;;) {
    const reply = await pending;
    if (reply.status === 410) {
      expirations += 1;
      const token = statusOf(reply).continue;
      if (expirations === 1) {
        sink.restart();
        pending = ask();
      } else if (token !== undefined && expirations <= mostExpirations) {
        pending = ask(token);
      } else {
        return { state: 'broken', reason: 'it changed faster than it could be read (410 Expired)' };
      }
      continue;
    }
    if (reply.status !== 200) return failed(reply);
    limit = nextLimit(limit, reply.body.length);
    const text = (managedFields ? reply.body : cutManagedFields(reply.body)).toString();
    const early = /"continue":"([^"\\]+)"/.exec(head(text))?.[1];
    if (early !== undefined) pending = ask(early);
    const list = parse(text);
    if (list === undefined) return { state: 'broken', reason: 'the answer is no list of objects' };
    sink.items(list.items, reply);
    if (list.token === undefined) return { state: 'whole' };
    if (list.token !== early) pending = ask(list.token);
  }
}

function nextLimit(limit: number, bytes: number): number {
  if (bytes > largePage) return Math.max(smallestLimit, Math.floor(limit / 2));
  return bytes < smallPage ? Math.max(limit, Math.min(limit * 2, largestLimit)) : limit;
}

/** What stands before the items; a continue token in an object's annotation must not be taken for the list's. */
function head(text: string): string {
  const start = text.slice(0, 2_000);
  const items = start.indexOf('"items":');
  return items === -1 ? start : start.slice(0, items);
}

function parse(text: string): { items: readonly unknown[]; token?: string } | undefined {
  try {
    const list = JSON.parse(text) as { items?: unknown; metadata?: { continue?: unknown } } | null;
    // Go writes an empty list that was never filled as null.
    const items = list?.items ?? (list !== null && typeof list === 'object' && 'items' in list ? [] : undefined);
    if (!Array.isArray(items)) return undefined;
    const token = list?.metadata?.continue;
    return { items, ...(typeof token === 'string' && token !== '' ? { token } : {}) };
  } catch {
    return undefined;
  }
}

function failed(reply: Reply): ListOutcome {
  if (reply.status === 404) return { state: 'absent' };
  const reason = statusText(reply);
  return { state: reply.status === 403 ? 'forbidden' : 'broken', reason };
}
