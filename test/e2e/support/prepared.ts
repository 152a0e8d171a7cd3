import path from 'node:path';
import type { Api } from './api.ts';
import { applyAll, manifests } from './apply.ts';
import { bind } from './roles.ts';
import { savedData } from './saved.ts';
import { settled } from './settled.ts';

const own = ['prepared.ts', 'programs.ts', 'cluster.ts', 'kwok.yaml'].map((name) =>
  path.join(import.meta.dirname, name),
);
const shop = ['nodes', 'system', 'shop'].map((name) => path.resolve(import.meta.dirname, `../shop/${name}.yaml`));
const roles = ['rbac', 'rbac-secrets'].map((name) => path.resolve(import.meta.dirname, `../../../deploy/${name}.yaml`));

/**
 * The data of a cluster on which a healthy shop has come to rest, made once. Every story begins with a copy of it.
 * @returns etcd's folder, for `startCluster({ data })`.
 */
export function settledShop(): Promise<string> {
  return savedData({
    name: 'shop',
    files: [...shop, ...roles, ...own],
    hours: 24,
    async setUp({ api }) {
      await applyReaders(api);
      for (const file of shop) await applyAll(api, await manifests(file));
      await settled(api, { quietSeconds: 4 });
      await deleteEvents(api);
    },
  });
}

/** Applies the tool's own roles exactly as they are published, and binds them to the people of the tests that have them. */
export async function applyReaders(api: Api): Promise<void> {
  for (const file of roles) await applyAll(api, await manifests(file));
  await bind(api, 'mekhanikube', { user: 'reader' });
  await bind(api, 'mekhanikube', { user: 'secrets-reader' });
  await bind(api, 'mekhanikube-secrets', { user: 'secrets-reader' });
}

/** A cluster that has run for an hour has lost the events of its beginning. */
export async function deleteEvents(api: Api): Promise<void> {
  for (const { metadata } of await api.list('/api/v1/namespaces')) {
    await api.call('DELETE', `/api/v1/namespaces/${metadata.name}/events`);
  }
}
