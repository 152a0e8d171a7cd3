import { type CauseLink, once, ref, type ResourceTypes } from '../../src/kit.ts';
import type { PodCase, PodSnapshot } from './case.ts';

type DaemonSet = ResourceTypes['daemonsets.apps'];

/** The CSI drivers of a pod's volumes: of inline ones, and of the PersistentVolumes behind its claims. */
export function volumeDrivers({ pod, snapshot }: PodCase): readonly string[] {
  const drivers = (pod.spec.volumes ?? []).flatMap(({ name, csi, persistentVolumeClaim, ephemeral }) => {
    if (csi !== undefined) return [csi.driver];
    const claim =
      persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${pod.metadata.name}-${name}`);
    const driver = claim === undefined ? undefined : driverOfClaim(snapshot, claim, pod.metadata.namespace);
    return driver === undefined ? [] : [driver];
  });
  return [...new Set(drivers)];
}

function driverOfClaim(snapshot: PodSnapshot, claim: string, namespace: string | undefined): string | undefined {
  const found = snapshot.lookup('persistentvolumeclaims', claim, namespace);
  const volume = found.state === 'found' ? found.object.spec.volumeName : undefined;
  const bound = volume === undefined ? undefined : snapshot.lookup('persistentvolumes', volume);
  return bound?.state === 'found' ? bound.object.spec.csi?.driver : undefined;
}

/** The CSIDriver objects, and the DaemonSets that register such a driver with the kubelets. */
export function driverLinks({ snapshot }: PodCase, drivers: readonly string[]): readonly CauseLink[] {
  return drivers.flatMap((driver) => [
    {
      object: { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', name: driver },
      needs: 'mount',
      via: { field: 'spec.csi.driver', value: driver },
      certainty: 'sure',
    } as const,
    ...snapshot
      .list('daemonsets.apps')
      .items.filter((set) => registers(set, driver))
      .map((set): CauseLink => ({
        object: ref(set),
        needs: 'mount',
        via: { field: 'the directory of its socket, /var/lib/kubelet/plugins/', value: driver },
        certainty: 'likely',
      })),
  ]);
}

/** The list of drivers that the pod's node has: it decides whether a volume of such a driver can be mounted there. */
export function csiNodeLinks({ pod }: PodCase, drivers: readonly string[]): readonly CauseLink[] {
  const name = pod.spec.nodeName;
  if (name === undefined || drivers.length === 0) return [];
  const object = { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', name };
  return [{ object, needs: 'mount', via: { field: 'spec.nodeName', value: name }, certainty: 'sure' }];
}

/** A node plugin has its socket in a directory of the kubelet that is named after the driver, as a host path or in an argument. */
function registers(set: DaemonSet, driver: string): boolean {
  return pluginPaths(set).some((path) => path.split('/').includes(driver));
}

const pluginPaths = once((set: DaemonSet): readonly string[] => {
  const spec = set.spec.template.spec;
  const hostPaths = (spec?.volumes ?? []).map(({ hostPath }) => hostPath?.path ?? '');
  const args = (spec?.containers ?? []).flatMap((container) => [
    ...(container.args ?? []),
    ...(container.command ?? []),
  ]);
  return [...hostPaths, ...args].filter((path) => /\/(?:csi-)?plugins\//.test(path));
});
