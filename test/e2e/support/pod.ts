import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Json } from './api.ts';
import type { Cluster } from './cluster.ts';
import { bin, type ToolRun } from './tool.ts';
import { issuedToken } from './tokens.ts';

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
/** A mount namespace of its own, in which the folders that pods mount things into are empty and ours. */
const unshare = ['--user', '--map-root-user', '--mount', 'sh', '-euc'];
const emptied = 'for one in /run /etc; do mount -t tmpfs tmpfs $one; done';
const script = `${emptied}
while [ "$1" != -- ]; do mkdir -p "$(dirname "$2")"; cp -r "$1" "$2"; shift 2; done
shift
exec "$@"`;

/** Whether this machine lets a process have mounts of its own. Says on stderr where it does not. */
export function canRunPods(): boolean {
  try {
    execFileSync('unshare', [...unshare, emptied], { stdio: 'pipe' });
    return true;
  } catch (error) {
    console.error(`Skipped: unshare cannot make a mount namespace here: ${String(error)}`);
    return false;
  }
}

/** What the kubelet gives to the container of a pod. */
interface Given {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Folders of this machine by the paths that they have inside. */
  readonly mounts: Readonly<Record<string, string>>;
}

/**
 * What the container of a pod finds: the pod's arguments, environment and volumes as they are in the cluster, the token of its service
 * account where the kubelet mounts it, and the API server's address.
 */
export async function givenTo(cluster: Cluster, { metadata, spec }: Json): Promise<Given> {
  const folder = mkdtempSync(path.join(cluster.folder, 'pod-'));
  const [container] = spec.containers;
  const places: Record<string, string> = {};
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const volume = spec.volumes.find((one: Json) => one.name === name);
    // The API server adds one with the token to every pod; it is made below.
    if (volume.projected !== undefined) continue;
    places[mountPath] = write(path.join(folder, name), await contents(cluster, metadata.namespace, volume));
  }
  places[accountFolder] = write(path.join(folder, 'account'), {
    token: await issuedToken(cluster, metadata.namespace, spec.serviceAccountName),
    'ca.crt': cluster.ca.cert,
    namespace: metadata.namespace,
  });
  const { hostname, port } = new URL(cluster.server);
  const env = {
    ...Object.fromEntries((container.env ?? []).map(({ name, value }: Json) => [name, value])),
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
  };
  return { args: container.args, env, mounts: places };
}

/**
 * Runs the built command with what the container of a pod finds. The image is not part of it.
 * @param during called once it runs, with all that it has written so far to stderr; it is told to end afterwards.
 */
export async function runPod(
  cluster: Cluster,
  pod: Json,
  during?: (stderr: () => string) => Promise<void>,
): Promise<ToolRun> {
  const given = await givenTo(cluster, pod);
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...given.env };
  const copies = Object.entries(given.mounts).flatMap(([inside, folder]) => [folder, inside]);
  const words = [...unshare, script, 'sh', ...copies, '--', process.execPath, bin, ...given.args];
  const child = spawn('unshare', words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const closed = once(child, 'close');
  try {
    if (during !== undefined) {
      await during(() => stderr);
      child.kill('SIGTERM');
    }
    const [exitCode] = (await closed) as [number];
    return { exitCode, stdout, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}

/** The files of a volume of a ConfigMap or a Secret. @throws where it is of another kind, or what it names is not there. */
async function contents({ api }: Cluster, namespace: string, volume: Json): Promise<Readonly<Record<string, string>>> {
  if (volume.configMap !== undefined)
    return (await api.get(`/api/v1/namespaces/${namespace}/configmaps/${volume.configMap.name}`)).data;
  if (volume.secret === undefined) throw new Error(`volume ${volume.name} is neither a ConfigMap's nor a Secret's`);
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/secrets/${volume.secret.secretName}`);
  return Object.fromEntries(
    volume.secret.items.map(({ key, path: file }: Json) => [file, Buffer.from(data[key], 'base64').toString()]),
  );
}

/** Files that every user may read, as kubelets make them. */
function write(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { mode: 0o755 });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text, { mode: 0o644 });
  return folder;
}
