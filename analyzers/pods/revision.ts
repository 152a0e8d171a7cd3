import { type CauseLink, controllerOf, type Pod, type Snapshot } from '../../src/kit.ts';

const label = 'controller-revision-hash';

/**
 * A link of a StatefulSet's pod that is not of the newest revision to its StatefulSet: where that waits for the pod before it brings the
 * newest revision, which may be the cure, the two wait for each other. Source: "Forced rollback" in the StatefulSet documentation.
 */
export function revisionLinks(snapshot: Snapshot<'statefulsets.apps'>, pod: Pod): readonly CauseLink[] {
  const owner = controllerOf(pod);
  const own = pod.metadata.labels?.[label];
  if (owner?.kind !== 'StatefulSet' || own === undefined) return [];
  const found = snapshot.lookup('statefulsets.apps', owner.name, owner.namespace);
  const newest = found.state === 'found' ? found.object.status?.updateRevision : undefined;
  if (newest === undefined || newest === own) return [];
  return [
    { object: owner, needs: 'scale', via: { field: `metadata.labels[${label}]`, value: own }, certainty: 'sure' },
  ];
}
