import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Authority, authority } from '../../support/certificates.ts';

/** The names under which the API server is reached. */
const serverNames = [
  'IP:127.0.0.1',
  'IP:10.96.0.1',
  'DNS:localhost',
  'DNS:kubernetes',
  'DNS:kubernetes.default',
  'DNS:kubernetes.default.svc',
];

/** Makes the keys and certificates of a cluster and writes them to `FOLDER/pki`. */
export function writePki(folder: string, names: readonly string[] = serverNames): Authority {
  const ca = authority('cluster-ca');
  const pki = path.join(folder, 'pki');
  mkdirSync(pki, { mode: 0o700 });
  const write = (name: string, { cert, key }: { cert: string; key: string }) => {
    writeFileSync(path.join(pki, `${name}.crt`), cert);
    writeFileSync(path.join(pki, `${name}.key`), key, { mode: 0o600 });
  };
  write('ca', ca);
  write('apiserver', ca.issue('kube-apiserver', names));
  write('front-proxy', ca.issue('front-proxy-client'));
  write('kubelet-client', ca.issue('kube-apiserver-kubelet-client'));
  // The key for service account tokens has to be an `EC PRIVATE KEY`, which is what openssl's ecparam writes.
  write('service-accounts', ca.issue('service-accounts'));
  return ca;
}
