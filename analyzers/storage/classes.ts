import {
  classOf,
  computed,
  type Draft,
  eventsOf,
  field,
  olderThan,
  once,
  ref,
  selectedNodeAnnotation,
  type Snapshot,
} from '../../src/kit.ts';
import type { Claim, StorageClass } from './claims.ts';
import type { Code } from './codes.ts';
import { handedTo, type ProvisionerReads, workloadsOf } from './provisioners.ts';

type Reads =
  | 'storageclasses.storage.k8s.io'
  | 'persistentvolumeclaims'
  | 'csidrivers.storage.k8s.io'
  | 'csinodes.storage.k8s.io'
  | 'events'
  | 'pods'
  | ProvisionerReads;

/** The default classes, the newest first: that one is given to claims without a class (component-helpers, GetDefaultClass). */
export const defaultClasses = once((snapshot: Snapshot<'storageclasses.storage.k8s.io'>): readonly StorageClass[] =>
  snapshot
    .list('storageclasses.storage.k8s.io')
    .items.filter(
      ({ metadata: { annotations } }) =>
        annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ||
        annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true',
    )
    .sort(newestFirst),
);

function newestFirst({ metadata: one }: StorageClass, { metadata: other }: StorageClass): number {
  const [left, right] = [one.creationTimestamp ?? '', other.creationTimestamp ?? ''];
  return left === right ? (one.name < other.name ? -1 : 1) : left > right ? -1 : 1;
}

/** Faults of classes. A cluster without a default class is as its owner wanted it: the claims that wait for one say so. */
export function* storageClasses(
  snapshot: Snapshot<Reads>,
  { provisionSeconds }: { readonly provisionSeconds: number },
): Generator<Draft<Code>> {
  yield* severalDefaults(snapshot);
  for (const storageClass of snapshot.list('storageclasses.storage.k8s.io').items) {
    const claims = snapshot
      .list('persistentvolumeclaims')
      .items.filter((claim) => isWaiting(claim, storageClass) && isOld(claim));
    const [first] = claims;
    if (first === undefined || claims.some((claim) => hasAnswered(snapshot, claim))) continue;
    const driver = handedTo(first) ?? storageClass.provisioner ?? '';
    if (isProvenMissing(snapshot, driver)) yield provisionerMissing(storageClass, claims, driver);
  }

  function isOld({ metadata }: Claim): boolean {
    return olderThan(snapshot, metadata.creationTimestamp, provisionSeconds);
  }
}

function* severalDefaults(snapshot: Snapshot<Reads>): Generator<Draft<Code>> {
  const [newest, ...others] = defaultClasses(snapshot);
  if (newest === undefined || others.length === 0) return;
  const names = others.map(({ metadata }) => metadata.name).join(', ');
  yield {
    code: 'StorageClassSeveralDefaults',
    object: ref(newest),
    members: others.map((one) => ref(one)),
    message: `it is a default class, and so is ${names}: a claim without a class gets the newest`,
    evidence: [
      field(newest, 'metadata.annotations[storageclass.kubernetes.io/is-default-class]', 'true'),
      ...others.map((one) => computed(one, 'is marked as default too')),
    ],
    values: { others: names },
  };
}

/**
 * Whether a CSI driver is nowhere in the cluster. A provisioner of another kind may run anywhere, so only names of CSI drivers count, and
 * only where its CSIDriver, its registration on the nodes and its workloads were all looked for and are absent.
 */
function isProvenMissing(snapshot: Snapshot<Reads>, provisioner: string): boolean {
  if (!/(^|[.-])csi([.-]|$)/.test(provisioner)) return false;
  if (snapshot.lookup('csidrivers.storage.k8s.io', provisioner).state !== 'absent') return false;
  const nodes = snapshot.list('csinodes.storage.k8s.io');
  const registered = nodes.items.some(({ spec }) => (spec.drivers ?? []).some(({ name }) => name === provisioner));
  // What mounts volumes on nodes is a DaemonSet, and what makes them hardly ever a StatefulSet.
  const seen =
    nodes.complete && snapshot.list('daemonsets.apps').complete && snapshot.list('deployments.apps').complete;
  return seen && !registered && workloadsOf(snapshot, provisioner).length === 0;
}

/** Whether a provisioner has said something of a claim, wherever it runs: the controller manager's words are about its absence. */
function hasAnswered(snapshot: Snapshot<Reads>, claim: Claim): boolean {
  return eventsOf(snapshot, ref(claim), claim.metadata.uid).some(
    ({ reason, source }) => reason.startsWith('Provisioning') && source !== 'persistentvolume-controller',
  );
}

/** A claim whose volume the provisioner should be making now. */
function isWaiting(claim: Claim, { metadata, volumeBindingMode }: StorageClass): boolean {
  if ((claim.status?.phase ?? 'Pending') !== 'Pending' || classOf(claim) !== metadata.name) return false;
  if (claim.metadata.deletionTimestamp !== undefined || (claim.spec.volumeName ?? '') !== '') return false;
  const selected = claim.metadata.annotations?.[selectedNodeAnnotation] !== undefined;
  return volumeBindingMode !== 'WaitForFirstConsumer' || selected;
}

function provisionerMissing(storageClass: StorageClass, claims: readonly Claim[], driver: string): Draft<Code> {
  const { provisioner } = storageClass;
  const moved = provisioner === driver ? '' : ` (for ${provisioner}, which moved there)`;
  const waits = claims.length === 1 ? '1 claim waits' : `${claims.length} claims wait`;
  return {
    code: 'StorageClassProvisionerMissing',
    object: ref(storageClass),
    message: `its CSI driver ${driver}${moved} is not installed: no CSIDriver, node or workload has it, and ${waits} for it`,
    evidence: [
      field(storageClass, 'provisioner', provisioner),
      computed(storageClass, `no CSIDriver, CSINode or workload names ${driver}`),
      ...claims.slice(0, 3).map((claim) => field(claim, 'status.phase', 'Pending')),
    ],
    values: { provisioner: driver },
  };
}
