import { eventEvidence, eventsOf, type ObjectRef, once, ref, type ResourceTypes } from '../../src/kit.ts';
import { use, type Use, type View } from './use.ts';
import { saysMissing } from './words.ts';

/** StorageClasses that claims and the claim templates of StatefulSets name. A bound claim needs its class no more. */
export function* storageUses(snapshot: View): Iterable<Use> {
  const mounted = mountedClaims(snapshot);
  for (const claim of snapshot.list('persistentvolumeclaims').items) {
    const { path, name } = classOf(claim);
    if (claim.status?.phase !== 'Pending' || name === undefined || name === '') continue;
    const object = classRef(name);
    const saying = eventsOf(snapshot, ref(claim), claim.metadata.uid).filter(({ message }) =>
      saysMissing(message, object),
    );
    const waits = mounted.has(`${claim.metadata.namespace}/${claim.metadata.name}`);
    yield use(claim, 'storageclasses.storage.k8s.io', object, path, waits ? 'broken' : 'later', {
      saysObject: saying.length > 0,
      proof: saying.slice(0, 1).map((event) => eventEvidence(claim, event)),
    });
  }
  for (const set of snapshot.list('statefulsets.apps').items) {
    for (const [index, template] of (set.spec.volumeClaimTemplates ?? []).entries()) {
      const name = template.spec?.storageClassName;
      if (name === undefined || name === '') continue;
      const path = `spec.volumeClaimTemplates[${index}].spec.storageClassName`;
      const need = set.spec.replicas === 0 ? 'idle' : 'later';
      yield use(set, 'storageclasses.storage.k8s.io', classRef(name), path, need);
    }
  }
}

/** Classes that PersistentVolumes name: a name alone joins claims and volumes made by hand, no StorageClass is needed then. */
export const staticClasses = once((snapshot: View): ReadonlySet<string> => {
  const names = snapshot.list('persistentvolumes').items.map(({ spec }) => spec.storageClassName ?? '');
  return new Set(names);
});

const annotation = 'volume.beta.kubernetes.io/storage-class';

/** The annotation is older than the field and goes before it (component-helpers storage/volume). */
function classOf({ metadata, spec }: ResourceTypes['persistentvolumeclaims']) {
  const name = metadata.annotations?.[annotation];
  return name === undefined
    ? { path: 'spec.storageClassName', name: spec.storageClassName }
    : { path: `metadata.annotations[${annotation}]`, name };
}

function mountedClaims(snapshot: View): ReadonlySet<string> {
  const live = snapshot
    .list('pods')
    .items.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  const claims = live.flatMap(({ metadata, spec }) =>
    (spec.volumes ?? []).map(({ name, persistentVolumeClaim, ephemeral }) => {
      const claim = ephemeral === undefined ? persistentVolumeClaim?.claimName : `${metadata.name}-${name}`;
      return `${metadata.namespace}/${claim ?? ''}`;
    }),
  );
  return new Set(claims);
}

function classRef(name: string): ObjectRef {
  return { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name };
}
