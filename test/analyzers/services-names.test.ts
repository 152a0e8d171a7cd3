import { describe, expect, test } from 'vitest';
import services from '../../analyzers/services/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { merge, object, type Patch, pod } from '../support/objects.ts';
import { drafts, found, snapshotOf } from '../support/snapshot.ts';

type Row = readonly [title: string, objects: readonly KubeObject[], expected: readonly string[]];

describe('a target port that nobody declares', () => {
  const service = (port: number, more: readonly Patch[] = []) =>
    object('services', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: port }, ...more] } });
  const slice = object('endpointslices.discovery.k8s.io', 'web-abcde', {
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
  });
  const http = (port: number | string): Patch => ({ readinessProbe: { httpGet: { path: '/', port } } });
  const running = (ports: readonly Patch[], probes: Patch, patch: Patch = {}) =>
    pod('a', merge({ spec: { containers: [{ name: 'app', image: 'app:1', ports, ...probes }] } }, patch) as Patch);
  const declared = { name: 'http', containerPort: 8080, protocol: 'TCP' };
  const info = ['info ServicePortUndeclared Service shop/web [80]'];
  const warning = ['warning ServicePortUndeclared Service shop/web [80]'];

  test.each<Row>([
    ['probes are answered at the only one', [service(80), running([declared], http(8080))], warning],
    ['by the name of the port', [service(80), running([declared], http('http'))], warning],
    ['no probe tells', [service(80), running([declared], {})], info],
    [
      'a command tells nothing',
      [service(80), running([declared], { readinessProbe: { exec: { command: ['true'] } } })],
      info,
    ],
    [
      'another probe is answered elsewhere',
      [service(80), running([declared], { ...http(8080), livenessProbe: { tcpSocket: { port: 9000 } } })],
      info,
    ],
    [
      'two are declared',
      [service(80), running([declared, { containerPort: 9000, protocol: 'TCP' }], http(8080))],
      info,
    ],
    ['the one is there for health alone', [service(80), running([{ ...declared, name: 'healthz' }], http(8080))], info],
    [
      'the Service has several',
      [service(80, [{ name: 'b', port: 81, targetPort: 8080 }]), running([declared], http(8080))],
      info,
    ],
    ['quiet: the one that is declared', [service(8080), running([declared], http(8080))], []],
  ])('%s', (_, objects, expected) => {
    expect(found(services, [slice, ...objects])).toEqual(expected);
  });

  test('the message says what shows it', () => {
    expect(drafts(services, snapshotOf([slice, service(80), running([declared], http(8080))]))[0]?.message).toBe(
      'port 80 goes to 80, which no container declares; they declare http (8080), where their probes are answered',
    );
  });
});

describe('ExternalName', () => {
  const alias = (externalName: string) =>
    object('services', 'shop/db', { spec: { type: 'ExternalName', selector: undefined, externalName } });
  const real = object('services', 'prod/postgres', { spec: { selector: undefined, clusterIP: 'None' } });
  const ingress = object('ingresses.networking.k8s.io', 'shop/db', {
    spec: { defaultBackend: { service: { name: 'db', port: { number: 80 } } } },
  });
  const loud = ['warning ServiceExternalNameMissing Service shop/db'];

  test.each<Row>([
    ['no such Service', [alias('postgre.prod.svc.cluster.local'), real], loud],
    ['by its short name', [alias('postgre.prod.svc'), real], loud],
    [
      'before an Ingress',
      [alias('postgre.prod.svc.'), real, ingress],
      ['critical ServiceExternalNameMissing Service shop/db'],
    ],
    ['quiet: it exists', [alias('postgres.prod.svc.cluster.local'), real], []],
    ['quiet: upper case is the same name', [alias('Postgres.prod.SVC.cluster.local'), real], []],
    ['quiet: a host elsewhere', [alias('db.example.com'), real], []],
    ['quiet: a pod of it', [alias('postgres-0.postgres.prod.svc.cluster.local'), real], []],
    ['quiet: another cluster', [alias('postgre.prod.svc.clusterset.local'), real], []],
  ])('%s', (_, objects, expected) => {
    expect(found(services, objects)).toEqual(expected);
  });

  test('quiet: Services could not be seen', () => {
    expect(found(services, [alias('postgre.prod.svc')], { missing: { services: 'forbidden' } })).toEqual([]);
  });

  test('it tells the name that is alike', () => {
    expect(drafts(services, snapshotOf([alias('postgre.prod.svc'), real]))[0]?.message).toBe(
      'it stands for Service prod/postgre, which does not exist (did you mean postgres?)',
    );
  });
});

describe('endpoints that are written by hand', () => {
  const service = (ports: readonly Patch[], patch: Patch = {}) =>
    object('services', 'db', merge({ spec: { selector: undefined, type: 'ClusterIP', ports } }, patch) as Patch);
  const slice = (ports: readonly Patch[] | undefined, ready = true) =>
    object('endpointslices.discovery.k8s.io', 'db-1', {
      metadata: { labels: { 'kubernetes.io/service-name': 'db' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.9.9.9'], conditions: { ready } }],
      ports,
    });
  const named = { name: 'postgres', port: 5432 };
  const loud = ['warning ServiceEndpointPortUnknown Service shop/db'];

  test.each<Row>([
    ['another name', [service([named]), slice([{ name: 'pg', port: 5432 }])], loud],
    ['no name there', [service([named]), slice([{ port: 5432 }])], loud],
    ['quiet: no ports are said', [service([named]), slice(undefined)], []],
    ['quiet: the same name', [service([named]), slice([named])], []],
    ['quiet: neither has a name', [service([{ port: 5432 }]), slice([{ name: '', port: 5432 }])], []],
    ['quiet: one of several', [service([named, { name: 'admin', port: 80 }]), slice([named])], []],
    ['quiet: headless', [service([named], { spec: { clusterIP: 'None' } }), slice([{ name: 'pg', port: 1 }])], []],
    [
      'quiet: a load balancer has endpoints for show',
      [
        service([named], {
          spec: { type: 'LoadBalancer' },
          status: { loadBalancer: { ingress: [{ ip: '10.0.0.5' }] } },
        }),
        slice([{ port: 9999 }]),
      ],
      [],
    ],
    [
      'quiet: a program owns it',
      [
        service([named], {
          metadata: { ownerReferences: [{ apiVersion: 'a/v1', kind: 'X', name: 'x', uid: 'u', controller: true }] },
        }),
        slice([{ port: 9999 }]),
      ],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(services, objects)).toEqual(expected);
  });

  test('the message has both names', () => {
    expect(drafts(services, snapshotOf([service([named]), slice([{ port: 5432 }])]))[0]?.message).toBe(
      'its endpoints are not reached: its ports are named postgres, and its EndpointSlices name theirs (no name)',
    );
  });
});
