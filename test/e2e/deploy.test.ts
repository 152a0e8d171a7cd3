import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadAll } from 'js-yaml';
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

const deploy = path.resolve(import.meta.dirname, '../../deploy');
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
