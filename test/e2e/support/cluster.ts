import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Api } from './api.ts';
import { controlPlaneExecutable } from './executable.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { writePki } from './pki.ts';
import { freePorts } from './ports.ts';
import { Processes } from './processes.ts';
import { auditPolicy, flags, type Ports } from './programs.ts';
import { sleep, until } from './wait.ts';

export interface ClusterOptions {
  /** A folder of etcd's that was saved: the cluster begins with what was in it. */
  readonly data?: string;
  /** Controllers, scheduler and simulated kubelets; false leaves etcd and the API server, and nothing moves. */
  readonly controllers?: boolean;
  /** Whether controllers and the scheduler hold leases, as those of real clusters do. */
  readonly leaderElect?: boolean;
  /** More flags for the API server. */
  readonly apiServer?: readonly string[];
  /** More flags for the controller manager. */
  readonly manager?: readonly string[];
  /** The names in the API server's certificate, as openssl writes them. */
  readonly serverNames?: readonly string[];
}

/** Who may come in by a token of the cluster's own; `admin` may do all, the others what RBAC gives them. */
const people = [
  'admin',
  'manager',
  'scheduler',
  'kwok',
  'reader',
  'secrets-reader',
  'one-namespace',
  'nobody',
] as const;
export type Person = (typeof people)[number];

const nodeLeases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

/** A control plane that runs on this machine: API server, etcd, controllers, scheduler, and simulated kubelets. */
export interface Cluster {
  readonly folder: string;
  readonly server: string;
  readonly ports: Ports;
  readonly ca: ReturnType<typeof writePki>;
  readonly api: Api;
  readonly processes: Processes;
  /** A kubeconfig of one of the people above. */
  kubeconfig(person: Person): string;
  /** A kubeconfig with other credentials: the `user` part as kubeconfigs have it. */
  kubeconfigFor(
    name: string,
    user: object,
    options?: { namespace?: string; server?: string; ca?: string; cluster?: object },
  ): string;
  /** Kills the API server and waits until another one in its place is ready. */
  restartApiServer(): Promise<void>;
  /** Registers what has to end with the cluster. */
  onStop(end: () => void): void;
  /** Ends all its processes and removes its folder. */
  stop(): Promise<void>;
  /** Ends all its processes and copies etcd's folder. */
  save(target: string): Promise<void>;
}

/** Starts a control plane in a folder of its own on free loopback ports; some seconds. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const executable = await controlPlaneExecutable();
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(executable, options);
    } catch (error) {
      // Another cluster may have taken a port meanwhile.
      if (tries === 3 || !/address already in use/.test(String(error))) throw error;
    }
  }
}

async function start(executable: string, options: ClusterOptions): Promise<Cluster> {
  const folder = newFolder();
  const [etcd = 0, peer = 0, port = 0] = await freePorts(3);
  const ports: Ports = { etcd, peer, api: port };
  const server = `https://127.0.0.1:${port}`;
  const ca = writePki(folder, options.serverNames);
  const tokens = new Map(people.map((name) => [name, randomBytes(16).toString('hex')]));
  const groups = (name: Person) => (['admin', 'manager', 'scheduler', 'kwok'].includes(name) ? 'system:masters' : '');
  const user = { manager: 'system:kube-controller-manager', scheduler: 'system:kube-scheduler' } as Record<
    string,
    string
  >;
  const rows = [...tokens].map(([name, token]) => `${token},${user[name] ?? name},${name},"${groups(name)}"\n`);
  writeFileSync(path.join(folder, 'tokens.csv'), rows.join(''), { mode: 0o600 });
  writeFileSync(path.join(folder, 'audit-policy.yaml'), auditPolicy);
  const kubeconfigFor: Cluster['kubeconfigFor'] = (name, credentials, more = {}) =>
    writeKubeconfig(folder, name, { server, ca: ca.cert, user: credentials, ...more });
  for (const [name, token] of tokens) {
    kubeconfigFor(name, { token }, name === 'one-namespace' ? { namespace: 'shop' } : {});
  }
  if (options.data !== undefined) cpSync(options.data, path.join(folder, 'etcd'), { recursive: true });
  const processes = new Processes(executable, folder);
  const api = new Api(server, tokens.get('admin') ?? '', ca.cert);
  const ends: (() => void)[] = [];
  const stop = async () => {
    for (const end of ends) end();
    await Promise.all([processes.end(), api.close()]);
    process.off('exit', removeFolder);
    removeFolder();
  };
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', removeFolder);
  try {
    await startPrograms(processes, { ports, api, options });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    folder,
    server,
    ports,
    ca,
    api,
    processes,
    kubeconfig: (person) => path.join(folder, `${person}.kubeconfig`),
    kubeconfigFor,
    async restartApiServer() {
      await processes.restart('kube-apiserver');
      await ready(processes, api);
    },
    onStop: (end) => ends.push(end),
    stop,
    async save(target) {
      await processes.end(['kwok', 'kube-scheduler', 'kube-controller-manager']);
      // The simulated kubelets would take them for held by others until they expire.
      await api.call('DELETE', nodeLeases);
      await processes.end(['kube-apiserver']);
      await sleep(300);
      await processes.end(['etcd']);
      cpSync(path.join(folder, 'etcd'), target, { recursive: true });
    },
  };
}

async function startPrograms(
  processes: Processes,
  { ports, api, options }: { ports: Ports; api: Api; options: ClusterOptions },
): Promise<void> {
  const { controllers = true, leaderElect = false, apiServer = [], manager = [] } = options;
  processes.start('etcd', flags.etcd(ports));
  processes.start('kube-apiserver', [...flags.apiServer(ports), ...apiServer]);
  await ready(processes, api);
  if (!controllers) return;
  processes.start('kube-controller-manager', [...flags.manager(leaderElect), ...manager]);
  processes.start('kube-scheduler', flags.scheduler(leaderElect));
  // It makes the environment of its expressions on first use, without a lock: two workers at once end it.
  processes.start('kwok', flags.kwok(path.join(import.meta.dirname, 'kwok.yaml')), 'cel.NewEnvironment(');
  await until('the service account of the default namespace', async () => {
    processes.check();
    return api.get('/api/v1/namespaces/default/serviceaccounts/default').catch(() => undefined);
  });
  await until('the leases of all nodes', async () => {
    const [nodes, leases] = await Promise.all([api.list('/api/v1/nodes'), api.list(nodeLeases)]);
    return leases.length >= nodes.length ? true : undefined;
  });
  processes.check();
}

async function ready(processes: Processes, api: Api): Promise<void> {
  let failure: unknown;
  await until(
    'the API server',
    async () => {
      try {
        processes.check();
      } catch (error) {
        failure = error;
        return true;
      }
      return (await api.get('/readyz').catch(() => undefined)) === 'ok' ? true : undefined;
    },
    60,
  );
  if (failure !== undefined) throw failure;
}

/** A folder that bears the id of this process; those of processes that were killed are removed. */
function newFolder(): string {
  for (const name of readdirSync(tmpdir())) {
    const owner = /^mekhanikube-cluster-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
  }
  return mkdtempSync(path.join(tmpdir(), `mekhanikube-cluster-${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
