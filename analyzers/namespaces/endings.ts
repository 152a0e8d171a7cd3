import { type KubeObject, olderThan, type Snapshot } from '../../src/kit.ts';

/** Whether pods alone remain, and each still has its time to end: a pod's `deletionTimestamp` is when that is over. */
export function waitsForPods(snapshot: Snapshot<'pods'>, { metadata: { name } }: KubeObject, text: string): boolean {
  if (!/^[^:]{1,100}: pods\. has \d{1,9} resource instances$/.test(text.trim())) return false;
  const pods = snapshot.list('pods', name);
  return (
    pods.complete &&
    pods.items.length > 0 &&
    pods.items.every(
      ({ metadata }) =>
        metadata.deletionTimestamp !== undefined && !olderThan(snapshot, metadata.deletionTimestamp, 60),
    )
  );
}
