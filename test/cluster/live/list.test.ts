import { expect, test } from 'vitest';
import { type ListOutcome, readList } from '../../../src/cluster/http/list.ts';
import type { Reply } from '../../../src/cluster/http/transport.ts';

type Script = (query: URLSearchParams, count: number) => { status?: number; body: unknown } | Error;

/** Reads a list from a script of answers; `asked` are the queries, in order. */
async function read(
  script: Script,
  limit = 2,
): Promise<{ outcome: ListOutcome; items: unknown[]; asked: string[]; open: number }> {
  let items: unknown[] = [];
  const asked: string[] = [];
  let open = 0;
  const outcome = await readList({
    path: '/api/v1/pods',
    limit,
    async get(path) {
      const query = new URL(path, 'http://x').searchParams;
      asked.push(query.toString());
      const answer = script(query, asked.length);
      open += 1;
      await new Promise(setImmediate);
      open -= 1;
      if (answer instanceof Error) throw answer;
      const { status = 200, body } = answer;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return { status, headers: {}, body: Buffer.from(text) } satisfies Reply;
    },
    sink: {
      items: (page) => void items.push(...page),
      restart: () => {
        items = [];
      },
    },
  });
  return { outcome, items, asked, open };
}

const page = (items: unknown[], token?: string) => ({
  kind: 'PodList',
  metadata: { resourceVersion: '5', ...(token === undefined ? {} : { continue: token, remainingItemCount: 3 }) },
  items,
});

test('pages are read to the end, with the token encoded and no resourceVersion', async () => {
  const { outcome, items, asked } = await read((query) =>
    query.get('continue') === null ? { body: page([1, 2], 'a+/=&b') } : { body: page([3]) },
  );
  expect({ outcome, items, asked }).toEqual({
    outcome: { state: 'whole' },
    items: [1, 2, 3],
    asked: ['limit=2', 'limit=4&continue=a%2B%2F%3D%26b'],
  });
});

test('the next page is asked for before this one is handed on', async () => {
  const order: string[] = [];
  await readList({
    path: '/x',
    limit: 1,
    get(path) {
      order.push(path.includes('continue') ? 'ask 2' : 'ask 1');
      const body = path.includes('continue') ? page([2]) : page([1], 't');
      return Promise.resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) });
    },
    sink: { items: (items) => void order.push(`page ${String(items[0])}`), restart: () => undefined },
  });
  expect(order).toEqual(['ask 1', 'ask 2', 'page 1', 'page 2']);
});

test('a continue token after the items is found, too', async () => {
  const { items } = await read((query) =>
    query.get('continue') === null
      ? { body: { items: [1], metadata: { continue: 'late' } } }
      : { body: { items: [2], metadata: {} } },
  );
  expect(items).toEqual([1, 2]);
});

test("an object's text cannot pass for the list's token", async () => {
  const trick = { metadata: { annotations: { x: 'y' }, continue: 'trick' } };
  const { asked, outcome } = await read(() => ({ body: page([trick]) }));
  expect(outcome).toEqual({ state: 'whole' });
  expect(asked).toHaveLength(1);
});

test('items: null is an empty list', async () => {
  expect(await read(() => ({ body: { kind: 'PodList', metadata: {}, items: null } }))).toMatchObject({
    outcome: { state: 'whole' },
    items: [],
  });
});

test('a page of many bytes makes the next ones smaller', async () => {
  const { asked } = await read(
    (query) => (query.get('continue') === null ? { body: page(['x'.repeat(9 << 20)], 't') } : { body: page([]) }),
    250,
  );
  expect(asked).toEqual(['limit=250', 'limit=125&continue=t']);
});

test('a page of few bytes makes the next ones larger, up to a thousand objects', async () => {
  const { asked } = await read((_, count) => ({ body: page([], count < 5 ? 't' : undefined) }), 250);
  const limits = asked.map((query) => new URLSearchParams(query).get('limit'));
  expect(limits).toEqual(['250', '500', '1000', '1000', '1000']);
});

test('a page of some megabytes leaves the next ones as they are', async () => {
  const body = page(['x'.repeat(2 << 20)], 't');
  const { asked } = await read((_, count) => ({ body: count === 1 ? body : page([]) }), 250);
  expect(asked).toEqual(['limit=250', 'limit=250&continue=t']);
});

const expired = (token?: string) => ({
  status: 410,
  body: { kind: 'Status', reason: 'Expired', code: 410, metadata: token === undefined ? {} : { continue: token } },
});

test('an expired list begins anew once, cleanly', async () => {
  const { outcome, items, asked } = await read((query, count) => {
    if (count === 2) return expired('fresh');
    return query.get('continue') === null ? { body: page([count, 'x'], 't') } : { body: page(['end']) };
  });
  expect(outcome).toEqual({ state: 'whole' });
  expect(items).toEqual([3, 'x', 'end']);
  expect(asked).toEqual(['limit=2', 'limit=4&continue=t', 'limit=4', 'limit=8&continue=t']);
});

test('the second time it goes on with the token that comes with the 410', async () => {
  const { outcome, items } = await read((query) => {
    const token = query.get('continue');
    if (token === 'old') return expired('fresh');
    return token === null ? { body: page([1], 'old') } : { body: page([2]) };
  });
  expect({ outcome, items }).toEqual({ outcome: { state: 'whole' }, items: [1, 2] });
});

test.each([
  ['without a token', undefined, 4],
  ['for ever', 'old', 40],
])('a list that expires %s is broken, not whole, and ends', async (_, fresh, most) => {
  const { outcome, asked } = await read((query) =>
    query.get('continue') === null ? { body: page([1], 'old') } : expired(fresh),
  );
  expect(outcome.state).toBe('broken');
  expect(asked.length).toBeLessThanOrEqual(most);
});

test.each([
  ['absent', 404, { kind: 'Status', reason: 'NotFound' }, { state: 'absent' }],
  [
    'forbidden',
    403,
    { kind: 'Status', reason: 'Forbidden', message: 'pods is forbidden' },
    { state: 'forbidden', reason: '403 Forbidden: pods is forbidden' },
  ],
  [
    'an error',
    500,
    { kind: 'Status', reason: 'InternalError', message: 'etcd\nis away.' },
    { state: 'broken', reason: '500 InternalError: etcd is away' },
  ],
  ['an error page', 502, '<html>authorization: Bearer secret</html>', { state: 'broken', reason: '502' }],
  ['no list', 200, { kind: 'Pod' }, { state: 'broken', reason: 'the answer is no list of objects' }],
  ['no JSON', 200, '<html>', { state: 'broken', reason: 'the answer is no list of objects' }],
  ['null', 200, 'null', { state: 'broken', reason: 'the answer is no list of objects' }],
])('%s', async (_, status, body, outcome) => {
  expect((await read(() => ({ status, body }))).outcome).toEqual(outcome);
});

test('a list that breaks at page 2 keeps what came', async () => {
  const { outcome, items } = await read((query) =>
    query.get('continue') === null ? { body: page([1, 2], 't') } : { status: 500, body: '' },
  );
  expect({ outcome, items }).toEqual({ outcome: { state: 'broken', reason: '500' }, items: [1, 2] });
});

test('no request is left over, and no rejection without a handler, when a page cannot be parsed', async () => {
  const { outcome } = await read((query) =>
    query.get('continue') === null
      ? { body: '{"metadata":{"continue":"t"},"items":[' }
      : new Error('the read-ahead fails later'),
  );
  expect(outcome.state).toBe('broken');
  await new Promise(setImmediate);
});
