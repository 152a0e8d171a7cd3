import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportSchema } from '../../src/model/report-schema.ts';
import { pushGateway } from '../support/push-gateway.ts';
import { admittedPod, postStrictly } from './support/admission.ts';
import type { Json } from './support/api.ts';
import { applyAll, manifests } from './support/apply.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { canRunPods, runPod } from './support/pod.ts';
import { settledShop } from './support/prepared.ts';
import { until } from './support/wait.ts';

const deploy = path.resolve(import.meta.dirname, '../../deploy');
const podsRun = canRunPods();

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ data: await settledShop() });
  await applyAll(cluster.api, await manifests(path.join(import.meta.dirname, 'support/service-monitor-crd.yaml')));
});
afterAll(() => cluster.stop());

const strictly = (objects: readonly Json[]) => postStrictly(cluster.api, objects);
const admitted = (namespace: string) => admittedPod(cluster.api, namespace);

describe('the plain manifests', () => {
  const folder = path.join(deploy, 'kubernetes');
  const own = (file: string) => manifests(path.join(folder, file));
  const forCluster = ['namespace.yaml', '../rbac.yaml', 'cluster-binding.yaml'];
  const all = async (files: readonly string[]) => (await Promise.all(files.map(own))).flat();
  const remove = () => cluster.api.call('DELETE', '/api/v1/namespaces/mekhanikube').catch(() => undefined);
  /** The namespace as it is before anything else was applied. */
  async function anew(): Promise<void> {
    await remove();
    await until('the namespace to be gone', () =>
      cluster.api.get('/api/v1/namespaces/mekhanikube').then(
        () => undefined,
        () => true,
      ),
    );
  }

  test.each([
    'cronjob.yaml',
    'watch.yaml',
    'service-monitor.yaml',
    'namespace.yaml',
    'secrets-binding.yaml',
    'cluster-binding.yaml',
    'one-namespace.yaml',
  ])('%s: every field is one, those of the options as well', async (file) => {
    await applyAll(cluster.api, await own('namespace.yaml'));
    const text = await readFile(path.join(folder, file), 'utf8');
    await strictly(loadAll(text) as Json[]);
    await strictly(loadAll(text.replaceAll(/^( *)# (- .*)$/gm, '$1$2')) as Json[]);
  });

  test('a field that nobody knows would be noticed', async () => {
    const [cronJob] = await own('cronjob.yaml');
    const wrong = { ...cronJob, spec: { ...cronJob.spec, concurencyPolicy: 'Forbid' } };
    await expect(strictly([wrong])).rejects.toThrow('unknown field "spec.concurencyPolicy"');
  });

  test.skipIf(!podsRun)('the CronJob is admitted, and what it runs sees all but Secrets', async () => {
    await anew();
    await applyAll(cluster.api, await all([...forCluster, 'cronjob.yaml']));
    const pod = await admitted('mekhanikube');
    const gateway = await pushGateway();
    const [container] = pod.spec.containers;
    // The gateway of the example is not here.
    const args = container.args.map((word: string) => (word.startsWith('http://pushgateway') ? gateway.url : word));
    expect(args).toContain(gateway.url);
    const spec = { ...pod.spec, containers: [{ ...container, args: [...args, '-o', 'json'] }] };
    const { exitCode, stdout, stderr } = await runPod(cluster, { ...pod, spec });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(gateway.got).toHaveLength(1);
    expect(reportSchema.parse(JSON.parse(stdout)).gaps.map(({ name }) => name)).toEqual(['secrets']);
  });

  test.skipIf(!podsRun)('with the Role in place of the ClusterRole it reads that namespace', async () => {
    await anew();
    await cluster.api
      .call('DELETE', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/mekhanikube')
      .catch(() => undefined);
    await applyAll(cluster.api, await all(['namespace.yaml', 'one-namespace.yaml']));
    const text = (await readFile(path.join(folder, 'cronjob.yaml'), 'utf8')).replaceAll(
      /^( *)# (- (?:--namespace|shop))$/gm,
      '$1$2',
    );
    await applyAll(cluster.api, loadAll(text) as Json[]);
    const pod = await admitted('mekhanikube');
    const [container] = pod.spec.containers;
    const args = container.args.filter((word: string) => !/push/.test(word));
    const spec = { ...pod.spec, containers: [{ ...container, args: [...args, '-o', 'json'] }] };
    const { exitCode, stdout } = await runPod(cluster, { ...pod, spec });
    expect(exitCode).toBe(0);
    expect(reportSchema.parse(JSON.parse(stdout)).stats.resources['pods']).toBeGreaterThan(10);
  });

  test('watch waits for its token, and is admitted; its Service and ServiceMonitor are taken', async () => {
    await anew();
    const token = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'mekhanikube-listen', namespace: 'mekhanikube' },
      stringData: { token: 'x'.repeat(40) },
    };
    await applyAll(cluster.api, [
      ...(await all(forCluster)),
      token,
      ...(await all(['watch.yaml', 'service-monitor.yaml'])),
    ]);
    expect(await admitted('mekhanikube')).toMatchObject({ spec: { serviceAccountName: 'mekhanikube' } });
    await until('the Service to have the pod', async () => {
      const slices = await cluster.api.list('/apis/discovery.k8s.io/v1/namespaces/mekhanikube/endpointslices');
      return slices.some(({ endpoints, ports }) => endpoints?.length === 1 && ports?.[0]?.port === 9465) || undefined;
    });
  });
});
