import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportSchema } from '../../src/model/report-schema.ts';
import { startOllama } from '../support/fake-ollama.ts';
import { pushGateway } from '../support/push-gateway.ts';
import type { Json } from './support/api.ts';
import { applyAll, manifests } from './support/apply.ts';
import { requestsOf } from './support/audit.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { chartValues } from './support/chart-values.ts';
import { chart, realHelm, rendered, type Values, valuesFlag } from './support/helm.ts';
import { canRunPods, runPod } from './support/pod.ts';
import { freePorts } from './support/ports.ts';
import { settledShop } from './support/prepared.ts';
import { admittedPod, postStrictly, restrictedNamespace } from './support/admission.ts';
import { until } from './support/wait.ts';

const helm = await realHelm();
const podsRun = canRunPods();

let cluster: Cluster;
let port: number;
beforeAll(async () => {
  cluster = await startCluster({ data: await settledShop() });
  [port = 0] = await freePorts(1);
  await applyAll(cluster.api, await manifests(path.join(import.meta.dirname, 'support/service-monitor-crd.yaml')));
});
afterAll(() => cluster.stop());

const restricted = (namespace: string) => restrictedNamespace(cluster.api, namespace);
const strictly = (objects: readonly Json[]) => postStrictly(cluster.api, objects);
const admitted = (namespace: string) => admittedPod(cluster.api, namespace);

describe.skipIf(helm === undefined)('the chart, installed', () => {
  const inCluster = (namespace: string) => ['--namespace', namespace, '--kubeconfig', cluster.kubeconfig('admin')];
  const install = (namespace: string, values: Values) =>
    helm!(['upgrade', '--install', 'mekhanikube', chart, ...inCluster(namespace), valuesFlag(values)]);
  const uninstall = (namespace: string) => helm!(['uninstall', 'mekhanikube', ...inCluster(namespace)]);

  test.each(Object.entries(chartValues))('with %s: the API server knows every field', async (_, values) => {
    await restricted('mekhanikube');
    await strictly(await rendered(helm!, values));
  });

  test.each(Object.entries(chartValues))(
    'with %s: installed into a restricted namespace, its pod is admitted',
    async (name, values) => {
      const namespace = `chart-${Object.keys(chartValues).indexOf(name)}`;
      await restricted(namespace);
      expect(await install(namespace, values)).toContain('It changes nothing.');
      expect(await admitted(namespace)).toMatchObject({ spec: { enableServiceLinks: false } });
      await uninstall(namespace);
    },
  );

  test('a pod that wants more is not admitted', async () => {
    await restricted('chart-more');
    const more = install('chart-more', { extraVolumes: [{ name: 'host', hostPath: { path: '/' } }] });
    await expect(more).rejects.toThrow('would violate PodSecurity');
    expect((await admitted('chart-more')).refused).toContain('violates PodSecurity "restricted');
    await uninstall('chart-more');
  });

  test('an upgrade keeps the token, and a changed configuration makes a new pod', async () => {
    await restricted('chart-upgrade');
    const get = (place: string) => cluster.api.get(place);
    const token = async () => (await get('/api/v1/namespaces/chart-upgrade/secrets/mekhanikube-listen')).data.token;
    const sum = async () =>
      (await get('/apis/apps/v1/namespaces/chart-upgrade/deployments/mekhanikube')).spec.template.metadata.annotations;
    await install('chart-upgrade', { mode: 'watch', config: { severity: 'info' } });
    const before = [await token(), await sum()];
    await install('chart-upgrade', { mode: 'watch', config: { severity: 'critical' } });
    expect(await token()).toBe(before[0]);
    expect(await sum()).not.toEqual(before[1]);
  });

  describe.skipIf(!podsRun)('what its pods run, with the token of their account', () => {
    /** Installs into a namespace, and runs what the pod that was admitted there would run. */
    async function run(namespace: string, values: Values, during?: Parameters<typeof runPod>[2]) {
      await restricted(namespace);
      await install(namespace, values);
      const pod = await admitted(namespace);
      const outcome = await runPod(cluster, pod, during);
      const asked = requestsOf(cluster, `system:serviceaccount:${namespace}:mekhanikube`);
      expect(asked.length).toBeGreaterThan(10);
      expect(new Set(asked.map(({ verb }) => verb))).toEqual(new Set(['get', 'list']));
      return { ...outcome, asked };
    }
    const json = { extraArgs: ['-o', 'json'] };

    test('a CronJob pushes; all but Secrets is seen, and nothing is wrong with it', async () => {
      const gateway = await pushGateway();
      const { exitCode, stdout, stderr, asked } = await run('run-push', {
        ...json,
        pushGateway: { url: gateway.url, group: { site: 'east' } },
      });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(gateway.got).toMatchObject([
        {
          method: 'PUT',
          path: expect.stringContaining('/site/east'),
          body: expect.stringContaining('mekhanikube_problems'),
        },
      ]);
      const report = reportSchema.parse(JSON.parse(stdout));
      expect(report.gaps.map(({ name }) => name)).toEqual(['secrets']);
      expect(asked.filter(({ status }) => status === 403)).toEqual([]);
      expect(JSON.stringify(report.incidents)).not.toContain('run-push');
    });

    test('with Secrets nothing is out of sight', async () => {
      const { exitCode, stdout, asked } = await run('run-secrets', { ...json, rbac: { secrets: true } });
      expect(exitCode).toBe(0);
      expect(reportSchema.parse(JSON.parse(stdout))).toMatchObject({ complete: true, gaps: [] });
      expect(asked.some(({ path: place }) => place.endsWith('/secrets'))).toBe(true);
    });

    test('for one namespace nothing else is read', async () => {
      const { exitCode, stdout, asked } = await run('run-namespace', { ...json, rbac: { namespaces: ['shop'] } });
      expect(exitCode).toBe(0);
      const report = reportSchema.parse(JSON.parse(stdout));
      expect(report.complete).toBe(false);
      expect(report.stats.resources['pods']).toBeGreaterThan(10);
      const within = /\/namespaces\/shop(?:\/|$)|^\/version$|^\/apis$/;
      expect(asked.filter(({ path: place, status }) => status === 200 && !within.test(place))).toEqual([]);
      expect(report.incidents.filter(({ severity }) => severity !== 'info')).toEqual([]);
    });

    test('Ollama is asked where values say it is, about what is wrong', async () => {
      const ollama = await startOllama();
      const service = '/api/v1/namespaces/shop/services/web';
      await cluster.api.merge(service, { spec: { selector: { app: 'nobody' } } });
      try {
        const { exitCode, stdout } = await run('run-ollama', { ...json, ollama: { host: ollama.url } });
        expect(exitCode).toBe(0);
        expect(ollama.chats().length).toBeGreaterThan(0);
        const { incidents } = reportSchema.parse(JSON.parse(stdout));
        const loud = incidents.filter(({ severity }) => severity !== 'info');
        expect(loud.map(({ message }) => message).join()).toContain('its selector app=nobody');
        expect(loud.filter(({ explanation }) => explanation === undefined)).toEqual([]);
      } finally {
        await cluster.api.merge(service, { spec: { selector: { app: 'web' } } });
        await ollama.close();
      }
    });

    test('a configuration file with a mistake is named as it is mounted', async () => {
      await restricted('run-config');
      await install('run-config', { config: { severity: 'none' } });
      const { exitCode, stderr } = await runPod(cluster, await admitted('run-config'));
      expect(exitCode).toBe(2);
      expect(stderr).toContain('/etc/mekhanikube/config/config.yaml');
    });

    test('watch serves metrics to whoever knows the token, answers its probes, and ends when it is told to', async () => {
      const values = { mode: 'watch', watch: { host: '127.0.0.1', port } };
      const { exitCode, stderr } = await run('run-watch', values, async (written) => {
        await until('the address', () => Promise.resolve(written().includes('Serving') || undefined));
        const at = `http://127.0.0.1:${port}`;
        const { spec } = (await cluster.api.list('/api/v1/namespaces/run-watch/pods'))[0];
        for (const probe of ['livenessProbe', 'readinessProbe'])
          expect((await fetch(at + spec.containers[0][probe].httpGet.path)).status).toBe(200);
        expect(spec.containers[0].ports[0].containerPort).toBe(port);
        expect((await fetch(`${at}/metrics`)).status).toBe(401);
        const secret = await cluster.api.get('/api/v1/namespaces/run-watch/secrets/mekhanikube-listen');
        const authorization = `Bearer ${Buffer.from(secret.data.token, 'base64').toString()}`;
        const metrics = await until('the first report', async () => {
          const answer = await fetch(`${at}/metrics`, { headers: { authorization } });
          return answer.status === 200 ? answer.text() : undefined;
        });
        expect(metrics).toMatch(/^mekhanikube_stale 0$/m);
      });
      expect(exitCode).toBe(0);
      expect(stderr).toContain(`Serving the report at http://127.0.0.1:${port}/`);
    });
  });
});
