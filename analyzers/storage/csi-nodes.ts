import {
  type CauseLink,
  claimUses,
  computed,
  conditionIs,
  daemonSetMiss,
  type Draft,
  field,
  groupBy,
  type ObjectRef,
  olderThan,
  type Pod,
  ref,
  refText,
  type Snapshot,
} from '../../src/kit.ts';
import { waitingOn } from './claims.ts';
import type { Code } from './codes.ts';
import { type ProvisionerReads, workloadsOf } from './provisioners.ts';

type Snap = Snapshot<
  | 'csinodes.storage.k8s.io'
  | 'nodes'
  | 'persistentvolumeclaims'
  | 'persistentvolumes'
  | 'pods'
  | 'volumeattachments.storage.k8s.io'
  | ProvisionerReads
>;

/** CSI drivers on nodes: missing where a pod waits for them, or with as many volumes as they take. */
export function* csiNodes(snapshot: Snap, grace: number): Generator<Draft<Code>> {
  yield* driverMissing(snapshot, grace);
  yield* volumesFull(snapshot);
}

interface Need {
  readonly pod: Pod;
  readonly node: string;
  readonly driver: string;
  readonly claim: ObjectRef;
}

function* driverMissing(snapshot: Snap, grace: number): Generator<Draft<Code>> {
  for (const needs of groupBy(needsOf(snapshot, grace), ({ node, driver }) => `${node}/${driver}`).values()) {
    const [first] = needs;
    if (first === undefined || !isReadyNode(snapshot, first.node, grace)) continue;
    const found = snapshot.lookup('csinodes.storage.k8s.io', first.node);
    if (found.state === 'unknown') continue;
    const drivers = found.state === 'found' ? (found.object.spec.drivers ?? []).map(({ name }) => name) : [];
    if (!drivers.includes(first.driver)) yield missing(snapshot, needs, first, drivers);
  }
}

function* needsOf(snapshot: Snap, grace: number): Generator<Need> {
  for (const pod of snapshot.list('pods').items) {
    const node = pod.spec.nodeName;
    if (node === undefined || pod.status?.phase !== 'Pending') continue;
    for (const { claim: name } of claimUses(pod)) {
      const claim = snapshot.lookup('persistentvolumeclaims', name, pod.metadata.namespace);
      if (claim.state !== 'found' || !waitingOn(snapshot, claim.object, grace).includes(pod)) continue;
      const volume = snapshot.lookup('persistentvolumes', claim.object.spec.volumeName ?? '');
      const driver = volume.state === 'found' ? volume.object.spec.csi?.driver : undefined;
      if (driver !== undefined) yield { pod, node, driver, claim: ref(claim.object) };
    }
  }
}

function isReadyNode(snapshot: Snap, name: string, grace: number): boolean {
  const found = snapshot.lookup('nodes', name);
  if (found.state !== 'found') return false;
  const ready = conditionIs(found.object, 'Ready', 'True');
  return ready !== undefined && (!ready.lastTransitionTime || olderThan(snapshot, ready.lastTransitionTime, grace));
}

function missing(snapshot: Snap, needs: readonly Need[], first: Need, drivers: readonly string[]): Draft<Code> {
  const { node, driver, pod } = first;
  const object: ObjectRef = { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', name: node };
  const sets = workloadsOf(snapshot, driver).filter(({ kind }) => kind === 'DaemonSet');
  const pods = needs.length === 1 ? 'a pod there waits' : `${needs.length} pods there wait`;
  const away = keptAway(snapshot, sets, node);
  return {
    code: 'CSINodeDriverMissing',
    object,
    key: driver,
    message: `CSI driver ${driver} is not registered on node ${node}, and ${pods} for a volume of it${away === undefined ? '' : `; ${away}`}`,
    evidence: [
      field(object, 'spec.drivers[].name', drivers.join(', ') || 'none'),
      field(pod, 'spec.nodeName', node),
      computed(pod, `waits for a volume of driver ${driver}`),
      ...(away === undefined ? [] : [computed(object, away)]),
    ],
    causes: sets.flatMap((set) =>
      (['mount', 'ready'] as const).map((capability): CauseLink => ({
        object: ref(set),
        needs: capability,
        via: { field: 'spec.drivers[].name', value: driver },
        certainty: 'likely',
      })),
    ),
    // Pods know their claim, not the driver behind it.
    members: needs.map(({ claim }) => claim),
    values: { driver, node },
  };
}

/** Why none of the DaemonSets that bring the driver makes a pod for the node. */
function keptAway(snapshot: Snap, sets: ReturnType<typeof workloadsOf>, name: string): string | undefined {
  const node = snapshot.lookup('nodes', name);
  if (node.state !== 'found') return undefined;
  const misses = sets.flatMap((one) => {
    const set = snapshot.lookup('daemonsets.apps', one.metadata.name, one.metadata.namespace);
    return set.state === 'found' ? [{ set: set.object, miss: daemonSetMiss(set.object, node.object) }] : [];
  });
  const [first] = misses;
  if (first?.miss === undefined || misses.some(({ miss }) => miss === undefined)) return undefined;
  const { why, text } = first.miss;
  return `${refText(ref(first.set))} makes no pod there: it ${why === 'taint' ? 'does not tolerate' : 'needs'} ${text}`;
}

function* volumesFull(snapshot: Snap): Generator<Draft<Code>> {
  const attached = groupBy(
    snapshot.list('volumeattachments.storage.k8s.io').items,
    ({ spec }) => `${spec.nodeName}/${spec.attacher}`,
  );
  for (const node of snapshot.list('csinodes.storage.k8s.io').items) {
    for (const { name, allocatable } of node.spec.drivers ?? []) {
      const limit = allocatable?.count;
      const count = attached.get(`${node.metadata.name}/${name}`)?.length ?? 0;
      if (limit === undefined || limit === 0 || count < limit) continue;
      yield {
        code: 'CSINodeVolumesFull',
        object: ref(node),
        key: name,
        message: `it has ${count} volumes of ${name} attached, and takes ${limit}`,
        evidence: [
          field(node, `spec.drivers[name=${name}].allocatable.count`, limit),
          computed(node, `${count} VolumeAttachments of ${name}`),
        ],
        values: { driver: name },
      };
    }
  }
}
