import { gzipSync } from 'node:zlib';
import nock from 'nock';
import { afterAll, afterEach, expect, test } from 'vitest';
import { specChanged } from '../../../src/kit.ts';
import { allResources, type Resource, resources } from '../../../src/model/resources.ts';
import { failure, folder, kubeconfig, list, load, namespace, pathOf, userError } from '../../support/api-server.ts';
import { deployment } from '../../support/objects.ts';

const own = folder();
afterAll(() => {
  own.remove();
  nock.restore();
});
afterEach(() => nock.cleanAll());

const config = (namespaceName?: string) =>
  own.file(
    `config-${namespaceName ?? 'none'}`,
    kubeconfig({ server: 'https://api.test' }, { token: 't' }, namespaceName),
  );

type Script = (path: string, query: URLSearchParams) => { status?: number; body?: unknown } | undefined;

/** A cluster that answers as the script says, else with empty lists; gives the paths that were asked for, in order. */
function cluster(script: Script): string[] {
  const asked: string[] = [];
  nock('https://api.test')
    .persist()
    .get(/.*/)
    .reply((request: Request) => {
      const url = new URL(request.url);
      asked.push(url.pathname);
      const own200 = { '/version': { gitVersion: 'v1.36.3' }, '/apis': { groups: [] } }[url.pathname];
      const scripted = script(url.pathname, url.searchParams);
      const standard =
        url.pathname === '/api/v1/namespaces' ? list([namespace('default'), namespace('shop')]) : list([]);
      const { status = 200, body = own200 ?? standard } = scripted ?? {};
      return [status, JSON.stringify(body), { date: 'Sat, 21 Nov 2026 12:00:05 GMT' }];
    });
  return asked;
}

const forbidden = failure(403, 'Forbidden', 'User "jane" cannot list');
const podOf = (name: string, namespaceName: string) => ({
  metadata: { name, namespace: namespaceName },
  spec: { containers: [{ name: 'app' }] },
});
const inNamespace = (name: string, resource: Resource) =>
  pathOf(resource).replace(/\/([^/]+)$/, `/namespaces/${name}/$1`);

test('every resource is asked for once, in pages, with two requests more; custom resources of groups that are not served never', async () => {
  const asked = cluster(() => undefined);
  const loaded = await load(config(), { resources: allResources });
  const served = allResources.filter((resource) => resources[resource].custom !== true);
  expect(asked.toSorted()).toEqual(['/apis', '/version', ...served.map(pathOf)].toSorted());
  expect(loaded.snapshot.list('certificates.cert-manager.io')).toEqual({ items: [], complete: true });
  expect(loaded).toMatchObject({
    source: 'live',
    cluster: {
      name: 'test-cluster',
      server: 'https://api.test',
      version: 'v1.36.3',
      context: 'test',
      namespace: 'default',
    },
    gaps: [],
    hints: [],
    assumptions: [],
    stats: { requests: served.length + 2, objects: 2 },
  });
  expect(Object.values(loaded.coverage).every(({ complete }) => complete === 'all')).toBe(true);
});

test.each([
  [['v1'], 'v1', true],
  [['v1', 'v1beta2'], 'v1', true],
  [['v1beta2'], 'v1beta2', true],
  [['v9'], 'v1', false],
])('a group that is served as %j is read as %s', async (versions, version, complete) => {
  const groups = [{ name: 'kafka.strimzi.io', versions: versions.map((one) => ({ version: one })) }];
  const asked = cluster((path) =>
    path === '/apis'
      ? { body: { kind: 'APIGroupList', groups } }
      : path.startsWith('/apis/kafka') && !versions.includes(path.split('/')[3] ?? '')
        ? failure(404, 'NotFound', 'the server could not find the requested resource')
        : undefined,
  );
  const { snapshot, gaps } = await load(config(), { resources: ['kafkas.kafka.strimzi.io', 'pods'] });
  expect(asked).toContain(`/apis/kafka.strimzi.io/${version}/kafkas`);
  expect(snapshot.list('kafkas.kafka.strimzi.io').complete).toBe(complete);
  expect(gaps.map(({ name }) => name)).toEqual(complete ? [] : ['kafkas.kafka.strimzi.io']);
});

test.each(['deviceclasses', 'resourceclaims', 'resourceslices'] as const)(
  '%s are read from servers before 1.34, too',
  async (plural) => {
    const groups = [{ name: 'resource.k8s.io', versions: [{ version: 'v1beta2' }] }];
    const item = { metadata: { name: 'a', namespace: 'shop' }, spec: { driver: 'gpu.example.com' } };
    const asked = cluster((path) =>
      path === '/apis'
        ? { body: { kind: 'APIGroupList', groups } }
        : path.startsWith('/apis/resource.k8s.io/v1beta2/')
          ? { body: { kind: 'List', apiVersion: 'resource.k8s.io/v1beta2', metadata: {}, items: [item] } }
          : undefined,
    );
    const { snapshot } = await load(config(), { resources: [`${plural}.resource.k8s.io`, 'pods'] });
    expect(asked).toContain(`/apis/resource.k8s.io/v1beta2/${plural}`);
    const { items, complete } = snapshot.list(`${plural}.resource.k8s.io`);
    expect([complete, items.map(({ apiVersion }) => apiVersion)]).toEqual([true, ['resource.k8s.io/v1']]);
  },
);

test("the moment of the snapshot is the server's time at the first list", async () => {
  cluster(() => undefined);
  const { snapshot } = await load(config());
  expect(snapshot).toMatchObject({ takenAt: '2026-11-21T12:00:05Z', serverVersion: 'v1.36.3' });
});

test('list items get their kind and lose their managed fields', async () => {
  cluster((path) => {
    const item = podOf('web', 'shop');
    const managed = { ...item, metadata: { ...item.metadata, managedFields: [{ manager: 'kubectl' }] } };
    return path === pathOf('pods') ? { body: list([managed]) } : undefined;
  });
  const { snapshot } = await load(config());
  expect(snapshot.list('pods').items).toMatchObject([{ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'web' } }]);
  expect(JSON.stringify(snapshot.list('pods'))).not.toContain('managedFields');
});

test('of workloads the time remains at which their spec was written', async () => {
  const managedFields = [
    { manager: 'kubectl', time: '2026-11-21T11:58:00Z', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    { manager: 'kube-controller-manager', time: '2026-11-21T12:00:00Z', fieldsV1: { 'f:status': {} } },
  ];
  cluster((path) => {
    const { apiVersion: _, kind: __, ...item } = deployment('shop/web', { metadata: { managedFields } });
    return path === pathOf('deployments.apps') ? { body: list([item]) } : undefined;
  });
  const { snapshot } = await load(config(), { resources: ['deployments.apps'] });
  expect(snapshot.list('deployments.apps').items.map(specChanged)).toEqual(['2026-11-21T11:58:00Z']);
});

test('pages, progress and requests are told', async () => {
  cluster((path, query) => {
    if (path !== pathOf('pods')) return undefined;
    return { body: query.get('continue') === null ? list([podOf('a', 'shop')], 'next') : list([podOf('b', 'shop')]) };
  });
  const progress: string[] = [];
  const requests: string[] = [];
  const { stats } = await load(config(), {
    resources: ['pods'],
    onProgress: ({ resource, objects }) => void progress.push(`${resource} ${objects}`),
    onRequest: ({ method, path, status, ms, bytes }) =>
      void requests.push(`${method} ${path} ${status} ${ms >= 0} ${bytes > 0}`),
  });
  expect(progress).toEqual(['pods 1', 'pods 2']);
  expect(requests).toEqual([
    'GET /version 200 true true',
    'GET /api/v1/pods?limit=250 200 true true',
    'GET /api/v1/pods?limit=500&continue=next 200 true true',
  ]);
  expect(stats).toMatchObject({ requests: 3, objects: 2 });
});

test('an API that is not served is empty and complete', async () => {
  const asked = cluster((path) => {
    if (path === '/apis') return { body: { groups: [{ name: 'apps', versions: [{ version: 'v1' }] }] } };
    return path.includes('/autoscaling/') || path.includes('/policy/')
      ? { status: 404, body: { kind: 'Status' } }
      : undefined;
  });
  const { snapshot, gaps } = await load(config(), {
    resources: ['horizontalpodautoscalers.autoscaling', 'poddisruptionbudgets.policy', 'namespaces'],
  });
  expect(gaps).toEqual([]);
  expect(snapshot.list('horizontalpodautoscalers.autoscaling')).toMatchObject({ items: [], complete: true });
  expect(asked.filter((path) => path === '/apis')).toHaveLength(1);
});

test('an API that is served in other versions only is a gap: its objects were not seen', async () => {
  cluster((path) => {
    if (path === '/apis') {
      return { body: { groups: [{ name: 'autoscaling', versions: [{ version: 'v1' }, { version: 'v2beta2' }] }] } };
    }
    return path.includes('/autoscaling/') ? { status: 404, body: { kind: 'Status' } } : undefined;
  });
  const { snapshot, gaps } = await load(config(), {
    resources: ['horizontalpodautoscalers.autoscaling', 'namespaces'],
  });
  expect(gaps[0]?.reason).toBe('the server serves autoscaling only as v1, v2beta2');
  expect(snapshot.list('horizontalpodautoscalers.autoscaling').complete).toBe(false);
});

test('a 404 that nothing explains is a gap', async () => {
  cluster((path) => (path === '/apis' || path.includes('/apps/') ? { status: 404, body: {} } : undefined));
  const { gaps } = await load(config(), { resources: ['deployments.apps', 'namespaces'] });
  expect(gaps).toMatchObject([{ name: 'deployments.apps' }]);
});

test('a 403 on one resource is a gap, not an error', async () => {
  cluster((path) => (path === pathOf('nodes') ? forbidden : undefined));
  const { gaps, hints, snapshot } = await load(config(), { resources: ['nodes', 'pods', 'namespaces'] });
  expect(gaps).toEqual([{ what: 'resource', name: 'nodes', reason: 'may not be listed (403)' }]);
  expect(hints).toEqual([expect.stringContaining('deploy/rbac.yaml')]);
  expect(snapshot.lookup('nodes', 'n1').state).toBe('unknown');
});

test("who may not list in the whole cluster gets the context's namespace, with a hint", async () => {
  const asked = cluster((path) => {
    if (path === inNamespace('shop', 'pods')) return { body: list([podOf('web', 'shop')]) };
    if (path === '/api/v1/namespaces/shop') return { body: namespace('shop') };
    return path.includes('/namespaces/') || path === '/version' ? undefined : forbidden;
  });
  const { gaps, hints, snapshot, coverage } = await load(config('shop'), {
    resources: ['pods', 'services', 'nodes', 'namespaces'],
  });
  expect(gaps.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
    'services may be listed only in shop (403 elsewhere)',
    'pods may be listed only in shop (403 elsewhere)',
    'nodes may not be listed (403)',
    'namespaces may not be listed (403)',
  ]);
  expect(hints[0]).toBe(
    'Of services and 1 other resources only what is in shop could be read: name other namespaces with -n.',
  );
  expect(coverage.pods).toEqual({ complete: ['shop'], reason: 'may be listed only in shop (403 elsewhere)' });
  expect(snapshot.list('pods', 'shop').complete).toBe(true);
  expect(snapshot.list('pods').complete).toBe(false);
  expect(snapshot.lookup('services', 'web', 'shop').state).toBe('absent');
  expect(snapshot.lookup('services', 'web', 'other').state).toBe('unknown');
  expect(snapshot.lookup('namespaces', 'shop').state).toBe('found');
  expect(asked).not.toContain(inNamespace('default', 'pods'));
});

test('with -n those namespaces are read instead, each where it may be', async () => {
  cluster((path) => {
    if (path === pathOf('pods') || path === inNamespace('b', 'pods')) return forbidden;
    return path === pathOf('namespaces') ? { body: list([namespace('a'), namespace('b')]) } : undefined;
  });
  const { coverage } = await load(config('shop'), { namespaces: ['a', 'b'] });
  expect(coverage.pods).toMatchObject({ complete: ['a'] });
});

test('-n does not narrow what may be read: causes may lie elsewhere', async () => {
  const asked = cluster(() => undefined);
  await load(config(), { namespaces: ['shop'] });
  expect(asked).toEqual(['/version', pathOf('pods'), pathOf('namespaces')]);
});

test('a namespace that is not there is an error with the nearest name', async () => {
  cluster(() => undefined);
  expect(await userError(load(config(), { namespaces: ['shp'] }))).toMatchObject({
    code: 'unknown-namespace',
    message: 'there is no namespace "shp" in this cluster',
    hint: 'Did you mean "shop"?',
  });
});

const unlisted = (one: { status?: number; body?: unknown }) =>
  cluster((path) => {
    if (path === '/api/v1/namespaces/gone') return one;
    return path === pathOf('namespaces') || path === pathOf('pods') ? forbidden : undefined;
  });

test('where namespaces may not be listed each is fetched', async () => {
  unlisted(failure(404, 'NotFound', 'namespaces "gone" not found'));
  expect((await userError(load(config(), { namespaces: ['gone'] }))).code).toBe('unknown-namespace');
});

test.each([
  ['is forbidden', forbidden],
  ['is no answer of an API server', { status: 404, body: 'not found' }],
])('it is left open where even that %s', async (_, answer) => {
  unlisted(answer);
  expect((await load(config(), { namespaces: ['gone'] })).coverage.pods).toMatchObject({ complete: ['gone'] });
});

test("a context's namespace that is not there is an error only where nothing else could be read", async () => {
  cluster((path) => (path === pathOf('secrets') ? forbidden : undefined));
  expect((await load(config('gone'), { resources: ['pods', 'secrets', 'namespaces'] })).gaps).toHaveLength(1);
  nock.cleanAll();
  cluster((path) => (path === pathOf('pods') ? forbidden : undefined));
  expect((await userError(load(config('gone')))).code).toBe('unknown-namespace');
});

test('nothing readable is an error', async () => {
  cluster((path) => (path === '/version' ? undefined : forbidden));
  expect(await userError(load(config()))).toMatchObject({
    code: 'nothing-readable',
    message: 'user "jane" may not list anything in cluster "test-cluster" (403)',
  });
  expect((await userError(load(config(), { as: 'jürgen' }))).message).toContain('user "jürgen" may not list');
});

test('--secrets never asks for no Secrets, and that is no gap', async () => {
  const asked = cluster(() => undefined);
  const { snapshot, gaps } = await load(config(), { resources: allResources, secrets: 'never' });
  expect(asked.some((path) => path.includes('secrets'))).toBe(false);
  expect(gaps).toEqual([]);
  expect(snapshot.list('secrets')).toMatchObject({ complete: false, reason: 'not asked for (--secrets never)' });
});

test("Helm's release Secrets are never asked for", async () => {
  const selectors: (string | null)[] = [];
  cluster((path, query) => {
    if (path.includes('secrets')) selectors.push(query.get('fieldSelector'));
    return path === pathOf('secrets') ? forbidden : undefined;
  });
  const { hints } = await load(config(), { resources: ['secrets', 'namespaces'] });
  expect(selectors).toEqual(['type!=helm.sh/release.v1', 'type!=helm.sh/release.v1']);
  expect(hints).toEqual([expect.stringContaining('Secrets')]);
});

test('Secrets alone forbidden: the hint names their own role', async () => {
  cluster((path) => (path.endsWith('/secrets') ? forbidden : undefined));
  const { hints } = await load(config(), { resources: ['secrets', 'pods', 'namespaces'] });
  expect(hints).toEqual([expect.stringContaining('deploy/rbac-secrets.yaml')]);
});

test('an object that cannot be one makes the list incomplete', async () => {
  cluster((path) => (path === pathOf('pods') ? { body: list([podOf('web', 'shop'), { metadata: {} }]) } : undefined));
  const { gaps, snapshot } = await load(config());
  expect(gaps[0]?.reason).toMatch(/^1 object is no Pod: /);
  expect(snapshot.list('pods')).toMatchObject({ complete: false, items: [{ metadata: { name: 'web' } }] });
});

test('impersonation is sent with every request', async () => {
  const headers = { 'impersonate-user': 'ann', 'impersonate-group': 'dev', authorization: 'Bearer t' };
  const api = nock('https://api.test', { reqheaders: headers });
  api.get('/version').reply(200, { gitVersion: 'v1.36.3' });
  api.get('/api/v1/pods').query(true).reply(200, list([]));
  api.get('/api/v1/namespaces').query(true).reply(200, list([]));
  await load(config(), { as: 'ann', asGroup: ['dev'] });
  expect(nock.isDone()).toBe(true);
});

test('a path in front of the API server is kept', async () => {
  const file = own.file('prefix', kubeconfig({ server: 'https://api.test/k8s/clusters/c-1' }));
  const api = nock('https://api.test/k8s/clusters/c-1');
  api.get('/version').reply(200, { gitVersion: 'v1.36.3' });
  api.get('/api/v1/pods').query(true).reply(200, list([]));
  api.get('/api/v1/namespaces').query(true).reply(200, list([]));
  expect((await load(file)).gaps).toEqual([]);
});

test.each([
  ['https://api.test', {}, 'gzip'],
  ['https://api.test', { 'disable-compression': true }, undefined],
  ['https://127.0.0.1:6443', {}, undefined],
])('answers of %s with %j are packed: %s', async (server, extra, expected) => {
  const file = own.file('gzip', kubeconfig({ server, ...extra }));
  let accepted: string | null | undefined;
  const api = nock(server);
  api.get('/version').reply(200, { gitVersion: 'v1.36.3' });
  api
    .get('/api/v1/pods')
    .query(true)
    .reply((request: Request) => {
      accepted = request.headers.get('accept-encoding');
      const body = JSON.stringify(list([podOf('web', 'shop')]));
      return accepted === 'gzip' ? [200, gzipSync(body), { 'content-encoding': 'gzip' }] : [200, body];
    });
  const { snapshot } = await load(file, { resources: ['pods'] });
  expect(snapshot.list('pods').items).toHaveLength(1);
  expect(accepted ?? undefined).toBe(expected);
});
