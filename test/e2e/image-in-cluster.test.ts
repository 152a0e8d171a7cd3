import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushGateway } from '../support/push-gateway.ts';
import { admittedPod, restrictedNamespace } from './support/admission.ts';
import type { Json } from './support/api.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { runContainer } from './support/container.ts';
import { BuildFailed, CannotBuild } from './support/go-program.ts';
import { chart, realHelm, type Values, valuesFlag } from './support/helm.ts';
import { buildImage } from './support/image.ts';
import { givenTo } from './support/pod.ts';
import { freePorts } from './support/ports.ts';
import { settledShop } from './support/prepared.ts';
import { sleep, until } from './support/wait.ts';

const helm = await realHelm();
const image = await buildImage((line) => console.error(line)).catch((error: unknown) => {
  if (!(error instanceof CannotBuild) || error instanceof BuildFailed) throw error;
  console.error(`Skipped: ${error.message.split('\n', 1).join('')}`);
  return undefined;
});

/**
 * The image of this tree in the pods of the chart, run by runc as the kubelet would have it run: as the image's user, with a root file
 * system that cannot be written to, without a single privilege. Networks are left out: everything is on the host network.
 */
describe.skipIf(helm === undefined || image === undefined)('the image, in the pods of the chart', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ data: await settledShop() });
  });
  afterAll(async () => {
    await cluster.stop();
    await rm(image!.root, { recursive: true });
  });

  async function install(namespace: string, values: Values): Promise<Json> {
    await restrictedNamespace(cluster.api, namespace);
    const target = ['--namespace', namespace, '--kubeconfig', cluster.kubeconfig('admin')];
    await helm!(['install', 'mekhanikube', chart, ...target, valuesFlag(values)]);
    return admittedPod(cluster.api, namespace);
  }

  test('its user is a number and not root: the kubelet cannot tell that of a name', () => {
    expect(image!.config.User).toMatch(/^[1-9]\d*(:\d+)?$/);
  });

  test('a CronJob reads the cluster and pushes', async () => {
    const gateway = await pushGateway();
    const pod = await install('image-push', { pushGateway: { url: gateway.url } });
    const { args, ...given } = await givenTo(cluster, pod);
    const { exitCode, stdout, stderr } = await runContainer(image!, args, given);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Cluster in-cluster/m);
    expect(gateway.got).toMatchObject([{ method: 'PUT', body: expect.stringContaining('mekhanikube_problems') }]);
  });

  test('watch reads the cluster, serves it to whoever knows the token, and ends when it is told to', async () => {
    const [port = 0] = await freePorts(1);
    const pod = await install('image-watch', { mode: 'watch', watch: { host: '127.0.0.1', port } });
    const secret = await cluster.api.get('/api/v1/namespaces/image-watch/secrets/mekhanikube-listen');
    const authorization = `Bearer ${Buffer.from(secret.data.token, 'base64').toString()}`;
    const { args, ...given } = await givenTo(cluster, pod);
    const outcome = await runContainer(image!, args, {
      ...given,
      during: async (signal) => {
        const metrics = await until('the first report', async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization } });
          return answer.status === 200 ? answer.text() : undefined;
        });
        expect(metrics).toMatch(/^mekhanikube_stale 0$/m);
        expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(401);
        signal('SIGTERM');
        await sleep(0);
      },
    });
    expect(outcome.exitCode).toBe(0);
    expect(outcome.endedAfter).toBeLessThan(5_000);
  });
});
