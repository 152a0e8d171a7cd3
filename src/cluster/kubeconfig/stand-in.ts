import { BlockList, isIP } from 'node:net';
import { UserError } from '../../errors.ts';
import { bare } from '../http/proxy-io.ts';
import type { Connection } from './connection.ts';
import type { Surroundings } from './surroundings.ts';

/** What Docker, and Podman after it, call the machine that a container runs on. */
const machine = 'host.docker.internal';

/**
 * The way from inside a container to a server (or the proxy before it) that the kubeconfig says is on this very machine: kind, k3d,
 * minikube, Docker Desktop, kubectl proxy, a tunnel. Where nothing answers at its address here, the container's machine is dialled
 * instead. Nothing else changes: URL, Host header, certificate authority, and the name or address that the certificate is checked
 * against are those of the kubeconfig. All other clusters are left as they are.
 * @throws UserError `unreachable` where neither answers.
 */
export async function withStandIn(connection: Connection, around: Surroundings): Promise<Connection> {
  const first = connection.proxy ?? new URL(connection.server);
  if (!around.container || !isThisMachine(first)) return connection;
  const host = bare(first.hostname);
  const port = portOf(first);
  if ((await answering(host, port, around)) !== undefined) return connection;
  const gateway = await around.gateway();
  const names = [machine, ...(gateway === undefined ? [] : [gateway])];
  for (const name of names) {
    const address = await answering(name, port, around);
    if (address !== undefined) return { ...connection, dial: { name, address } };
  }
  throw new UserError(
    'unreachable',
    `cannot reach ${first.protocol}//${first.host} from inside this container: nothing answers on port ${port} of ${[host, ...names].join(', ')}`,
    {
      hint: "Is it running? On Linux the container has to share the machine's network: docker run --network host, or docker-compose.yml as it is.",
    },
  );
}

async function answering(host: string, port: number, around: Surroundings): Promise<string | undefined> {
  for (const address of isIP(host) === 0 ? await around.addresses(host) : [host]) {
    if (await around.answers(address, port)) return address;
  }
  return undefined;
}

/** True for the names and addresses by which kubeconfigs mean the machine they are on. */
export function isThisMachine({ hostname }: URL): boolean {
  const host = bare(hostname).replace(/\.$/, '');
  const family = isIP(host);
  if (family === 0) return host === 'localhost' || host === 'kubernetes.docker.internal';
  return ownAddresses.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

const ownAddresses = new BlockList();
ownAddresses.addSubnet('127.0.0.0', 8, 'ipv4');
ownAddresses.addAddress('0.0.0.0', 'ipv4');
ownAddresses.addAddress('::1', 'ipv6');
ownAddresses.addAddress('::', 'ipv6');

function portOf({ protocol, port }: URL): number {
  if (port !== '') return Number(port);
  return { 'https:': 443, 'http:': 80 }[protocol] ?? 1080;
}
