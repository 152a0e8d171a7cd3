import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRecorded } from '../../src/cluster/recorded.ts';
import { specChanged } from '../../src/graph/observed.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { settledShop } from './support/prepared.ts';
import { runTool } from './support/tool.ts';
import { sleep, until } from './support/wait.ts';

describe('when a spec was last written', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ data: await settledShop() });
  });
  afterAll(() => cluster.stop());

  const web = '/apis/apps/v1/namespaces/shop/deployments/web';

  /** The server's clock, in its whole seconds. */
  const seconds = () => Math.floor(Date.now() / 1_000) * 1_000;

  /** What the tool keeps of it, after pods of that number are ready. */
  async function written(replicas: number): Promise<{ readonly specChanged: number; readonly timeless: boolean }> {
    await until('the new pods', async () => {
      const { status } = await cluster.api.get(web);
      return status.readyReplicas === replicas ? true : undefined;
    });
    await sleep(1_100);
    // None of these writes the spec.
    const note = { metadata: { annotations: { 'example.com/replicas': String(replicas) } } };
    await cluster.api.call('PATCH', `${web}?fieldManager=other`, note, 'application/merge-patch+json');
    const file = path.join(cluster.folder, `${replicas}.jsonl.gz`);
    const { exitCode, stderr } = await runTool([
      'snapshot',
      file,
      '--kubeconfig',
      cluster.kubeconfig('secrets-reader'),
    ]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const { snapshot } = await loadRecorded({ paths: [file] });
    expect(snapshot.list('pods').items.filter(({ metadata }) => metadata.managedFields !== undefined)).toEqual([]);
    const found = snapshot.lookup('deployments.apps', 'web', 'shop');
    if (found.state !== 'found') throw new Error('shop/web is not there');
    const timeless = found.object.metadata.managedFields?.some(({ time }) => time === undefined) === true;
    return { specChanged: Date.parse(specChanged(found.object) ?? ''), timeless };
  }

  it('is read from the managed fields, which a status or an annotation of later does not move', async () => {
    const begun = seconds();
    await cluster.api.merge(web, { spec: { replicas: 4 } });
    const ended = Date.now();
    const { specChanged: time, timeless } = await written(4);
    expect(time).toBeGreaterThanOrEqual(begun);
    expect(time).toBeLessThanOrEqual(ended);
    expect(timeless).toBe(false);
  });

  it('is not known after a write through the subresource scale', async () => {
    const begun = seconds();
    await cluster.api.merge(`${web}/scale`, { spec: { replicas: 5 } });
    const { specChanged: time, timeless } = await written(5);
    expect(time).toBeLessThan(begun);
    expect(timeless).toBe(true);
  });
});
