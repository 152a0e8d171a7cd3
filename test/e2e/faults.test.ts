import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import type { Report } from '../../src/model/report.ts';
import { resources } from '../../src/model/resources.ts';
import { neededResources } from '../../src/pipeline.ts';
import type { Json } from './support/api.ts';
import { applyAll } from './support/apply.ts';
import { requestsOf } from './support/audit.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { gate } from './support/gate.ts';
import { settledShop } from './support/prepared.ts';
import { bind } from './support/roles.ts';
import { issuedToken } from './support/tokens.ts';
import { runTool } from './support/tool.ts';
import { sleep, until } from './support/wait.ts';

const many = 5_000;

describe('what can go wrong with the API server', () => {
  let cluster: Cluster;
  let token: string;
  beforeAll(async () => {
    // Lists go to etcd, and not to the copies of them that the API server keeps for later pages: those would outlive a compaction.
    cluster = await startCluster({
      data: await settledShop(),
      apiServer: ['--feature-gates=ListFromCacheSnapshot=false', '--enable-aggregator-routing=false'],
    });
    const kubeconfig = JSON.parse(readFileSync(cluster.kubeconfig('secrets-reader'), 'utf8'));
    token = kubeconfig.users[0].user.token;
    await cluster.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'large' } });
    await inParallel(many, (index) =>
      cluster.api.call('POST', '/api/v1/namespaces/large/configmaps', {
        metadata: { name: `settings-${index}` },
        data: { 'settings.json': '{}' },
      }),
    );
  });
  afterAll(() => cluster.stop());

  async function analyze(
    kubeconfig: string,
  ): Promise<{ exitCode: number; stderr: string; report: Report | undefined }> {
    const { exitCode, stdout, stderr } = await runTool(['analyze', '-o', 'json', '--kubeconfig', kubeconfig]);
    return { exitCode, stderr, report: stdout === '' ? undefined : JSON.parse(stdout) };
  }

  /** A run through a gate at which something happens once, before the second page of the ConfigMaps. */
  async function interrupted(name: string, happen: () => Promise<void>, credentials: object = { token }) {
    let happened = false;
    const server = await gate(cluster, async (path) => {
      if (happened || !path.startsWith('/api/v1/configmaps') || !path.includes('continue=')) return;
      happened = true;
      await happen();
    });
    const outcome = await analyze(cluster.kubeconfigFor(name, credentials, { server }));
    expect(happened).toBe(true);
    return outcome;
  }

  function loud(report: Report | undefined) {
    return report?.incidents.filter(({ severity }) => severity !== 'info');
  }

  function healthy(report: Report | undefined): void {
    expect(report?.gaps).toEqual([]);
    expect(loud(report)).toEqual([]);
    expect(report?.stats.resources['configmaps']).toBeGreaterThanOrEqual(many);
  }

  it('asks for 5,000 objects page by page, and for nothing twice', async () => {
    const before = requestsOf(cluster, 'secrets-reader').length;
    const { report } = await analyze(cluster.kubeconfig('secrets-reader'));
    healthy(report);
    const requests = await until('the audit log', async () => {
      const all = requestsOf(cluster, 'secrets-reader').slice(before);
      return all.length >= (report?.stats.requests ?? 0) ? all : undefined;
    });
    expect(requests.length).toBe(report?.stats.requests);
    const pages = requests.filter(({ path }) => path === '/api/v1/configmaps');
    const limits = pages.map(({ query }) => Number(new URLSearchParams(query).get('limit')));
    const room = limits.reduce((sum, limit) => sum + limit, 0);
    const objects = report?.stats.resources['configmaps'] ?? 0;
    // All pages were full but for the last one.
    expect(room).toBeGreaterThanOrEqual(objects);
    expect(room - limits.at(-1)!).toBeLessThan(objects);
    const others = requests.filter(({ verb, path }) => verb === 'list' && path !== '/api/v1/configmaps');
    const needed = neededResources(analyzers);
    expect(others.length).toBeLessThan(needed.length);
    expect(others.length).toBeGreaterThanOrEqual(needed.filter((one) => resources[one].custom !== true).length - 1);
  });

  it('is restarted in the middle of a list', async () => {
    const { exitCode, report } = await interrupted('restarted', () => cluster.restartApiServer());
    expect(exitCode).toBe(0);
    // A server that starts refuses what it will allow once it has read its roles: such a list is asked for again.
    healthy(report);
  });

  it('forgets in the middle of a list what it began to list: 410', async () => {
    const before = requestsOf(cluster, 'secrets-reader').length;
    const { report } = await interrupted('expired-list', async () => {
      const settings = '/api/v1/namespaces/large/configmaps/settings-1';
      await cluster.api.merge(settings, { data: { changed: 'yes' } });
      const revision = (await cluster.api.get(settings)).metadata.resourceVersion;
      const compaction = await fetch(`http://127.0.0.1:${cluster.ports.etcd}/v3/kv/compaction`, {
        method: 'POST',
        body: JSON.stringify({ revision, physical: true }),
      });
      expect(compaction.status).toBe(200);
    });
    healthy(report);
    const statuses = requestsOf(cluster, 'secrets-reader')
      .slice(before)
      .map(({ status }) => status);
    expect(statuses).toContain(410);
  });

  it('refuses the credentials from the middle of a run on', async () => {
    await cluster.api.apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'leaving', namespace: 'default' },
    });
    await bind(cluster.api, 'mekhanikube', { serviceAccount: 'default:leaving' });
    const credentials = { token: await issuedToken(cluster, 'default', 'leaving') };
    const { exitCode, stderr, report } = await interrupted(
      'leaving',
      async () => {
        await cluster.api.call('DELETE', '/api/v1/namespaces/default/serviceaccounts/leaving');
        // The API server remembers for ten seconds that a token was good.
        await sleep(11_000);
      },
      credentials,
    );
    expect(exitCode).toBe(2);
    expect(report).toBeUndefined();
    expect(stderr).toMatch(/401/);
  });

  it('lets only one request at a time in: 429', async () => {
    const flow = 'flowcontrol.apiserver.k8s.io/v1';
    await cluster.api.apply({
      apiVersion: flow,
      kind: 'PriorityLevelConfiguration',
      metadata: { name: 'narrow' },
      spec: {
        type: 'Limited',
        limited: {
          nominalConcurrencyShares: 0,
          lendablePercent: 0,
          borrowingLimitPercent: 0,
          limitResponse: { type: 'Reject' },
        },
      },
    });
    const schema = {
      apiVersion: flow,
      kind: 'FlowSchema',
      metadata: { name: 'narrow' },
      spec: {
        matchingPrecedence: 10,
        priorityLevelConfiguration: { name: 'narrow' },
        rules: [
          {
            subjects: [{ kind: 'User', user: { name: 'secrets-reader' } }],
            resourceRules: [
              { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] },
            ],
          },
        ],
      },
    };
    await cluster.api.apply(schema);
    const before = requestsOf(cluster, 'secrets-reader').length;
    const run = analyze(cluster.kubeconfig('secrets-reader'));
    // No seat at all, until some requests were refused; then one.
    await until('a refusal', async () => {
      const refused = requestsOf(cluster, 'secrets-reader')
        .slice(before)
        .filter(({ status }) => status === 429);
      return refused.length > 0 ? true : undefined;
    });
    await cluster.api.merge('/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations/narrow', {
      spec: { limited: { nominalConcurrencyShares: 1 } },
    });
    const { report } = await run;
    await cluster.api.call('DELETE', '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/narrow');
    healthy(report);
  });

  it('has a custom kind whose conversion webhook is dead, and one with many objects: nobody needs them', async () => {
    const crd = (plural: string, more: Json = {}) => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.example.com` },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: {
          plural,
          singular: plural.slice(0, -1),
          kind: plural.slice(0, -1).replace(/^./, (one) => one.toUpperCase()),
        },
        versions: ['v1', 'v2'].map((name) => ({
          name,
          served: true,
          storage: name === 'v2',
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        })),
        ...more,
      },
    });
    const webhook = {
      clientConfig: { service: { name: 'gone', namespace: 'default' } },
      conversionReviewVersions: ['v1'],
    };
    await applyAll(cluster.api, [crd('widgets'), crd('gadgets', { conversion: { strategy: 'Webhook', webhook } })]);
    await until('the custom kinds', async () => cluster.api.list('/apis/example.com/v2/widgets'));
    await inParallel(20_000, (index) =>
      cluster.api.call('POST', '/apis/example.com/v2/namespaces/large/widgets', {
        apiVersion: 'example.com/v2',
        kind: 'Widget',
        metadata: { name: `widget-${index}` },
        spec: { text: 'x'.repeat(1_000) },
      }),
    );
    const { report } = await analyze(cluster.kubeconfig('secrets-reader'));
    healthy(report);
    expect(requestsOf(cluster, 'secrets-reader').filter(({ path }) => path.includes('example.com'))).toEqual([]);
  });

  it('has an aggregated API that does not answer: it takes no longer', async () => {
    const { serve } = await import('./support/servers.ts');
    const port = await serve(cluster, () => new Promise(() => {}));
    const service = { name: 'slow', namespace: 'default' };
    await cluster.api.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: service,
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: 443 }] },
    });
    const spec = { group: 'slow.example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 100 };
    await cluster.api.apply({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.slow.example.com' },
      spec: { ...spec, insecureSkipTLSVerify: true, service: { ...service, port } },
    });
    await until('the API server to notice', async () => {
      const { status } = await cluster.api.get('/apis/apiregistration.k8s.io/v1/apiservices/v1.slow.example.com');
      return status?.conditions?.find(({ type, status: holds }: Json) => type === 'Available' && holds === 'False');
    });
    const began = Date.now();
    const { report } = await analyze(cluster.kubeconfig('secrets-reader'));
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(report?.gaps).toEqual([]);
  });
});

/** Does something so many times, sixteen at once. */
async function inParallel(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let index = next++; index < count; index = next++) await act(index);
  };
  await Promise.all(Array.from({ length: 16 }, work));
}
