import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Api } from './api.ts';
import { applyAll, manifests } from './apply.ts';
import { startCluster } from './cluster.ts';
import { controlPlaneExecutable } from './executable.ts';
import { cacheFolder } from './go-program.ts';
import { settled } from './settled.ts';

const folder = path.resolve(import.meta.dirname, '../shop');
const deploy = path.resolve(import.meta.dirname, '../../../deploy');

/**
 * The data of a cluster on which a healthy shop has come to rest, made once and kept in the cache by the content of all that it is
 * made of. Every story begins with a copy of it.
 * @returns etcd's folder, for `startCluster({ data })`.
 */
export async function settledShop(): Promise<string> {
  const target = path.join(cacheFolder(), `shop-${await hashOf([folder, deploy, import.meta.dirname])}`);
  if (existsSync(target)) {
    await utimes(target, new Date(), new Date());
    return target;
  }
  await mkdir(cacheFolder(), { recursive: true });
  await removeUnused();
  const cluster = await startCluster();
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    await applyAll(cluster.api, await readers());
    for (const file of ['nodes.yaml', 'system.yaml', 'shop.yaml']) {
      await applyAll(cluster.api, await manifests(path.join(folder, file)));
    }
    await settled(cluster.api, { quietSeconds: 4 });
    await deleteEvents(cluster.api);
    await cluster.save(temporary);
    await rename(temporary, target).catch((error: unknown) => {
      // Another run was quicker.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await cluster.stop();
  }
  return target;
}

/** Data that nobody began with for a day: each is as large as etcd's log. */
async function removeUnused(): Promise<void> {
  for (const name of await readdir(cacheFolder())) {
    const data = path.join(cacheFolder(), name);
    if (!name.startsWith('shop-') || Date.now() - (await stat(data)).mtimeMs < 24 * 3_600_000) continue;
    await rm(data, { recursive: true, force: true });
  }
}

/** The tool's own roles exactly as they are published, and the people of the tests that have them. */
async function readers() {
  const files = ['rbac.yaml', 'rbac-secrets.yaml'];
  const [plain = [], secrets = []] = await Promise.all(files.map((file) => manifests(path.join(deploy, file))));
  const bind = (role: string, person: string) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${person}-${role}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: person }],
  });
  return [
    ...plain,
    ...secrets,
    bind('mekhanikube', 'reader'),
    bind('mekhanikube', 'secrets-reader'),
    bind('mekhanikube-secrets', 'secrets-reader'),
  ];
}

/** A cluster that has run for an hour has lost the events of its beginning. */
export async function deleteEvents(api: Api): Promise<void> {
  for (const { metadata } of await api.list('/api/v1/namespaces')) {
    await api.call('DELETE', `/api/v1/namespaces/${metadata.name}/events`);
  }
}

async function hashOf(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(await controlPlaneExecutable());
  for (const one of folders) {
    for (const name of (await readdir(one)).toSorted()) {
      if (/^(?:kwok|nodes|system|shop|rbac.*)\.yaml$|^(?:prepared|programs|cluster)\.ts$/.test(name)) {
        hash.update(name).update(await readFile(path.join(one, name)));
      }
    }
  }
  return hash.digest('hex').slice(0, 16);
}
