import path from 'node:path';
import type { Api, Json } from './api.ts';
import { applyAll } from './apply.ts';
import { until } from './wait.ts';

/** A namespace that admits only what restricted Pod Security does. */
export async function restrictedNamespace(api: Api, name: string): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await applyAll(api, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }]);
}

/** Posts what the API server is to refuse where it has a field that nobody knows; nothing is kept. */
export async function postStrictly(api: Api, objects: readonly Json[]): Promise<void> {
  for (const object of objects) {
    const place = path.dirname(await api.pathOf(object));
    const metadata = { ...object.metadata, name: `${object.metadata.name}-strict` };
    await api.call('POST', `${place}?dryRun=All&fieldValidation=Strict`, { ...object, metadata });
  }
}

/**
 * Starts the CronJobs of a namespace at once, where there are any, and waits for a pod.
 * @returns the pod, or what Pod Security has against it as `refused`.
 */
export async function admittedPod(api: Api, namespace: string): Promise<Json> {
  for (const { metadata, spec } of await api.list(`/apis/batch/v1/namespaces/${namespace}/cronjobs`)) {
    await api.call('POST', `/apis/batch/v1/namespaces/${namespace}/jobs`, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { generateName: `${metadata.name}-now-`, labels: spec.jobTemplate.metadata?.labels },
      spec: spec.jobTemplate.spec,
    });
  }
  return until(`a pod in ${namespace}`, async () => {
    const events = await api.list(`/api/v1/namespaces/${namespace}/events`);
    const refusal = events.find(({ message }) => message.includes('violates PodSecurity'));
    if (refusal !== undefined) return { refused: refusal.message };
    return (await api.list(`/api/v1/namespaces/${namespace}/pods`)).at(-1);
  });
}
