import type { Pod } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { GpuNodeView } from './gpu-inventory.ts';
import { gpuVendorOfDriver } from './gpu-names.ts';
import type { GpuWaitReason } from './gpu-waiting-reasons.ts';

/** What a pod asks of accelerators through claims, by device class. Source: resource.k8s.io/v1 ResourceClaim, spec.devices.requests. */
export function claimAsks(snapshot: Snapshot, pod: Pod): ReadonlyMap<string, number> {
  const asks = new Map<string, number>();
  for (const name of claimsOfPod(pod)) {
    const claim = snapshot.lookup('resourceclaims.resource.k8s.io', name, pod.metadata.namespace);
    if (claim.state !== 'found') continue;
    for (const { exactly, firstAvailable } of claim.object.spec.devices?.requests ?? []) {
      const { deviceClassName = '', count = 1 } = exactly ?? firstAvailable?.[0] ?? {};
      if (gpuVendorOfDriver(deviceClassName) !== undefined)
        asks.set(deviceClassName, (asks.get(deviceClassName) ?? 0) + count);
    }
  }
  return asks;
}

/** Why the claims of a pod keep it waiting; undefined where they all have their devices, or it has none. */
export function waitForClaims(snapshot: Snapshot, views: readonly GpuNodeView[], pod: Pod): GpuWaitReason | undefined {
  for (const name of claimsOfPod(pod)) {
    const claim = snapshot.lookup('resourceclaims.resource.k8s.io', name, pod.metadata.namespace);
    if (claim.state === 'unknown')
      return { cause: 'unseen', why: `claim ${name} could not be seen (${claim.reason})`, change: undefined };
    if (claim.state === 'absent')
      return { cause: 'claims', why: `claim ${name} does not exist`, change: `create ResourceClaim ${name}` };
    if (claim.object.status?.allocation !== undefined) continue;
    const asks = [...claimAsks(snapshot, pod)];
    if (asks.length === 0) continue;
    const stock = views.flatMap((view) => view.stock.filter(({ through }) => through === 'dra'));
    const free = stock.reduce((sum, one) => sum + one.free, 0);
    const what = asks.map(([deviceClass, count]) => `${count} of ${deviceClass}`).join(' and ');
    return {
      cause: 'claims',
      why:
        stock.length === 0
          ? `claim ${name} asks for ${what}, and no ResourceSlice lists an accelerator`
          : `claim ${name} asks for ${what} and got none; ${free} ${free === 1 ? 'device is' : 'devices are'} free`,
      change:
        stock.length === 0
          ? 'install or repair the driver that publishes ResourceSlices'
          : free === 0
            ? 'end a pod that holds a device, or add a node'
            : 'compare the selectors of the claim with the attributes of the devices',
    };
  }
  return undefined;
}

/** The claims of a pod by name: written out, or made of a template for it. */
function claimsOfPod({ spec, status }: Pod): readonly string[] {
  return [
    ...new Set([
      ...(spec.resourceClaims ?? []).flatMap(({ resourceClaimName }) => resourceClaimName ?? []),
      ...(status?.resourceClaimStatuses ?? []).flatMap(({ resourceClaimName }) => resourceClaimName ?? []),
    ]),
  ];
}
