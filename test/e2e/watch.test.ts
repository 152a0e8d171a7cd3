import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { loadLive } from '../../src/cluster/live.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import type { Report } from '../../src/model/report.ts';
import { neededResources, run } from '../../src/pipeline.ts';
import { changesBetween } from '../../src/watch/changes.ts';
import { watchLoop } from '../../src/watch/loop.ts';
import { requestsOf } from './support/audit.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { settledShop } from './support/prepared.ts';
import { bin } from './support/tool.ts';
import { until } from './support/wait.ts';

const looks = 500;
const service = '/api/v1/namespaces/shop/services/web';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What the heap holds once all garbage is gone, in MB. */
function heap(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

describe('a cluster that is watched', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ data: await settledShop() });
  });
  afterAll(() => cluster.stop());

  it(
    `is read ${looks} times: faults come and go, the server restarts, memory stays`,
    { timeout: 600_000 },
    async () => {
      const stop = new AbortController();
      const changes: string[] = [];
      const heaps: number[] = [];
      const perLook = new Set<number>();
      let requests = 0;
      let failed = 0;
      const look = async () => {
        const load = () =>
          loadLive({
            env: {},
            kubeconfig: cluster.kubeconfig('secrets-reader'),
            namespaces: [],
            secrets: 'auto',
            resources: neededResources(analyzers),
            signal: stop.signal,
          });
        return (await run({ analyzers, load, inventory: true })).report;
      };
      let last: Report | undefined;
      await watchLoop({
        look,
        interval: 20,
        signal: stop.signal,
        onLook: async ({ report, succeeded, failures }) => {
          if (failures > 0) failed += 1;
          if (failures === 1) await cluster.restartApiServer();
          if (report?.stale !== undefined || report === undefined) return;
          requests += report.stats.requests;
          perLook.add(report.stats.requests);
          for (const { change, incident } of changesBetween(last, report)) changes.push(`${change} ${incident.code}`);
          last = report;
          if (succeeded % 100 === 0) heaps.push(heap());
          if (succeeded % 100 === 20) await cluster.api.merge(service, { spec: { selector: { app: 'nobody' } } });
          if (succeeded % 100 === 60) await cluster.api.merge(service, { spec: { selector: { app: 'web' } } });
          if (succeeded === 280) await cluster.processes.end(['kube-apiserver']);
          if (succeeded === looks) stop.abort();
        },
      });
      const loud = changes.filter((one) => one.includes('Service'));
      expect(loud.filter((one) => one.startsWith('new'))).toHaveLength(5);
      expect(loud.filter((one) => one.startsWith('resolved'))).toHaveLength(5);
      expect(failed).toBeGreaterThan(0);
      // The first hundred looks fill what is kept on purpose.
      const [first = 0, ...others] = heaps;
      expect(Math.max(...others) / first).toBeLessThan(1.1);
      // Each look costs the same, and nothing was asked for beside the looks.
      expect(perLook.size).toBe(1);
      const [each = 0] = perLook;
      const audited = requestsOf(cluster, 'secrets-reader');
      expect(new Set(audited.map(({ verb }) => verb))).toEqual(new Set(['get', 'list']));
      expect(audited.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(requests + failed * each);
    },
  );

  it('is served by the built command until that is told to end', async () => {
    const words = ['watch', '--kubeconfig', cluster.kubeconfig('secrets-reader'), '--listen', '127.0.0.1:0'];
    const tool = spawn(process.execPath, [bin, ...words], { env: { PATH: process.env['PATH'], HOME: '/nonexistent' } });
    const written = { out: '', err: '' };
    tool.stdout.on('data', (text: Buffer) => (written.out += text.toString()));
    tool.stderr.on('data', (text: Buffer) => (written.err += text.toString()));
    try {
      await until('the first report', () => Promise.resolve(written.out.includes('Checked') || undefined));
      const [, url = ''] = /Serving the report at (\S+),/.exec(written.err) ?? [];
      const report = reportSchema.parse(await (await fetch(`${url}report.json`)).json());
      expect(report.status).toBe('ok');
      expect(await (await fetch(`${url}healthz`)).text()).toBe('ok\n');
      expect(await (await fetch(`${url}metrics`)).text()).toMatch(/^mekhanikube_stale 0$/m);
    } finally {
      tool.kill('SIGTERM');
    }
    const [code] = (await once(tool, 'exit')) as [number | null];
    expect(code).toBe(0);
  });
});
