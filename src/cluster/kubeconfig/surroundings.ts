import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import type { Environment } from './files.ts';

/** What a process can see of the place it runs in. Tests give their own. */
export interface Surroundings {
  /** Whether it runs in a container, where neither 127.0.0.1 nor a path has to mean what it means on the machine itself. */
  readonly container: boolean;
  /** The user ID it runs as; undefined where there is none (Windows). */
  readonly uid?: number;
  /** The IP addresses of a name, none where it is not known. */
  addresses(this: void, name: string): Promise<readonly string[]>;
  /** Whether something accepts TCP connections there. */
  answers(this: void, address: string, port: number): Promise<boolean>;
  /** The IPv4 address of the default gateway, which on a bridge network is the machine. */
  gateway(this: void): Promise<string | undefined>;
}

/** Not in a container: a kubeconfig means what it says. */
export const outside: Surroundings = {
  container: false,
  addresses: () => Promise.resolve([]),
  answers: () => Promise.resolve(false),
  gateway: () => Promise.resolve(undefined),
};

/** How long to wait for a connection, in milliseconds: what is tried is on this machine. */
const patience = 2_000;

/** The process's own surroundings. @param exists tells whether a path does, for tests. */
export function surroundings(env: Environment, exists: (path: string) => boolean = existsSync): Surroundings {
  const uid = process.getuid?.();
  return { container: inContainer(env, exists), ...(uid === undefined ? {} : { uid }), addresses, answers, gateway };
}

/**
 * Docker leaves /.dockerenv in its containers, Podman /run/.containerenv, and our own image sets the variable `container`, as systemd
 * asks of container managers (systemd.io/CONTAINER_INTERFACE). A pod is none of these: its machine is a node.
 */
function inContainer(env: Environment, exists: (path: string) => boolean): boolean {
  if (env['KUBERNETES_SERVICE_HOST']) return false;
  return Boolean(env['container']) || exists('/.dockerenv') || exists('/run/.containerenv');
}

async function addresses(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

async function answers(address: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: address, port, timeout: patience });
  socket.once('connect', () => resolve(true));
  socket.once('timeout', () => resolve(false));
  socket.once('error', () => resolve(false));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

async function gateway(): Promise<string | undefined> {
  try {
    return gatewayOf(await readFile('/proc/net/route', 'utf8'));
  } catch {
    return undefined;
  }
}

/** The default gateway in the text of /proc/net/route, whose addresses are hexadecimal numbers of the machine's byte order (proc(5)). */
export function gatewayOf(routes: string): string | undefined {
  for (const line of routes.split('\n').slice(1)) {
    const [, destination, address = ''] = line.trim().split(/\s+/);
    if (destination === '00000000' && /^[\dA-F]{8}$/i.test(address) && address !== '00000000')
      return [...Buffer.from(address, 'hex').reverse()].join('.');
  }
  return undefined;
}
