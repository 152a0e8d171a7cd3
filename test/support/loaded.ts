import type { Loaded } from '../../src/cluster/load.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { allResources, type Resource } from '../../src/model/resources.ts';
import type { Coverage } from '../../src/model/snapshot.ts';
import { snapshotOf, type SnapshotOptions } from './snapshot.ts';

/** What loading a live cluster of exactly these objects gives; a resource that is missing is a gap. */
export function loadedOf(objects: readonly KubeObject[], options: SnapshotOptions & Partial<Loaded> = {}): Loaded {
  const { takenAt, serverVersion, missing, access, ...rest } = options;
  const snapshot = snapshotOf(objects, {
    ...(takenAt === undefined ? {} : { takenAt }),
    ...(serverVersion === undefined ? {} : { serverVersion }),
    ...(missing === undefined ? {} : { missing }),
    ...(access === undefined ? {} : { access }),
  });
  const coverage = Object.fromEntries(
    allResources.map((resource): [Resource, Coverage] => {
      const reason = missing?.[resource];
      return [resource, reason === undefined ? { complete: 'all' } : { complete: [], reason }];
    }),
  ) as Record<Resource, Coverage>;
  return {
    snapshot,
    source: 'live',
    cluster: { name: 'test', context: 'test-context', server: 'https://127.0.0.1:6443', version: 'v1.36.3' },
    gaps: Object.entries(missing ?? {}).map(([name, reason]) => ({ what: 'resource', name, reason })),
    assumptions: [],
    hints: [],
    coverage,
    stats: { requests: 34, bytes: 120_000, objects: objects.length },
    ...rest,
  };
}
