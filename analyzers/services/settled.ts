import { olderThan, type Service, type Snapshot } from '../../src/kit.ts';

/**
 * The Services that checks may be about: not just made, not being deleted, nor in a namespace that is. `default/kubernetes` is left
 * out: the API server itself keeps its endpoints.
 */
export function settledServices(snapshot: Snapshot<'services' | 'namespaces'>, settle: number): readonly Service[] {
  return snapshot.list('services').items.filter(({ metadata }) => {
    const { name, namespace, creationTimestamp, deletionTimestamp } = metadata;
    if (deletionTimestamp !== undefined || (namespace === 'default' && name === 'kubernetes')) return false;
    const home = snapshot.lookup('namespaces', namespace ?? '');
    if (home.state === 'found' && home.object.metadata.deletionTimestamp !== undefined) return false;
    return creationTimestamp === undefined || olderThan(snapshot, creationTimestamp, settle);
  });
}
