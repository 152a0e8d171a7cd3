import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster } from './cluster.ts';

/** A service account token as the API server would have issued it, which ran out so many seconds ago. */
export function expiredToken({ folder }: Cluster, namespace: string, name: string, seconds = 60): string {
  const now = Math.floor(Date.now() / 1_000);
  const issuer = 'https://kubernetes.default.svc';
  const claims = {
    iss: issuer,
    aud: [issuer],
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: now - 3_600,
    nbf: now - 3_600,
    exp: now - seconds,
    'kubernetes.io': { namespace, serviceaccount: { name, uid: '00000000-0000-0000-0000-000000000000' } },
  };
  const text = [{ alg: 'ES256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const key = createPrivateKey(readFileSync(path.join(folder, 'pki', 'service-accounts.key')));
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** A token that the API server issues for a service account. */
export async function issuedToken({ api }: Cluster, namespace: string, name: string): Promise<string> {
  const { status } = await api.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3_600 },
  });
  return status.token;
}
