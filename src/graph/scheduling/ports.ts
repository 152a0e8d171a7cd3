import type { Pod } from '../../model/resources.ts';
import { once } from '../memo.ts';
import { isSidecar } from './requests.ts';

/** A port of the node that a pod takes for itself. */
export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

const anyAddress = '0.0.0.0';

/**
 * The host ports of a pod's containers and sidecars; under `hostNetwork` every container port is one. Ordinary init containers
 * do not count. Source: pkg/scheduler/util, GetHostPorts.
 */
export const hostPortsOf = once((pod: Pod): readonly HostPort[] => {
  const { containers, initContainers = [], hostNetwork } = pod.spec;
  return [...initContainers.filter(isSidecar), ...containers]
    .flatMap((container) => container.ports ?? [])
    .map(({ hostIP, hostPort, containerPort, protocol }) => ({
      ip: hostIP === undefined || hostIP === '' ? anyAddress : hostIP,
      protocol: protocol === undefined || protocol === '' ? 'TCP' : protocol,
      port: hostPort ?? (hostNetwork === true ? containerPort : 0),
    }))
    .filter(({ port }) => port > 0);
});

/** Whether two host ports exclude each other: same protocol and number, and addresses that are equal or one of them all. */
export function portsConflict(one: HostPort, other: HostPort): boolean {
  return (
    one.port === other.port &&
    one.protocol === other.protocol &&
    (one.ip === other.ip || one.ip === anyAddress || other.ip === anyAddress)
  );
}

/** A host port as people write it: `80/TCP`, `10.0.0.1:53/UDP`. */
export function portText({ ip, protocol, port }: HostPort): string {
  return `${ip === anyAddress ? '' : `${ip}:`}${port}/${protocol}`;
}
