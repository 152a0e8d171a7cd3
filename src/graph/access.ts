import type { KubeObject } from '../model/object.ts';
import type { AccessFacts } from '../model/snapshot.ts';
import { type Expiry, expiryOf, type ExpiryLimits } from './certificate-expiry.ts';
import { millis } from './time.ts';

/** How the kubeconfig, or what stands for it inside a pod, is named in findings and lists: by its own kind and the cluster's name. */
export function kubeconfigOf({ name }: AccessFacts): KubeObject {
  return { apiVersion: 'v1', kind: 'Config', metadata: { name } };
}

/** The API server as it was reached: what it shows need not be what lies on its disk, where others stand before it. */
export function apiServerOf({ name }: AccessFacts): KubeObject {
  return { apiVersion: 'v1', kind: 'APIServer', metadata: { name } };
}

/** The kubeconfig's own client certificate: milliseconds since the epoch, and what its dates say; undefined where there is none. */
export function clientDates({ client }: AccessFacts, now: number, limits: ExpiryLimits): ClientDates | undefined {
  const notBefore = millis(client?.notBefore);
  const notAfter = millis(client?.notAfter);
  if (notBefore === undefined || notAfter === undefined) return undefined;
  // A login of some hours ends as it is meant to.
  const isLogin = notAfter - notBefore < 7 * 86_400_000;
  return { notBefore, notAfter, expiry: isLogin ? undefined : expiryOf({ notBefore, notAfter }, now, limits) };
}

export interface ClientDates {
  readonly notBefore: number;
  readonly notAfter: number;
  readonly expiry: Expiry | undefined;
}
