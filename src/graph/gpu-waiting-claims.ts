import type { Pod } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { gpuVendorOfDriver } from './gpu-names.ts';
import type { GpuWaitReason } from './gpu-wait-reason.ts';
import type { Reason, Verdict } from './scheduling/reasons.ts';

type Devices = Extract<Reason, { kind: 'devices' }>;

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

/** Why the claims of a pod keep it waiting, where they keep it off every node. */
export function waitForClaims(verdicts: readonly Verdict[]): GpuWaitReason | undefined {
  const lacks = verdicts.map(({ reasons }) => reasons.find((one) => one.kind === 'devices'));
  const known = lacks.filter((one) => one !== undefined);
  if (known.length === 0 || known.length < lacks.length) return undefined;
  // What most nodes lack says least: one that has such devices tells what is in the way.
  const order: readonly Devices['why'][] = [
    'missing',
    'not-made',
    'no-class',
    'held',
    'elsewhere',
    'unfit',
    'not-listed',
  ];
  const [first] = known.toSorted((one, other) => order.indexOf(one.why) - order.indexOf(other.why));
  return first === undefined ? undefined : { cause: 'claims', ...told(first, known) };
}

function told({ why, source, deviceClass, asked }: Devices, all: readonly Devices[]): Omit<GpuWaitReason, 'cause'> {
  const mended = all.find(
    (one) => one.tainted > 0 && (one.why === 'unfit' ? one.total : one.free) + one.tainted >= asked,
  );
  if (mended !== undefined && (why === 'held' || why === 'unfit')) {
    const be = mended.tainted === 1 ? 'is' : 'are';
    return {
      why: `${source} asks for ${asked} of ${deviceClass}, and ${mended.tainted} of those that it admits ${be} out of service`,
      change: 'mend the devices that their driver took out of service, or add a node',
    };
  }
  switch (why) {
    case 'missing':
      return { why: `${source} does not exist`, change: `create ${source}` };
    case 'not-made':
      return { why: `no claim is made of ${source} yet`, change: `create ${source}, or see why none is made of it` };
    case 'no-class':
      return {
        why: `${source} asks for DeviceClass ${deviceClass}, which does not exist`,
        change: `create DeviceClass ${deviceClass}, or name one that exists`,
      };
    case 'held': {
      const held = all.filter((one) => one.why === 'held');
      const free = held.reduce((sum, one) => sum + one.free, 0);
      const most = Math.max(...held.map((one) => one.free));
      const total = held.reduce((sum, one) => sum + one.total, 0);
      const open = free === 0 ? `all ${total} are held` : `${free} of ${total} are free, at most ${most} on one node`;
      return {
        why: `${source} asks for ${asked} of ${deviceClass}, and of those that it admits ${open}`,
        change: 'end a pod that holds one, or add a node',
      };
    }
    case 'unfit':
      return {
        why: `no node has ${asked === 1 ? 'a device' : `${asked} devices`} of ${deviceClass} that ${source} admits`,
        change: `compare the selectors of ${source} with the devices: kubectl get resourceslices -o yaml`,
      };
    case 'elsewhere':
      return {
        why: `the devices of ${source} are on a node that cannot take it`,
        change: `see who else uses ${source}`,
      };
    default:
      return {
        why: `${source} asks for ${asked} of ${deviceClass}, and no ResourceSlice lists a device of that class`,
        change: 'install or repair the driver that publishes ResourceSlices',
      };
  }
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
