import type { PodSpec } from '../model/resources.ts';
import type { Details, Reference, ReferenceMaker } from './reference.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];

interface Projection {
  readonly items?: readonly { readonly key: string }[];
  readonly optional?: boolean;
}

/** ConfigMaps that the control plane or the distribution publishes in every namespace. */
const published = new Set(['kube-root-ca.crt', 'openshift-service-ca.crt']);

/** What a volume names. The claim of an ephemeral volume is `<pod>-<volume>` (its controller makes it), so it needs the pod's name. */
export function volumeReferences(
  make: ReferenceMaker,
  volume: Volume,
  at: string,
  podName: string | undefined,
): readonly Reference[] {
  const { name, secret, configMap, projected, csi, persistentVolumeClaim, ephemeral } = volume;
  const details = { volume: name };
  const claimSpec = ephemeral?.volumeClaimTemplate?.spec;
  return [
    ...projection(make, 'secrets', secret?.secretName, `${at}.secret.secretName`, secret, details),
    ...projection(make, 'configmaps', configMap?.name, `${at}.configMap.name`, configMap, details),
    ...(projected?.sources ?? []).flatMap((source, index) => {
      const from = `${at}.projected.sources[${index}]`;
      return [
        ...projection(make, 'secrets', source.secret?.name, `${from}.secret.name`, source.secret, details),
        ...projection(make, 'configmaps', source.configMap?.name, `${from}.configMap.name`, source.configMap, details),
      ];
    }),
    ...make.to('secrets', csi?.nodePublishSecretRef?.name, `${at}.csi.nodePublishSecretRef.name`, 'mount', details),
    ...oldDrivers(make, volume, at),
    ...make.to(
      'persistentvolumeclaims',
      persistentVolumeClaim?.claimName,
      `${at}.persistentVolumeClaim.claimName`,
      'bind',
      details,
    ),
    ...(ephemeral === undefined || podName === undefined
      ? []
      : make.to('persistentvolumeclaims', `${podName}-${name}`, `${at}.ephemeral`, 'bind', {
          ...details,
          generated: true,
        })),
    ...make.to(
      'storageclasses.storage.k8s.io',
      claimSpec?.storageClassName,
      `${at}.ephemeral.volumeClaimTemplate.spec.storageClassName`,
      'bind',
      details,
    ),
  ];
}

/** The object, and each key that `items` names. */
function projection(
  make: ReferenceMaker,
  resource: 'secrets' | 'configmaps',
  name: string | undefined,
  path: string,
  source: Projection | undefined,
  { volume }: { readonly volume: string },
): readonly Reference[] {
  const optional = source?.optional === true;
  const generated = resource === 'configmaps' && name !== undefined && published.has(name);
  const details: Details = { volume, optional, generated };
  const items = path.replace(/\.[^.]+$/, '.items');
  const keys = (source?.items ?? []).flatMap(({ key }, index) =>
    make.to(resource, name, path, 'mount', { ...details, key, keyPath: `${items}[${index}].key` }),
  );
  return keys.length > 0 ? keys : make.to(resource, name, path, 'mount', details);
}

/** Volume sources of the time before CSI that take a Secret of the pod's namespace. */
function oldDrivers(make: ReferenceMaker, volume: Volume, at: string): readonly Reference[] {
  const { azureFile, cephfs, cinder, flexVolume, iscsi, name, rbd, scaleIO, storageos } = volume;
  const old = [azureFile, cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos];
  if (old.every((source) => source === undefined)) return [];
  const details = { volume: name };
  return [
    ...make.to('secrets', azureFile?.secretName, `${at}.azureFile.secretName`, 'mount', details),
    ...Object.entries({ cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos }).flatMap(([driver, source]) =>
      make.to('secrets', source?.secretRef?.name, `${at}.${driver}.secretRef.name`, 'mount', details),
    ),
  ];
}
