import type { Node, ResourceTypes } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { once } from '../memo.ts';
import { type DevicePoolReads, devicesOf, type ListedDevice, takenDevices } from './device-pools.ts';
import { admission } from './device-selector.ts';
import { untolerated } from './tolerations.ts';

export type DeviceReads = DevicePoolReads | 'deviceclasses.resource.k8s.io';

type DeviceClass = ResourceTypes['deviceclasses.resource.k8s.io'];
export type DeviceClaim = ResourceTypes['resourceclaims.resource.k8s.io'];
export type DeviceRequest = NonNullable<NonNullable<DeviceClaim['spec']['devices']>['requests']>[number];
type Exactly = NonNullable<DeviceRequest['exactly']>;

/** Devices on one node that a request may have. Where a selector is not understood, they are the most that there can be. */
export interface Supply {
  /** Listed by the class that is asked for. */
  readonly listed: number;
  /** Of these the ones that the request itself admits. */
  readonly total: number;
  /** Of these the ones that nobody has. */
  readonly free: number;
  /** Beside these the ones that their driver took out of service by a taint, and that nobody has. */
  readonly tainted: number;
  /** False where some of them may turn out not to fit. */
  readonly certain: boolean;
}

/** The class that serves an extended resource: of several the newest. Source: KEP-5004; extendedresourcecache in DRA's library. */
const classesByResource = once((snapshot: Snapshot<DeviceReads>): ReadonlyMap<string, DeviceClass> => {
  const found = new Map<string, DeviceClass>();
  const classes = snapshot.list('deviceclasses.resource.k8s.io').items;
  for (const one of classes.toSorted((a, b) => (created(a) < created(b) ? -1 : 1))) {
    found.set(`deviceclass.resource.kubernetes.io/${one.metadata.name}`, one);
    const name = one.spec?.extendedResourceName;
    if (name !== undefined && name !== '') found.set(name, one);
  }
  return found;
});

function created({ metadata }: DeviceClass): string {
  return metadata.creationTimestamp ?? '';
}

/**
 * What a driver may give out on a node under the name of an extended resource that the node itself does not offer: undefined where no
 * driver does, `unseen` where that could not be seen.
 */
export function served(
  snapshot: Snapshot<DeviceReads | 'pods'>,
  resource: string,
  node: Node,
): Supply | 'unseen' | undefined {
  if (!resource.includes('/')) return undefined;
  const serving = classesByResource(snapshot).get(resource);
  const slices = snapshot.list('resourceslices.resource.k8s.io');
  if (serving !== undefined) {
    return slices.complete ? supplyOf(snapshot, node, { deviceClassName: serving.metadata.name }) : 'unseen';
  }
  if (snapshot.list('deviceclasses.resource.k8s.io').complete) return undefined;
  const none = slices.complete ? devicesOf(snapshot, node).length === 0 : !claimsInSight(snapshot);
  return none ? undefined : 'unseen';
}

/** Whether any pod got devices through a claim. */
const claimsInSight = once((snapshot: Snapshot<'pods'>) =>
  snapshot
    .list('pods')
    .items.some(
      ({ spec, status }) => (spec.resourceClaims ?? []).length > 0 || status?.extendedResourceClaimStatus !== undefined,
    ),
);

/** How many devices of a node a request may have. Devices in use, tainted ones, and those that selectors exclude do not count. */
export function supplyOf(snapshot: Snapshot<DeviceReads>, node: Node, request: Exactly): Supply {
  const found = snapshot.lookup('deviceclasses.resource.k8s.io', request.deviceClassName);
  const ofClass = found.state === 'found' ? (found.object.spec?.selectors ?? []) : [];
  const taken = takenDevices(snapshot);
  let certain = found.state === 'found' && snapshot.list('resourceclaims.resource.k8s.io').complete;
  const admitted = (all: readonly ListedDevice[], selectors: Exactly['selectors']) =>
    all.filter((one) => {
      const answers = new Set(
        (selectors ?? []).map(({ cel }) => admission(cel?.expression ?? '', one.driver, one.device)),
      );
      if (answers.has('no')) return false;
      if (answers.has('unknown')) certain = false;
      return true;
    });
  const listed = admitted(devicesOf(snapshot, node), ofClass);
  const admissible = admitted(listed, request.selectors);
  const isTainted = ({ device }: ListedDevice) => untolerated(request.tolerations, device.taints).length > 0;
  const isFree = ({ key, device }: ListedDevice) => !taken.has(key) || device.allowMultipleAllocations === true;
  const fit = admissible.filter((one) => !isTainted(one));
  const free = fit.filter(isFree);
  const tainted = admissible.filter((one) => isTainted(one) && isFree(one)).length;
  // Parts of one device, and parts of its capacity, exclude each other in ways that are not followed here.
  if (free.some(({ device }) => device.consumesCounters !== undefined || device.allowMultipleAllocations === true))
    certain = false;
  return { listed: listed.length, total: fit.length, free: free.length, tainted, certain };
}
