import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { deadline } from '../../../src/cluster/http/deadline.ts';

test('ends when the time is over, as AbortSignal.timeout does', async () => {
  const { signal } = deadline(new AbortController().signal, 5);
  await vi.waitFor(() => expect(signal.aborted).toBe(true));
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
});

test('ends with what stops the run, for the same reason', () => {
  const stop = new AbortController();
  const { signal } = deadline(stop.signal, 60_000);
  stop.abort('enough');
  expect(signal.reason).toBe('enough');
  expect(deadline(stop.signal, 60_000).signal.reason).toBe('enough');
});

test('leaves nothing behind once it is taken back', async () => {
  const stop = new AbortController();
  const { signal, clear } = deadline(stop.signal, 5);
  clear();
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  stop.abort();
  expect(signal.aborted).toBe(false);
});

test('no limit is no deadline', () => {
  const { signal } = new AbortController();
  expect(deadline(signal, 0).signal).toBe(signal);
});
