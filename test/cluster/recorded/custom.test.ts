import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { loadRecorded } from '../../../src/cluster/recorded.ts';

const api = (name: string, group: string) => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name },
  spec: { group, version: 'v1' },
});
const load = (items: readonly object[], partial = false) =>
  loadRecorded({
    paths: ['-'],
    stdin: Readable.from([Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))]),
    at: '2026-03-01T12:00:00Z',
    partial,
  });

test.each([
  ['the group is not served, as all APIServices show', [api('v1.apps', 'apps')], false, true],
  ['the group is served', [api('v1.apps', 'apps'), api('v1.cert-manager.io', 'cert-manager.io')], false, false],
  ['the user takes nothing as complete', [api('v1.apps', 'apps')], true, false],
  [
    'nobody knows which groups are served',
    [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {} }],
    false,
    false,
  ],
])('a recording without Certificates: %s', async (_, items, partial, complete) => {
  const { snapshot, gaps } = await load(items, partial);
  expect(snapshot.list('certificates.cert-manager.io')).toMatchObject({ items: [], complete });
  expect(gaps.some(({ name }) => name === 'certificates.cert-manager.io')).toBe(!complete);
});
