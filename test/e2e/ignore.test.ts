import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { settledShop } from './support/prepared.ts';
import { runTool } from './support/tool.ts';
import { sleep, until } from './support/wait.ts';

const deployment = '/apis/apps/v1/namespaces/shop/deployments/web';
const ignoring = (code: string) => ({ metadata: { annotations: { 'mekhanikube.io/ignore': code } } });

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ data: await settledShop() });
});
afterAll(() => cluster.stop());

/** Nobody waits in a test until a pod has been waiting for long. */
const atOnce = ['pods.pendingNotice', 'pods.pendingGrace', 'deployments.grace'].flatMap((name) => [
  '--set',
  `${name}=0`,
]);

async function analyze(...words: readonly string[]): Promise<Report> {
  const { stdout } = await runTool(['analyze', '-o', 'json', ...atOnce, ...words], {
    KUBECONFIG: cluster.kubeconfig('reader'),
  });
  return reportSchema.parse(JSON.parse(stdout));
}

/** The codes of what counts, and of what is ignored. */
async function codes(...words: readonly string[]) {
  const { problems, suppressed } = await analyze(...words);
  const counted = problems.filter((problem) => problem.suppressed !== true && problem.severity !== 'info');
  return {
    counted: [...new Set(counted.map(({ code }) => code))],
    ignored: [...new Set(suppressed.map(({ code }) => code))],
  };
}

/** Pods of the Deployment that wait for a node that there is none of; all others are gone. */
async function unschedulable(annotations: object): Promise<void> {
  await cluster.api.merge(deployment, {
    spec: {
      strategy: { type: 'Recreate', rollingUpdate: null },
      template: { ...annotations, spec: { nodeSelector: { nowhere: 'true' } } },
    },
  });
  await until('all pods of the Deployment to wait', async () => {
    const pods = await cluster.api.list('/api/v1/namespaces/shop/pods?labelSelector=app=web');
    const waits = pods.filter(({ status }) =>
      status.conditions?.some((one: { reason?: string }) => one.reason === 'Unschedulable'),
    );
    return (
      pods.length > 0 &&
      waits.length === pods.length &&
      pods.every(({ metadata }) => metadata.deletionTimestamp === undefined)
    );
  });
  // A pod that waits since a moment keeps its Deployment from nothing yet.
  await sleep(31_000);
}

describe('what a real cluster says to ignore', () => {
  it(
    'by the template of pods, for all of them; by the Deployment; and not at all with --no-ignore',
    { timeout: 300_000 },
    async () => {
      await unschedulable(ignoring('PodUnschedulable'));
      const byPods = await codes();
      expect(byPods.ignored).toEqual(['PodUnschedulable']);
      expect(byPods.counted).not.toContain('PodUnschedulable');
      expect(byPods.counted.length).toBeGreaterThan(0);

      // The root is ignored and all the same told, for it explains what is not.
      const { incidents, problems } = await analyze();
      const ignored = problems.find(({ code }) => code === 'PodUnschedulable');
      expect(ignored).toMatchObject({ suppressed: true });
      expect(incidents.some((incident) => incident.root === ignored?.id && incident.chain.length > 0)).toBe(true);

      const everything = await codes('--no-ignore');
      expect(everything.ignored).toEqual([]);
      expect(everything.counted.toSorted()).toEqual([...byPods.counted, 'PodUnschedulable'].toSorted());

      await cluster.api.merge(deployment, ignoring('Deployment*'));
      expect((await codes()).ignored.toSorted()).toEqual(['DeploymentUnavailable', 'PodUnschedulable']);
      // Nothing of it counts any more: the incident is gone, and what is ignored is still told.
      expect((await analyze()).incidents.filter(({ root }) => root === ignored?.id)).toEqual([]);
    },
  );
});
