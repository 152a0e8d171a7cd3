import { readFileSync } from 'node:fs';
import { load as parseYaml } from 'js-yaml';
import { afterAll, expect, test } from 'vitest';
import { allResources } from '../../../src/model/resources.ts';
import { type Answer, failure, folder, kubeconfig, load, type Seen, startServer } from '../../support/api-server.ts';

const own = folder();
afterAll(() => own.remove());

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** What a role allows, as `list apps/deployments` and `get /version`. */
function allowed(file: string): readonly string[] {
  const { kind, rules } = parseYaml(readFileSync(new URL(`../../../deploy/${file}`, import.meta.url), 'utf8')) as {
    kind: string;
    rules: readonly Rule[];
  };
  expect(kind).toBe('ClusterRole');
  return rules.flatMap(({ verbs, apiGroups = [], resources = [], nonResourceURLs = [] }) =>
    verbs.flatMap((verb) => [
      ...nonResourceURLs.map((url) => `${verb} ${url}`),
      ...apiGroups.flatMap((group) => resources.map((resource) => `${verb} ${group}/${resource}`)),
    ]),
  );
}

/** What an authorizer makes of a request: verb, group and resource, or the path where it is no resource's. */
function attributes({ method, path }: Pick<Seen, 'method' | 'path'>): string {
  const verb = method.toLowerCase();
  const match = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/]+))?(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path);
  if (match === null) return `${verb} ${path}`;
  const [, group = '', namespace, resource, name] = match;
  if (resource === undefined) {
    return namespace === undefined ? `${verb} ${path}` : `${verb} ${group}/namespaces`;
  }
  return `${verb === 'get' && name === undefined ? 'list' : verb} ${group}/${resource}`;
}

/** Everything that is asked of clusters that answer in all the ways that make the tool ask for more. */
async function asked(secrets: 'auto' | 'never'): Promise<ReadonlySet<string>> {
  const scripts: ((seen: Seen) => Answer | undefined)[] = [
    () => undefined,
    ({ path }) => (path === '/version' || path.includes('/namespaces/') ? undefined : failure(403, 'Forbidden', 'no')),
    ({ path }) => (path.startsWith('/apis/') ? failure(404, 'NotFound', 'no') : undefined),
  ];
  const all = new Set<string>();
  for (const script of scripts) {
    const server = await startServer(script);
    const config = own.file('config', kubeconfig({ server: server.url }));
    await load(config, { resources: allResources, secrets, namespaces: ['default', 'shop'] });
    await server.close();
    for (const seen of server.seen) all.add(attributes(seen));
  }
  return all;
}

test('the role allows exactly what is asked for, and the role for Secrets exactly them', async () => {
  const without = await asked('never');
  expect([...without].sort()).toEqual([...allowed('rbac.yaml')].sort());
  const withSecrets = await asked('auto');
  expect([...withSecrets].sort()).toEqual([...allowed('rbac.yaml'), ...allowed('rbac-secrets.yaml')].sort());
});

test('no verb but get and list, and no wildcard', () => {
  for (const one of [...allowed('rbac.yaml'), ...allowed('rbac-secrets.yaml')]) {
    expect(one).toMatch(/^(?:get|list) [^*]+$/);
  }
});
