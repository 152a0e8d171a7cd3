import { ref, sameRef } from '../../model/object.ts';
import type { Pod } from '../../model/resources.ts';
import { groupBy } from '../memo.ts';
import type { Room } from './occupancy.ts';
import { hostPortsOf, portsConflict } from './ports.ts';
import type { Supply } from './device-supply.ts';
import type { Reason } from './reasons.ts';
import { requestsOf } from './requests.ts';

/**
 * The filter of resources, for one node: the number of pods, and each resource asked. Pods for which room is kept count where their
 * priority is not lower. Source: pkg/scheduler/framework/plugins/noderesources/fit.go, fitsRequest.
 * @param servedBy tells what a driver may give out on the node of a resource that the node itself does not offer (KEP-5004).
 */
export function resourceReasons(
  pod: Pod,
  room: Room,
  servedBy: (resource: string) => Supply | 'unseen' | undefined,
): readonly Reason[] {
  const kept = keptFor(pod, room);
  const reasons: Reason[] = [];
  const lack = (resource: string, asked: number, used: number) => {
    const allocatable = room.allocatable.get(resource);
    const free = (allocatable ?? 0) - used;
    if (asked > free) reasons.push({ kind: 'resource', resource, asked, free, allocatable });
  };
  lack('pods', 1, room.pods.length + kept.length);
  for (const [resource, asked] of requestsOf(pod)) {
    if (asked === 0 || resource === 'pods') continue;
    const supply = (room.allocatable.get(resource) ?? 0) > 0 ? undefined : servedBy(resource);
    if (supply === 'unseen') continue;
    if (supply !== undefined && supply.total + supply.tainted > 0) {
      const { total, free, tainted } = supply;
      if (asked > free) reasons.push({ kind: 'resource', resource, asked, free, allocatable: total, tainted });
      continue;
    }
    const reserved = kept.reduce((sum, one) => sum + (requestsOf(one).get(resource) ?? 0), 0);
    lack(resource, asked, (room.used.get(resource) ?? 0) + reserved);
  }
  return reasons;
}

/** The filter of host ports, for one node. */
export function portReasons(pod: Pod, room: Room): readonly Reason[] {
  const ports = hostPortsOf(pod);
  if (ports.length === 0) return [];
  const taken = [
    ...room.ports,
    ...keptFor(pod, room).flatMap((other) => hostPortsOf(other).map((port) => ({ pod: other, port }))),
  ];
  const conflicts = ports.flatMap((port) => {
    const holders = [...new Set(taken.filter((one) => portsConflict(one.port, port)).map((one) => one.pod))];
    return holders.length === 0 ? [] : [{ port, holders }];
  });
  const byHolders = groupBy(conflicts, ({ holders }) =>
    holders
      .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)
      .sort()
      .join(' '),
  );
  return [...byHolders.values()].map((group) => ({
    kind: 'port',
    ports: group.map(({ port }) => port),
    holders: group[0]?.holders ?? [],
  }));
}

function keptFor(pod: Pod, room: Room): readonly Pod[] {
  if (room.nominated.length === 0) return [];
  const priority = pod.spec.priority ?? 0;
  return room.nominated.filter((other) => (other.spec.priority ?? 0) >= priority && !sameRef(ref(other), ref(pod)));
}
