import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FleetReport, fleetSchema } from '../../src/model/fleet-schema.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { freePorts } from './support/ports.ts';
import { settledShop } from './support/prepared.ts';
import { runTool } from './support/tool.ts';

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: object }[];
  readonly users: readonly { readonly user: object }[];
}

describe('three control planes, of which one is down', () => {
  let clusters: Cluster[];
  let kubeconfig: string;
  beforeAll(async () => {
    const data = await settledShop();
    clusters = await Promise.all([
      startCluster({ data, controllers: false }),
      startCluster({ data, controllers: false }),
    ]);
    const [east, west] = clusters.map(
      (cluster) => JSON.parse(readFileSync(cluster.kubeconfig('secrets-reader'), 'utf8')) as Kubeconfig,
    );
    const [port] = await freePorts(1);
    const parts = {
      east: { cluster: east!.clusters[0]!.cluster, user: east!.users[0]!.user },
      down: { cluster: { ...east!.clusters[0]!.cluster, server: `https://127.0.0.1:${port}` }, user: {} },
      west: { cluster: west!.clusters[0]!.cluster, user: west!.users[0]!.user },
    };
    const all = Object.entries(parts);
    kubeconfig = path.join(clusters[0]!.folder, 'fleet.kubeconfig');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: all.map(([name, { cluster }]) => ({ name, cluster })),
      users: all.map(([name, { user }]) => ({ name, user })),
      contexts: all.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    };
    writeFileSync(kubeconfig, JSON.stringify(config));
  });
  afterAll(() => Promise.all(clusters.map((cluster) => cluster.stop())));

  it('gives two reports and a gap', async () => {
    const run = await runTool(['analyze', '--all-contexts', '--kubeconfig', kubeconfig, '-o', 'json']);
    expect(run.exitCode).toBe(0);
    const fleet = fleetSchema.parse(JSON.parse(run.stdout)) as FleetReport;
    expect(fleet.clusters.map(({ cluster }) => cluster.context)).toEqual(['east', 'west']);
    expect(fleet.clusters.every(({ stats }) => stats.objects > 100)).toBe(true);
    expect(fleet.gaps).toEqual([{ what: 'cluster', name: 'down', reason: expect.stringMatching(/cannot reach/) }]);
    const strict = await runTool(['analyze', '--all-contexts', '--kubeconfig', kubeconfig, '--require-complete']);
    expect(strict.exitCode).toBe(3);
    expect(strict.stdout).toMatch(/^3 clusters:\n {2}east: .*\n {2}west: .*\n {2}down: not read: /m);
  });
});
