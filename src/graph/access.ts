import type { KubeObject } from '../model/object.ts';
import type { AccessFacts } from '../model/snapshot.ts';

/** How the kubeconfig, or what stands for it inside a pod, is named in findings and lists: by its own kind and the cluster's name. */
export function kubeconfigOf({ name }: AccessFacts): KubeObject {
  return { apiVersion: 'v1', kind: 'Config', metadata: { name } };
}

/** The API server as it was reached: what it shows need not be what lies on its disk, where others stand before it. */
export function apiServerOf({ name }: AccessFacts): KubeObject {
  return { apiVersion: 'v1', kind: 'APIServer', metadata: { name } };
}
