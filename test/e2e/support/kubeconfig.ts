import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes a kubeconfig with one context for a user as kubeconfigs have it, and gives the file's path. */
export function writeKubeconfig(
  folder: string,
  name: string,
  options: { server: string; ca: string; user: object; namespace?: string; cluster?: object },
): string {
  const { server, ca, user, namespace, cluster: more } = options;
  const file = path.join(folder, `${name}.kubeconfig`);
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64'), ...more };
  const context = { cluster: 'shop', user: name, ...(namespace === undefined ? {} : { namespace }) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'shop', cluster }],
    users: [{ name, user }],
    contexts: [{ name: 'shop', context }],
    'current-context': 'shop',
  };
  writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  return file;
}
