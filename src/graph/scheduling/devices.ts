import type { Node, Pod } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type ClaimName, claimNames } from './claim-names.ts';
import { type DeviceClaim, type DeviceReads, type DeviceRequest, served, supplyOf } from './device-supply.ts';
import { matchesNodeSelector } from './node-affinity.ts';
import type { Reason } from './reasons.ts';
import { requestsOf } from './requests.ts';

/** Why nodes lack the devices that a pod claims, by the node's name, and what of that could not be told. */
export interface DeviceFilter {
  readonly reasons: ReadonlyMap<string, readonly Reason[]>;
  readonly unseen: readonly string[];
}

type DeviceReason = Extract<Reason, { kind: 'devices' }>;

/** The filter of device claims. Source: pkg/scheduler/framework/plugins/dynamicresources. */
export function deviceFilter(snapshot: Snapshot<DeviceReads>, pod: Pod, nodes: readonly Node[]): DeviceFilter {
  const unseen = new Set<string>();
  const checks = claimNames(pod).map((one) => claimCheck(snapshot, pod, one, unseen));
  if (checks.length === 0) return { reasons: new Map(), unseen: [] };
  const reasons = new Map(nodes.map((node) => [node.metadata.name, checks.flatMap((check) => check(node) ?? [])]));
  return { reasons, unseen: [...unseen] };
}

/** What of a pod's classic requests a driver may serve on some node, and cannot be told for sure. */
export function unsureServing(
  snapshot: Snapshot<DeviceReads | 'pods'>,
  pod: Pod,
  nodes: readonly Node[],
): readonly string[] {
  const asked = [...requestsOf(pod)].filter(([resource, amount]) => amount > 0 && resource.includes('/'));
  return asked.flatMap(([resource]) => {
    const supplies = nodes.map((node) => served(snapshot, resource, node));
    if (supplies.includes('unseen')) return [`whether a driver hands out ${resource}`];
    const unsure = supplies.some((one) => typeof one === 'object' && one.free > 0 && !one.certain);
    return unsure ? [`which devices ${resource} stands for`] : [];
  });
}

/** All of a pod's claims that decides where it can run, as text: claims made of one template are alike. */
export function claimsText(snapshot: Snapshot<DeviceReads>, pod: Pod): string {
  return JSON.stringify(
    claimNames(pod).map(({ claim, source }) => {
      if (claim === undefined) return source;
      const found = snapshot.lookup('resourceclaims.resource.k8s.io', claim, pod.metadata.namespace);
      return found.state === 'found'
        ? [source, found.object.spec, found.object.status?.allocation]
        : [claim, found.state];
    }),
  );
}

function claimCheck(
  snapshot: Snapshot<DeviceReads>,
  pod: Pod,
  one: ClaimName,
  unseen: Set<string>,
): (node: Node) => DeviceReason | undefined {
  const { source, claim } = one;
  const nowhere = (why: DeviceReason['why']) => () => reason(one, why);
  if (claim === undefined) return nowhere('not-made');
  const found = snapshot.lookup('resourceclaims.resource.k8s.io', claim, pod.metadata.namespace);
  if (found.state === 'absent') return nowhere('missing');
  if (found.state === 'found') {
    const { spec, status } = found.object;
    const { allocation } = status ?? {};
    if (allocation !== undefined)
      return (node) => (reaches(allocation.nodeSelector, node) ? undefined : reason(one, 'elsewhere'));
    if (snapshot.list('resourceslices.resource.k8s.io').complete) {
      return (node) => {
        const lack = lackOf(snapshot, one, spec, node);
        if (lack === 'unsure') unseen.add(`which devices ${source} admits`);
        return typeof lack === 'object' ? lack : undefined;
      };
    }
  }
  unseen.add(found.state === 'found' ? 'resourceslices' : 'resourceclaims');
  return () => undefined;
}

type Allocation = NonNullable<NonNullable<DeviceClaim['status']>['allocation']>;

function reaches(selector: Allocation['nodeSelector'], { metadata }: Node): boolean {
  return selector === undefined || matchesNodeSelector(selector, metadata.labels ?? {}, metadata.name);
}

/** What one node lacks of what a claim asks for, by the first request that it cannot meet. */
function lackOf(
  snapshot: Snapshot<DeviceReads>,
  one: ClaimName,
  { devices }: DeviceClaim['spec'],
  node: Node,
): DeviceReason | 'unsure' | undefined {
  let unsure = (devices?.constraints ?? []).length > 0;
  for (const { exactly, firstAvailable = [] } of devices?.requests ?? []) {
    const choices = exactly === undefined ? firstAvailable : [exactly];
    const met = choices.map((choice) => meet(snapshot, one, choice, node));
    const [first] = met;
    const failed = met.every((answer) => typeof answer === 'object');
    if (failed && typeof first === 'object') return first;
    if (!met.includes('yes')) unsure = true;
  }
  return unsure ? 'unsure' : undefined;
}

function meet(
  snapshot: Snapshot<DeviceReads>,
  one: ClaimName,
  request: NonNullable<DeviceRequest['exactly']>,
  node: Node,
): DeviceReason | 'yes' | 'unsure' {
  const { deviceClassName: deviceClass, allocationMode, count = 1, capacity } = request;
  const found = snapshot.lookup('deviceclasses.resource.k8s.io', deviceClass);
  const all = allocationMode === 'All';
  const asked = all ? 1 : count;
  if (found.state === 'absent') return { ...reason(one, 'no-class'), deviceClass, asked };
  const { listed, total, free, tainted, certain } = supplyOf(snapshot, node, request);
  const told = { ...reason(one, 'held'), deviceClass, asked, total, free, tainted };
  if (listed === 0) return { ...told, why: 'not-listed' };
  if (total < asked) return { ...told, why: 'unfit' };
  // Looks for administrators take nothing away, so they need nothing free.
  if (request.adminAccess !== true && free < asked) return told;
  return certain && !all && capacity === undefined ? 'yes' : 'unsure';
}

function reason({ source, claim }: ClaimName, why: DeviceReason['why']): DeviceReason {
  return { kind: 'devices', source, claim, why, deviceClass: '', asked: 0, total: 0, free: 0, tainted: 0 };
}
