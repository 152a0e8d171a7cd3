import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json } from './support/api.ts';
import { manifests } from './support/apply.ts';
import { chartValues, digest } from './support/chart-values.ts';
import { chart, realHelm, rendered, type Values, valuesFlag } from './support/helm.ts';

const deploy = path.resolve(import.meta.dirname, '../../deploy');
const own = (file: string) => manifests(path.join(deploy, 'kubernetes', file));
const helm = await realHelm();

const template = (values: Values) => rendered(helm!, values);
const kind = (objects: readonly Json[], ...names: readonly string[]) =>
  objects.filter((one) => names.includes(one.kind));

/** What a CronJob or a Deployment makes pods of. */
function podTemplate({ spec }: Json): Json {
  return (spec.jobTemplate?.spec ?? spec).template;
}

describe.skipIf(helm === undefined)('the chart, as Helm reads it', () => {
  test.each(Object.entries(chartValues))('with %s: lint has no complaint', async (_, values) => {
    expect(await helm!(['lint', '--strict', chart, valuesFlag(values)])).toContain(
      '1 chart(s) linted, 0 chart(s) failed',
    );
  });

  test.each([
    ['a mode that is none', { mode: 'daemon' }, 'mode'],
    ['a misspelt value', { pushgateway: { url: 'http://x' } }, 'pushgateway'],
    ['a repository with a tag', { image: { repository: 'registry.example.com:5000/mekhanikube:1' } }, 'repository'],
    ['a digest that is none', { image: { digest: 'abc' } }, 'digest'],
    ['a gateway without a scheme', { pushGateway: { url: 'pushgateway:9091' } }, 'pushGateway'],
    ['a ServiceMonitor of a CronJob', { serviceMonitor: { enabled: true } }, 'needs mode: watch'],
    ['an account that nobody named', { serviceAccount: { create: false } }, 'name the account'],
  ])('%s is refused', async (_, values, said) => {
    await expect(template(values)).rejects.toThrow(said);
  });

  test('its rights are those of deploy/rbac.yaml, with Secrets if they are asked for', async () => {
    const [role] = await manifests(path.join(deploy, 'rbac.yaml'));
    const [secrets] = await manifests(path.join(deploy, 'rbac-secrets.yaml'));
    const rules = async (values: Values) => kind(await template(values), 'ClusterRole')[0].rules;
    expect(await rules({})).toEqual(role.rules);
    expect(await rules({ rbac: { secrets: true } })).toEqual([...role.rules, ...secrets.rules]);
  });

  test('for namespaces it has the Role of the plain manifests in each, and nothing for the cluster', async () => {
    const [role] = await manifests(path.join(deploy, 'kubernetes/one-namespace.yaml'));
    const objects = await template({ rbac: { namespaces: ['shop', 'default'] } });
    expect(kind(objects, 'ClusterRole', 'ClusterRoleBinding')).toEqual([]);
    const roles = kind(objects, 'Role');
    expect(roles.map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'default']);
    for (const { rules } of roles) expect(rules).toEqual(role.rules);
    expect(kind(objects, 'RoleBinding').map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'default']);
  });

  test('an image is named by its tag, else by the version; a digest wins', async () => {
    const image = async (values: Values) =>
      podTemplate(kind(await template({ image: values }), 'CronJob')[0]).spec.containers[0].image;
    const { version } = JSON.parse(await readFile(path.join(deploy, '../package.json'), 'utf8'));
    expect(await image({})).toBe(`mekhanikube:${version}`);
    expect(await image({ tag: 'edge' })).toBe('mekhanikube:edge');
    const repository = 'registry.example.com:5000/tools/mekhanikube';
    expect(await image({ repository })).toBe(`${repository}:${version}`);
    expect(await image({ tag: 'edge', digest })).toBe(`mekhanikube@${digest}`);
  });

  test.each([
    ['http://pushgateway.monitoring:9091', 9091],
    ['http://push.example.com', 80],
    ['https://push.example.com/path', 443],
    ['https://[fd00::1]:9443', 9443],
    ['https://[fd00::1]', 443],
  ])('the network policy lets metrics through to %s', async (url, expected) => {
    const [{ spec }] = kind(await template({ pushGateway: { url } }), 'NetworkPolicy');
    expect(spec.egress.at(-1).ports).toEqual([{ port: expected }]);
    expect(spec.ingress).toEqual([]);
  });

  test.each([
    ['ollama.ollama:11434', 11_434],
    ['gpu-box', 11_434],
    ['http://gpu-box:8080', 8080],
    ['https://ollama.example.com', 443],
  ])('the network policy lets prompts through to %s', async (host, expected) => {
    const [{ spec }] = kind(await template({ ollama: { host } }), 'NetworkPolicy');
    expect(spec.egress.at(-1).ports).toEqual([{ port: expected }]);
  });

  test('Service, ServiceMonitor, policy and Secret are about the pod that serves', async () => {
    const objects = await template(chartValues['watch, with all there is']!);
    const [deployment, service, monitor, policy, secret] = (
      ['Deployment', 'Service', 'ServiceMonitor', 'NetworkPolicy', 'Secret'] as const
    ).map((name) => kind(objects, name)[0]);
    const { metadata, spec } = podTemplate(deployment);
    for (const labels of [
      deployment.spec.selector.matchLabels,
      service.spec.selector,
      policy.spec.podSelector.matchLabels,
    ])
      expect(metadata.labels).toMatchObject(labels);
    expect(service.metadata.labels).toMatchObject(monitor.spec.selector.matchLabels);
    const [served] = spec.containers[0].ports;
    expect(service.spec.ports).toEqual([
      { name: monitor.spec.endpoints[0].port, port: served.containerPort, targetPort: served.name },
    ]);
    expect(policy.spec.ingress[0].ports).toEqual([{ port: served.containerPort }]);
    const { name, key } = monitor.spec.endpoints[0].authorization.credentials;
    expect(name).toBe(secret.metadata.name);
    expect(Buffer.from(secret.data[key], 'base64').toString()).toMatch(/^\w{40}$/);
    expect(spec.volumes.find((one: Json) => one.name === 'listen').secret.secretName).toBe(name);
  });

  test('the plain manifests are what it makes, but for its labels', async () => {
    const url = 'http://pushgateway.monitoring:9091';
    const values = { pushGateway: { url } };
    for (const [file, set] of [
      ['cronjob.yaml', values],
      ['watch.yaml', { mode: 'watch' }],
    ] as const) {
      const objects = await template(set);
      for (const object of await own(file)) {
        const [other] = kind(objects, object.kind);
        expect(bare(other)).toEqual(bare(object));
      }
    }
    const [monitor] = await own('service-monitor.yaml');
    const [other] = kind(await template({ mode: 'watch', serviceMonitor: { enabled: true } }), 'ServiceMonitor');
    expect(bare(other)).toEqual(bare(monitor));
  });
});

/** An object without labels, annotations and what selects by them. */
function bare(value: Json): Json {
  const labels = new Set(['labels', 'annotations', 'matchLabels', 'selector', 'metadata']);
  const strip = (one: Json, above: string): Json => {
    if (Array.isArray(one)) return one.map((each) => strip(each, above));
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one)
        .filter(([name]) => !labels.has(name) || above === 'namespaceSelector')
        .map(([name, each]) => [name, strip(each, name)]),
    );
  };
  return strip(value, '');
}
