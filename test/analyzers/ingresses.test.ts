import { describe, expect, test } from 'vitest';
import ingresses from '../../analyzers/ingresses/index.ts';
import services from '../../analyzers/services/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, merge, node, object, type Patch, pod } from '../support/objects.ts';
import { diagnose, drafts, found, links, snapshotOf, type SnapshotOptions, story } from '../support/snapshot.ts';

const backend = (name: string, port: Patch = { number: 80 }): Patch => ({ service: { name, port } });
const rule = (target: Patch, host = 'shop.example.com', path = '/'): Patch => ({
  host,
  http: { paths: [{ path, pathType: 'Prefix', backend: target }] },
});
const ingress = (name: string, patch: Patch = {}) =>
  object(
    'ingresses.networking.k8s.io',
    name,
    merge(
      {
        spec: { ingressClassName: 'nginx', rules: [rule(backend('web'))] },
        status: { loadBalancer: { ingress: [{ ip: '10.0.0.9' }] } },
      },
      patch,
    ) as Patch,
  );
const noAddress: Patch = { status: { loadBalancer: undefined } };
const nginx = (name = 'nginx', patch: Patch = {}) =>
  object(
    'ingressclasses.networking.k8s.io',
    name,
    merge({ spec: { controller: 'k8s.io/ingress-nginx' } }, patch) as Patch,
  );
const asDefault = (created: string): Patch => ({
  metadata: { creationTimestamp: created, annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
});
const controller = (patch: Patch = {}) =>
  deployment(
    'ingress-nginx/controller',
    merge(
      {
        spec: {
          template: {
            metadata: { labels: { app: 'ingress' } },
            spec: { containers: [{ name: 'controller', image: 'registry.k8s.io/ingress-nginx/controller:v1.12.1' }] },
          },
        },
      },
      patch,
    ) as Patch,
  );
const traefik = (args: readonly string[]) =>
  deployment('traefik/traefik', {
    spec: { template: { spec: { containers: [{ name: 'traefik', image: 'traefik:v3.4', args }] } } },
  });
const web = object('services', 'shop/web', {
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
});
const slice = (ready: boolean) =>
  object('endpointslices.discovery.k8s.io', 'web-abcde', {
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
  });
const down = pod('a', { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('1h') }] } });
const served: readonly KubeObject[] = [web, pod('a'), slice(true)];
const secret = (patch: Patch = {}) =>
  object(
    'secrets',
    'shop/tls',
    merge({ type: 'kubernetes.io/tls', keys: ['tls.crt', 'tls.key'], keyMatchesCertificate: true }, patch) as Patch,
  );
const tls: Patch = { spec: { tls: [{ hosts: ['shop.example.com'], secretName: 'tls' }] } };

type Row = readonly [
  title: string,
  objects: readonly KubeObject[],
  expected: readonly string[],
  options?: SnapshotOptions,
];
const named = ([title, objects, expected, options = {}]: Row) => ({ title, objects, expected, options });

const loud: readonly Row[] = [
  [
    'a backend Service that is missing',
    [ingress('a'), nginx()],
    ['critical IngressBackendUnavailable Ingress shop/a [web:80]'],
  ],
  [
    'a default backend that is missing',
    [ingress('a', { spec: { rules: undefined, defaultBackend: backend('web') } }), nginx()],
    ['critical IngressBackendUnavailable Ingress shop/a [web:80]'],
  ],
  [
    'a backend without a ready endpoint',
    [ingress('a'), nginx(), web, down, slice(false)],
    ['critical IngressBackendUnavailable Ingress shop/a [web:80]'],
  ],
  [
    'a backend whose selector matches nothing',
    [ingress('a'), nginx(), web],
    ['critical IngressBackendUnavailable Ingress shop/a [web:80]'],
  ],
  [
    'a backend without selector and slices',
    [ingress('a'), nginx(), object('services', 'shop/web', { spec: { ports: [{ port: 80 }] } })],
    ['critical IngressBackendUnavailable Ingress shop/a [web:80]'],
  ],
  [
    'a backend that is scaled to zero',
    [ingress('a'), nginx(), web, deployment('web', { spec: { replicas: 0 } })],
    ['info IngressBackendUnavailable Ingress shop/a [web:80]'],
  ],
  [
    'a backend port that leads to no container port',
    [
      ingress('a'),
      nginx(),
      object('services', 'shop/web', { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'nope' }] } }),
      pod('a'),
      slice(true),
    ],
    ['critical IngressBackendUnavailable Ingress shop/a [web:80]'],
  ],
  [
    'a port number that the Service does not have',
    [ingress('a', { spec: { rules: [rule(backend('web', { number: 8080 }))] } }), nginx(), ...served],
    ['critical IngressBackendPortUnknown Ingress shop/a [web:8080]'],
  ],
  [
    'a port name that the Service does not have',
    [ingress('a', { spec: { rules: [rule(backend('web', { name: 'https' }))] } }), nginx(), ...served],
    ['critical IngressBackendPortUnknown Ingress shop/a [web:https]'],
  ],
  ['a class that does not exist', [ingress('a', noAddress), ...served], ['critical IngressNotServed Ingress shop/a']],
  [
    'a class that does not exist, though it has an address',
    [ingress('a'), ...served],
    ['warning IngressNotServed Ingress shop/a'],
  ],
  [
    'no class and no default',
    [ingress('a', { ...noAddress, spec: { ingressClassName: undefined } }), nginx(), ...served],
    ['critical IngressNotServed Ingress shop/a'],
  ],
  [
    'no class, made before the default',
    [
      ingress('a', { ...noAddress, spec: { ingressClassName: undefined } }),
      nginx('nginx', asDefault(ago('1h'))),
      ...served,
    ],
    ['critical IngressNotServed Ingress shop/a'],
  ],
  [
    'an annotation that names nothing',
    [
      ingress('a', {
        ...noAddress,
        metadata: { annotations: { 'kubernetes.io/ingress.class': 'ngnix' } },
        spec: { ingressClassName: undefined },
      }),
      nginx(),
      ...served,
    ],
    ['critical IngressNotServed Ingress shop/a'],
  ],
  [
    'a controller without a ready pod',
    [ingress('a'), nginx(), controller({ status: { readyReplicas: 0 } }), ...served],
    ['critical IngressNotServed Ingress shop/a'],
  ],
  [
    'a controller that is scaled to zero',
    [ingress('a'), nginx(), controller({ spec: { replicas: 0 }, status: { readyReplicas: 0 } }), ...served],
    ['critical IngressNotServed Ingress shop/a'],
  ],
  [
    'no address from a controller that gives one',
    [ingress('a', noAddress), nginx(), controller(), ...served],
    ['warning IngressNoAddress Ingress shop/a'],
  ],
  [
    'no address, where others of the class have one',
    [ingress('a', noAddress), ingress('b', { spec: { rules: [rule(backend('web'), 'b')] } }), nginx(), ...served],
    ['warning IngressNoAddress Ingress shop/a'],
  ],
  [
    'no address and no controller',
    [ingress('a', noAddress), nginx(), ...served],
    ['warning IngressNoAddress Ingress shop/a'],
  ],
  [
    'two default classes',
    [nginx('one', asDefault(ago('2d'))), nginx('two', asDefault(ago('1d')))],
    ['warning IngressClassSeveralDefaults IngressClass two'],
  ],
  [
    'a TLS Secret that is missing',
    [ingress('a', tls), nginx(), ...served],
    ['critical IngressTLSUnavailable Ingress shop/a [tls]'],
  ],
  [
    'a TLS Secret without a key',
    [ingress('a', tls), nginx(), secret({ type: 'Opaque', keys: ['tls.crt'] }), ...served],
    ['critical IngressTLSUnavailable Ingress shop/a [tls]'],
  ],
  [
    'a key of another certificate',
    [ingress('a', tls), nginx(), secret({ keyMatchesCertificate: false }), ...served],
    ['critical IngressTLSUnavailable Ingress shop/a [tls]'],
  ],
  [
    'a TLS Secret of another type',
    [ingress('a', tls), nginx(), secret({ type: 'Opaque' }), ...served],
    ['warning IngressTLSUnavailable Ingress shop/a [tls]'],
  ],
  [
    'one host and path with two backends',
    [
      ingress('a', { metadata: { creationTimestamp: ago('3d') } }),
      ingress('b', { spec: { rules: [rule(backend('other'))] } }),
      nginx(),
      ...served,
      object('services', 'shop/other', { spec: { type: 'ExternalName', externalName: 'x.example.com' } }),
    ],
    ['warning IngressPathConflict Ingress shop/b [shop.example.com/]'],
  ],
];

const other = (patch: Patch) => ingress('b', merge({ spec: { rules: [rule(backend('web'), 'b')] } }, patch) as Patch);
const quiet: readonly Row[] = [
  ['a healthy Ingress', [ingress('a', tls), nginx(), controller(), secret(), ...served], []],
  [
    'a port by name',
    [ingress('a', { spec: { rules: [rule(backend('web', { name: 'http' }))] } }), nginx(), ...served],
    [],
  ],
  [
    'an action of the AWS load balancer controller in place of a Service',
    [ingress('a', { spec: { rules: [rule(backend('ssl-redirect', { name: 'use-annotation' }))] } }), nginx()],
    [],
  ],
  ['an Ingress made just now', [ingress('a', { ...noAddress, metadata: { creationTimestamp: ago('10s') } })], []],
  ['an Ingress being deleted', [ingress('a', { metadata: { deletionTimestamp: ago('1m') } })], []],
  [
    'a Resource backend',
    [
      ingress('a', {
        spec: { rules: [rule({ resource: { apiGroup: 'example.com', kind: 'Bucket', name: 'assets' } })] },
      }),
      nginx(),
    ],
    [],
  ],
  [
    'an ExternalName backend without ports',
    [
      ingress('a'),
      nginx(),
      object('services', 'shop/web', { spec: { type: 'ExternalName', externalName: 'x.example.com' } }),
    ],
    [],
  ],
  ['Services unseen', [ingress('a'), nginx()], [], { missing: { services: 'forbidden' } }],
  [
    'pods and slices unseen',
    [ingress('a'), nginx(), web],
    [],
    { missing: { pods: 'forbidden', 'endpointslices.discovery.k8s.io': 'forbidden' } },
  ],
  [
    'pods that start',
    [
      ingress('a'),
      nginx(),
      web,
      pod('a', {
        metadata: { creationTimestamp: ago('30s') },
        status: { phase: 'Pending', conditions: [], containerStatuses: [] },
      }),
    ],
    [],
  ],
  [
    'a backend of a Job that has completed, but one pod serves',
    [ingress('a'), nginx(), web, pod('a'), pod('b', { status: { phase: 'Succeeded' } }), slice(true)],
    [],
  ],
  [
    'IngressClasses unseen',
    [ingress('a', noAddress), ...served],
    [],
    { missing: { 'ingressclasses.networking.k8s.io': 'forbidden' } },
  ],
  [
    'no address, of an unknown age',
    [{ ...ingress('a', noAddress), metadata: { name: 'a', namespace: 'shop' } }, nginx(), ...served],
    [],
  ],
  ['no class, but an address', [ingress('a', { spec: { ingressClassName: undefined } }), ...served], []],
  [
    'no class on Google',
    [
      ingress('a', { ...noAddress, spec: { ingressClassName: undefined } }),
      node('n1', { spec: { providerID: 'gce://p/z/n1' } }),
      ...served,
    ],
    [],
  ],
  [
    'no class, where Traefik takes those',
    [ingress('a', { ...noAddress, spec: { ingressClassName: undefined } }), traefik([]), ...served],
    [],
  ],
  [
    'the annotation, without an IngressClass',
    [
      ingress('a', {
        metadata: { annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
        spec: { ingressClassName: undefined },
      }),
      controller(),
      ...served,
    ],
    [],
  ],
  [
    'the annotation gce',
    [
      ingress('a', {
        ...noAddress,
        metadata: { annotations: { 'kubernetes.io/ingress.class': 'gce-internal' } },
        spec: { ingressClassName: undefined },
      }),
      ...served,
    ],
    [],
  ],
  [
    'one of two controllers down',
    [
      ingress('a'),
      nginx(),
      controller({ status: { readyReplicas: 0 } }),
      deployment('ingress-nginx/second', {
        spec: {
          template: {
            spec: { containers: [{ name: 'c', image: 'registry.k8s.io/ingress-nginx/controller:v1.12.1' }] },
          },
        },
      }),
      ...served,
    ],
    [],
  ],
  [
    'the controller of another class down',
    [
      ingress('a'),
      nginx(),
      controller({
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: 'c',
                  image: 'registry.k8s.io/ingress-nginx/controller:v1.12.1',
                  args: ['--controller-class=k8s.io/internal'],
                },
              ],
            },
          },
        },
        status: { readyReplicas: 0 },
      }),
      ...served,
    ],
    [],
  ],
  [
    'a controller made just now',
    [
      ingress('a'),
      nginx(),
      controller({ metadata: { creationTimestamp: ago('30s') }, status: { readyReplicas: 0 } }),
      ...served,
    ],
    [],
  ],
  [
    'no address for four minutes',
    [ingress('a', { ...noAddress, metadata: { creationTimestamp: ago('4m') } }), nginx(), controller(), ...served],
    [],
  ],
  [
    'no address from a Traefik that writes none',
    [
      ingress('a', noAddress),
      nginx('nginx', { spec: { controller: 'traefik.io/ingress-controller' } }),
      traefik(['--providers.kubernetesingress']),
      ...served,
    ],
    [],
  ],
  [
    'no address from ingress-nginx told not to',
    [
      ingress('a', noAddress),
      nginx(),
      controller({
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'c', image: 'registry.k8s.io/ingress-nginx/controller:v1', args: ['--update-status=false'] },
              ],
            },
          },
        },
      }),
      ...served,
    ],
    [],
  ],
  [
    'no address, controller never heard of',
    [ingress('a', noAddress), nginx('nginx', { spec: { controller: 'example.com/own' } }), ...served],
    [],
  ],
  [
    'no address, workloads unseen',
    [ingress('a', noAddress), nginx(), ...served],
    [],
    { missing: { 'deployments.apps': 'forbidden', 'replicasets.apps': 'x' } },
  ],
  ['one default class', [nginx('one', asDefault(ago('2d'))), nginx('two')], []],
  [
    'a TLS Secret that may still come',
    [ingress('a', { ...tls, metadata: { creationTimestamp: ago('4m') } }), nginx(), ...served],
    [],
  ],
  ['Secrets unseen', [ingress('a', tls), nginx(), ...served], [], { missing: { secrets: 'forbidden' } }],
  ['TLS with the default certificate', [ingress('a', { spec: { tls: [{ hosts: ['x'] }] } }), nginx(), ...served], []],
  [
    'a canary',
    [
      ingress('a'),
      ingress('b', {
        metadata: { annotations: { 'nginx.ingress.kubernetes.io/canary': 'true' } },
        spec: { rules: [rule(backend('web', { name: 'http' }))] },
      }),
      nginx(),
      ...served,
    ],
    [],
  ],
  ['the same backend twice', [ingress('a'), ingress('b'), nginx(), ...served], []],
  [
    'the same path of two classes',
    [
      ingress('a'),
      ingress('b', { spec: { ingressClassName: 'internal', rules: [rule(backend('web', { name: 'http' }))] } }),
      nginx(),
      nginx('internal'),
      ...served,
    ],
    [],
  ],
  [
    'another path type',
    [
      ingress('a'),
      other({
        spec: {
          rules: [
            {
              host: 'shop.example.com',
              http: { paths: [{ path: '/', pathType: 'Exact', backend: backend('web', { name: 'http' }) }] },
            },
          ],
        },
      }),
      nginx(),
      ...served,
    ],
    [],
  ],
  [
    'the solver of an ACME challenge',
    ['a', 'b']
      .map((name) =>
        ingress(name, {
          spec: {
            rules: [
              rule(
                backend('web', name === 'a' ? { number: 80 } : { name: 'http' }),
                'shop.example.com',
                '/.well-known/acme-challenge/x',
              ),
            ],
          },
        }),
      )
      .flatMap((one) => [one as KubeObject, nginx(), ...served]),
    [],
  ],
];

describe('ingresses', () => {
  test.each(loud.map(named))('reports $title', ({ objects, expected, options }) => {
    expect(found(ingresses, objects, options)).toEqual(expected);
  });

  test.each(quiet.map(named))('is quiet about $title', ({ objects, expected, options }) => {
    expect(found(ingresses, objects, options)).toEqual(expected);
  });

  test('messages say what is wrong', () => {
    const messages = (objects: readonly KubeObject[]) =>
      drafts(ingresses, snapshotOf(objects)).map(({ message }) => message);
    expect(
      messages([ingress('a', { spec: { rules: [rule(backend('web', { name: 'htpp' }))] } }), nginx(), ...served]),
    ).toEqual(['its backend asks Service web for port htpp, which has http (80); did you mean http']);
    const portless = { service: { name: 'other' } };
    expect(
      messages([ingress('a'), ingress('b', { spec: { rules: [rule(portless)] } }), nginx(), ...served]).filter((one) =>
        one.includes('already'),
      ),
    ).toEqual([expect.stringMatching(/ this one to shop\/other$/)]);
    expect(messages([ingress('a', noAddress), nginx(), ...served])).toEqual([
      'it has waited 2d for an address; no controller for class nginx (k8s.io/ingress-nginx) was found in the cluster',
    ]);
    expect(messages([ingress('a', tls), nginx(), ...served])).toEqual([
      'its TLS Secret tls for shop.example.com does not exist',
    ]);
  });
});

describe('links', () => {
  const front = object('services', 'ingress-nginx/front', {
    spec: { type: 'LoadBalancer', selector: { app: 'ingress' }, ports: [{ port: 443 }] },
  });
  const rows: readonly [string, readonly KubeObject[], readonly string[]][] = [
    [
      'a missing Service',
      [ingress('a'), nginx()],
      ['IngressBackendUnavailable -> route Service shop/web (spec.rules[0].http.paths[0].backend.service.name)'],
    ],
    [
      'a missing class',
      [ingress('a'), ...served],
      ['IngressNotServed -> route IngressClass nginx (spec.ingressClassName)'],
    ],
    [
      'a missing Secret',
      [ingress('a', tls), nginx(), ...served],
      ['IngressTLSUnavailable -> route Secret shop/tls (spec.tls[0].secretName)'],
    ],
    [
      'a controller that is down',
      [ingress('a'), nginx(), controller({ status: { readyReplicas: 0 } }), ...served],
      ['IngressNotServed -> ready Deployment ingress-nginx/controller (spec.ingressClassName)'],
    ],
    [
      'a controller and its load balancer',
      [ingress('a', noAddress), nginx(), controller(), front, ...served],
      [
        'IngressNoAddress -> ready Deployment ingress-nginx/controller (spec.ingressClassName)',
        'IngressNoAddress -> resolve Service ingress-nginx/front (spec.ingressClassName)',
      ],
    ],
  ];
  test.each(rows)('%s', (_title, objects, expected) => {
    expect(links(ingresses, objects)).toEqual(expected);
  });

  test('a Service without pods explains its Ingress', () => {
    expect(story(diagnose([ingresses, services], [ingress('a'), nginx(), web, deployment('web')]))).toEqual([
      'critical ServiceNoReadyEndpoints Service shop/web',
      '  critical IngressBackendUnavailable Ingress shop/a [web:80]',
    ]);
  });

  test('a load balancer without an address explains the Ingresses before it', () => {
    const ready = pod('ingress-nginx/p', {
      metadata: { labels: { app: 'ingress' } },
      spec: { containers: [{ name: 'app' }] },
    });
    const own = object('endpointslices.discovery.k8s.io', 'ingress-nginx/front-abcde', {
      metadata: { labels: { 'kubernetes.io/service-name': 'front' } },
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
    });
    expect(
      story(
        diagnose([ingresses, services], [ingress('a', noAddress), nginx(), controller(), front, ready, own, ...served]),
      ),
    ).toEqual([
      'critical ServiceLoadBalancerPending Service ingress-nginx/front',
      '  warning IngressNoAddress Ingress shop/a',
    ]);
  });
});
