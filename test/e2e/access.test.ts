import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { requestsOf } from './support/audit.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { settledShop } from './support/prepared.ts';
import { bind } from './support/roles.ts';
import { expiredToken, issuedToken } from './support/tokens.ts';
import { runTool } from './support/tool.ts';
import { sleep, until } from './support/wait.ts';

describe('who asks', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ data: await settledShop() });
  });
  afterAll(() => cluster.stop());

  async function report(kubeconfig: string, ...args: readonly string[]): Promise<Report> {
    const { exitCode, stdout, stderr } = await runTool(['analyze', '-o', 'json', '--kubeconfig', kubeconfig, ...args]);
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stderr}`);
    return JSON.parse(stdout);
  }

  function loud({ incidents }: Report): readonly string[] {
    return incidents.filter(({ severity }) => severity !== 'info').map(({ code, message }) => `${code}: ${message}`);
  }

  it('may do what deploy/rbac.yaml says: Secrets are a gap, and none is called missing', async () => {
    const told = await report(cluster.kubeconfig('reader'));
    expect(told.gaps.map(({ name }) => name)).toEqual(['secrets']);
    expect(loud(told)).toEqual([]);
    const refused = await until('the audit log', async () => {
      const all = requestsOf(cluster, 'reader').filter(({ status }) => status !== 200);
      return all.length > 0 ? all : undefined;
    });
    expect(refused.every(({ path, status }) => path.endsWith('/secrets') && status === 403)).toBe(true);
  });

  it('asks nothing about Secrets with --secrets never', async () => {
    const before = requestsOf(cluster, 'secrets-reader').length;
    const told = await report(cluster.kubeconfig('secrets-reader'), '--secrets', 'never');
    await sleep(200);
    const asked = requestsOf(cluster, 'secrets-reader').slice(before);
    expect(asked.length).toBe(told.stats.requests);
    expect(asked.filter(({ path }) => path.endsWith('/secrets'))).toEqual([]);
  });

  it('may not list some kinds: they are gaps, and nothing is concluded from them', async () => {
    const hidden = ['configmaps', 'persistentvolumeclaims', 'services', 'nodes', 'replicasets', 'ingressclasses'];
    const { rules } = await cluster.api.get('/apis/rbac.authorization.k8s.io/v1/clusterroles/mekhanikube');
    const fewer = rules.map((rule: { resources?: readonly string[] }) => ({
      ...rule,
      ...(rule.resources === undefined ? {} : { resources: rule.resources.filter((one) => !hidden.includes(one)) }),
    }));
    await cluster.api.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'fewer' },
      rules: fewer.filter(({ resources }: { resources?: readonly string[] }) => resources?.length !== 0),
    });
    await bind(cluster.api, 'fewer', { user: 'nobody' });
    const told = await report(cluster.kubeconfig('nobody'));
    expect(new Set(told.gaps.map(({ name }) => name.split('.')[0]))).toEqual(new Set([...hidden, 'secrets']));
    expect(loud(told)).toEqual([]);
  });

  it('has rights in one namespace only', async () => {
    await bind(cluster.api, 'mekhanikube', { user: 'one-namespace' }, 'shop');
    const told = await report(cluster.kubeconfig('one-namespace'));
    expect(loud(told)).toEqual([]);
    expect(told.stats.resources['pods']).toBeGreaterThan(10);
    expect(told.complete).toBe(false);
    const paths = requestsOf(cluster, 'one-namespace').filter(({ status }) => status === 200);
    const within = ({ path }: { path: string }) => /\/namespaces\/shop(?:\/|$)|^\/version$|^\/apis$/.test(path);
    expect(paths.filter((one) => !within(one))).toEqual([]);
  });

  it('has no rights at all', async () => {
    const { exitCode, stdout, stderr } = await runTool([
      'analyze',
      '--kubeconfig',
      cluster.kubeconfigFor('stranger', { token: await issuedToken(cluster, 'default', 'default') }),
    ]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/list/);
  });

  it('has a client certificate', async () => {
    const { cert, key } = cluster.ca.issue('certified');
    await bind(cluster.api, 'mekhanikube', { user: 'certified' });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
    const told = await report(cluster.kubeconfigFor('certified', user));
    expect(told.gaps.map(({ name }) => name)).toEqual(['secrets']);
    expect(requestsOf(cluster, 'certified').length).toBe(told.stats.requests);
  });

  it('has a token of a service account, which runs out or is revoked', async () => {
    const account = { name: 'watcher', namespace: 'default' };
    await cluster.api.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
    await bind(cluster.api, 'mekhanikube', { serviceAccount: 'default:watcher' });
    const kubeconfig = cluster.kubeconfigFor('watcher', { token: await issuedToken(cluster, 'default', 'watcher') });
    expect(loud(await report(kubeconfig))).toEqual([]);

    const late = cluster.kubeconfigFor('late', { token: expiredToken(cluster, 'default', 'watcher') });
    const expired = await runTool(['analyze', '--kubeconfig', late]);
    expect(expired.exitCode).toBe(2);
    expect(expired.stderr).toMatch(/expired/);

    await cluster.api.call('DELETE', '/api/v1/namespaces/default/serviceaccounts/watcher');
    // The API server remembers for ten seconds that a token was good.
    await sleep(11_000);
    const revoked = await runTool(['analyze', '--kubeconfig', kubeconfig]);
    expect(revoked.exitCode).toBe(2);
    expect(revoked.stdout).toBe('');
    expect(revoked.stderr).toMatch(/401|credentials|Unauthorized/);
  });

  it('gets its credentials from an exec plugin', async () => {
    await cluster.api.apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'plugged', namespace: 'default' },
    });
    await bind(cluster.api, 'mekhanikube', { serviceAccount: 'default:plugged' });
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: await issuedToken(cluster, 'default', 'plugged') },
    };
    const kubeconfig = cluster.kubeconfigFor('plugged', {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'sh',
        args: ['-c', `echo '${JSON.stringify(credential)}'`],
        interactiveMode: 'Never',
      },
    });
    expect(loud(await report(kubeconfig))).toEqual([]);
    expect(requestsOf(cluster, 'system:serviceaccount:default:plugged').length).toBeGreaterThan(20);
  });

  it('impersonates somebody', async () => {
    const told = await report(cluster.kubeconfig('admin'), '--as', 'reader');
    expect(told.gaps.map(({ name }) => name)).toEqual(['secrets']);
  });

  it('is told another name by the server than it expects', async () => {
    const kubeconfig = cluster.kubeconfigFor(
      'elsewhere',
      { token: 'none' },
      { cluster: { 'tls-server-name': 'api.example.com' } },
    );
    const { exitCode, stderr } = await runTool(['analyze', '--kubeconfig', kubeconfig]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/certificate/);
    expect(stderr).toMatch(/api\.example\.com/);
  });

  it('trusts another authority', async () => {
    const { authority } = await import('../support/certificates.ts');
    const kubeconfig = cluster.kubeconfigFor('stranger-ca', { token: 'none' }, { ca: authority('other').cert });
    const { exitCode, stderr } = await runTool(['analyze', '--kubeconfig', kubeconfig]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/certificate/);
  });
});
