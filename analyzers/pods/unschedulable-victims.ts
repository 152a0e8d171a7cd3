import { type CauseLink, olderThan, ref } from '../../src/kit.ts';
import type { PendingCase } from './pending-case.ts';

/** Pods that were ended for this one and hold their room on its nominated node all the same. */
export function victimLinks({ snapshot, pod }: PendingCase): readonly CauseLink[] {
  const node = pod.status?.nominatedNodeName;
  if (node === undefined || node === '') return [];
  return snapshot
    .list('pods')
    .items.filter(({ metadata, spec }) => spec.nodeName === node && metadata.deletionTimestamp !== undefined)
    .map((other) => ({
      object: ref(other),
      needs: 'resolve',
      via: { field: 'status.nominatedNodeName', value: node },
      certainty: 'likely',
    }));
}

/** The node on which pods of lower priority are being ended for this one, within their grace periods. */
export function victimsOf({ snapshot, pod }: PendingCase): string | undefined {
  const node = pod.status?.nominatedNodeName;
  if (node === undefined || node === '') return undefined;
  const ending = snapshot
    .list('pods')
    .items.some(
      ({ metadata, spec }) =>
        spec.nodeName === node &&
        metadata.deletionTimestamp !== undefined &&
        !olderThan(snapshot, metadata.deletionTimestamp, 60),
    );
  return ending ? node : undefined;
}
