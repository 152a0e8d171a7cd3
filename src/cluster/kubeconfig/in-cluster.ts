import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from './connection.ts';
import type { Environment } from './files.ts';
import { tokenFile } from './token-file.ts';

/** Where the kubelet mounts a pod's service account. */
const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The connection of a pod's own service account, or undefined outside a pod. */
export async function inCluster(
  env: Environment,
  folder = serviceAccountFolder,
): Promise<Omit<Connection, 'impersonation' | 'insecure'> | undefined> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return undefined;
  const token = join(folder, 'token');
  if ((await text(token)) === undefined) return undefined;
  const ca = await text(join(folder, 'ca.crt'));
  const namespace = env['POD_NAMESPACE'] ?? (await text(join(folder, 'namespace')))?.trim();
  return {
    name: 'in-cluster',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace: namespace === undefined || namespace === '' ? 'default' : namespace,
    ...(ca === undefined ? {} : { ca }),
    compress: true,
    credentials: tokenFile(token, {}),
  };
}

async function text(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
