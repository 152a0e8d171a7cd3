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

/** Host ports as people write them: `host port 80/TCP`, `host ports 80/TCP and 10.0.0.1:53/UDP`. */
export function portsText(ports: readonly HostPort[]): string {
  const texts = ports.map(({ ip, protocol, port }) => `${ip === anyAddress ? '' : `${ip}:`}${port}/${protocol}`);
  if (texts.length < 2) return `host port ${texts.join('')}`;
  return `host ports ${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}
