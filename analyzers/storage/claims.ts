import {
  claimUses,
  groupBy,
  type ObjectRef,
  olderThan,
  once,
  type Pod,
  quantity,
  quantityText,
  type ResourceTypes,
  type Snapshot,
} from '../../src/kit.ts';

export type Claim = ResourceTypes['persistentvolumeclaims'];
export type Volume = ResourceTypes['persistentvolumes'];
export type StorageClass = ResourceTypes['storageclasses.storage.k8s.io'];

/** The pods that use a claim, without those that have ended. */
export function usersOf(snapshot: Snapshot<'pods'>, claim: ObjectRef | Claim): readonly Pod[] {
  const { namespace, name } = 'metadata' in claim ? claim.metadata : claim;
  return users(snapshot).get(`${namespace ?? ''}/${name}`) ?? [];
}

const users = once((snapshot: Snapshot<'pods'>) => {
  const uses = snapshot
    .list('pods')
    .items.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .flatMap((pod) => claimUses(pod).map(({ claim }) => ({ pod, claim })));
  const groups = groupBy(uses, ({ pod, claim }) => `${pod.metadata.namespace ?? ''}/${claim}`);
  return new Map([...groups].map(([key, group]) => [key, [...new Set(group.map(({ pod }) => pod))]]));
});

/** Pods of a claim that have a node and still wait there to be started. */
export function waitingOn(snapshot: Snapshot<'pods'>, claim: ObjectRef | Claim, grace: number): readonly Pod[] {
  return usersOf(snapshot, claim).filter(
    (pod) =>
      pod.spec.nodeName !== undefined &&
      pod.metadata.deletionTimestamp === undefined &&
      pod.status?.phase === 'Pending' &&
      !hasStarted(pod) &&
      olderThan(snapshot, pod.metadata.creationTimestamp, grace),
  );
}

/** Volumes are mounted before the first container is made: one that runs or ran has them. */
function hasStarted({ status }: Pod): boolean {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(
    ({ state, restartCount }) =>
      state?.running !== undefined || state?.terminated !== undefined || (restartCount ?? 0) > 0,
  );
}

/** The claim that a volume is bound to or reserved for. */
export function claimOf({ spec }: Volume): ObjectRef | undefined {
  const { namespace, name } = spec.claimRef ?? {};
  if (name === undefined) return undefined;
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...(namespace === undefined ? {} : { namespace }), name };
}

/** The size that a claim asks for or a volume has, in nano units. */
export function sizeOf(list: Readonly<Record<string, string>> | undefined): bigint {
  return quantity(list?.['storage']) ?? 0n;
}

export function sizeText(size: bigint): string {
  return quantityText('storage', size);
}
