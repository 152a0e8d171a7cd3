import {
  type CauseLink,
  computed,
  type Evidence,
  eventEvidence,
  field,
  type ObjectEvent,
  type ObjectRef,
  olderThan,
  type Reference,
} from '../../src/kit.ts';
import { draft, type PodCase, type PodDraft, values } from './case.ts';
import { alike, namedIn } from './config-error.ts';
import { csiNodeLinks, driverLinks, volumeDrivers } from './csi.ts';
import { nodeLinks, podReferences, referenceLinks } from './links.ts';
import { type MountKind, mountKind } from './mount-text.ts';
import { quote } from './text.ts';

/** Whether an event says that a volume could not be mounted. That an object is not yet in the kubelet's cache is no fault. */
export function isMountEvent({ reason, message }: ObjectEvent): boolean {
  return (
    /^(?:FailedMount|FailedMapVolume|FailedMountOnFilesystemMismatch)$/.test(reason) &&
    !/not registered\s*$/.test(message)
  );
}

/** Everything a pod needs for its volumes: Secrets, ConfigMaps, claims, their drivers. */
export function volumeLinks(one: PodCase): readonly CauseLink[] {
  return [...referenceLinks(volumeReferences(one)), ...driverLinks(one, volumeDrivers(one))];
}

function volumeReferences({ pod }: PodCase): readonly Reference[] {
  return podReferences(pod).filter(({ volume, optional }) => volume !== undefined && !optional);
}

/** The first object or key that a volume needs and that is proven not to be there. */
export interface Absence {
  readonly reference: Reference;
  readonly key: boolean;
}

export function absentVolume(one: PodCase): Absence | undefined {
  for (const reference of volumeReferences(one)) {
    const { resource, object, key, generated } = reference;
    // What the control plane publishes by itself may be left out of a recording.
    if (generated) continue;
    const found = one.snapshot.lookup(resource, object.name, object.namespace);
    if (found.state === 'absent' && (resource === 'secrets' || resource === 'configmaps'))
      return { reference, key: false };
    if (found.state !== 'found' || key === undefined) continue;
    const keys = 'keys' in found.object ? found.object.keys : undefined;
    if (keys !== undefined && !keys.includes(key)) return { reference, key: true };
  }
  return undefined;
}

/**
 * A volume that cannot be mounted. At once where what it needs is not there; else only after a while, for mounts are tried again
 * and a volume may come a moment after its pod.
 */
export function mountFault(
  one: PodCase,
  event: ObjectEvent | undefined,
  began: string | undefined,
  absent: Absence | undefined,
): PodDraft | undefined {
  const { pod, snapshot, settings } = one;
  if (absent === undefined && !olderThan(snapshot, began, settings.startGrace)) return undefined;
  const kind = mountKind(event?.message ?? '', absent);
  const volume = absent?.reference.volume ?? volumeOf(one, event?.message ?? '');
  const driver = /driver name (\S{1,253}) not found/.exec(event?.message ?? '')?.[1];
  const links = volume === undefined ? volumeReferences(one) : volumeReferences(one).filter((r) => r.volume === volume);
  const drivers = driver === undefined ? volumeDrivers(one) : [driver];
  const source = absent?.reference.object ?? sourceOf(event?.message ?? '', links);
  return draft(one, kind.code, {
    key: kind.code === 'PodCSIDriverNotRegistered' ? (driver ?? '') : (volume ?? ''),
    message: messageOf(one, kind, { volume, driver, text: event?.message ?? '', absent }),
    evidence: [...(event === undefined ? [] : [eventEvidence(pod, event)]), ...absenceEvidence(one, absent)],
    causes: [
      ...referenceLinks(links),
      ...(absent === undefined ? [...driverLinks(one, drivers), ...csiNodeLinks(one, drivers), ...nodeLinks(one)] : []),
    ],
    since: began,
    values: values({
      volume,
      driver,
      node: pod.spec.nodeName,
      missing: absent?.key === true ? absent.reference.key : keyIn(event?.message ?? ''),
      source: source?.name,
      sourceKind: source?.kind.toLowerCase(),
    }),
  });
}

/** The Secret or ConfigMap that a text names, else the only one of the volume. */
function sourceOf(text: string, references: readonly Reference[]): ObjectRef | undefined {
  const named = namedIn(text, undefined)?.object;
  if (named !== undefined || keyIn(text) === undefined) return named;
  return references.find(({ resource }) => resource === 'secrets' || resource === 'configmaps')?.object;
}

/** `references non-existent secret key: password` (pkg/volume). */
function keyIn(text: string): string | undefined {
  return /references non-existent \w{1,20} key: ([^\s,]{1,253})/.exec(text)?.[1];
}

function absenceEvidence(one: PodCase, absent: Absence | undefined): Evidence[] {
  if (absent === undefined) return [];
  const { path, keyPath, key, object } = absent.reference;
  const what = `${object.kind} ${object.name}`;
  return [
    field(one.pod, absent.key ? (keyPath ?? path) : path, absent.key ? (key ?? '') : object.name),
    computed(object, absent.key ? `${what} has no key ${key ?? ''}` : `${what} does not exist`),
  ];
}

/** The volume of the spec that a text names; the texts about claims name the PersistentVolume instead. */
function volumeOf({ pod }: PodCase, text: string): string | undefined {
  const quoted = /for volume "([^"]{1,253})"/.exec(text)?.[1];
  const unmounted = /unmounted volumes=\[([^\]\s]{1,253})\]/.exec(text)?.[1];
  const volumes = pod.spec.volumes ?? [];
  return volumes.find(({ name }) => name === quoted || name === unmounted)?.name;
}

interface Words {
  readonly volume: string | undefined;
  readonly driver: string | undefined;
  readonly text: string;
  readonly absent: Absence | undefined;
}

function messageOf(one: PodCase, kind: MountKind, { volume, driver, text, absent }: Words): string {
  const which = volume === undefined ? 'a volume' : `volume ${volume}`;
  if (kind.code === 'PodCSIDriverNotRegistered')
    return `${which} cannot be mounted: CSI driver ${driver ?? ''} is not registered on node ${one.pod.spec.nodeName ?? ''}`;
  if (absent !== undefined) {
    const { object, key, resource } = absent.reference;
    const wanted = resource === 'secrets' || resource === 'configmaps' ? { resource, object } : undefined;
    const similar =
      wanted === undefined ? undefined : alike(one, absent.key && key !== undefined ? { ...wanted, key } : wanted);
    const fact = absent.key
      ? `${object.kind} ${object.name} has no key ${key ?? ''}`
      : `${object.kind} ${object.name} does not exist`;
    return `${which} cannot be mounted: ${fact}${similar === undefined ? '' : ` (there is ${similar})`}`;
  }
  const said = quote(text.replace(/^MountVolume\.\w+ failed for volume "[^"]*" : /, ''));
  return `${which} cannot be mounted: ${[kind.what, said].filter((words) => words !== undefined && words !== '').join(': ')}`;
}
