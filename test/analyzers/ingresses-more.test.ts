import { describe, expect, test } from 'vitest';
import certificates from '../../analyzers/certificates/index.ts';
import ingresses from '../../analyzers/ingresses/index.ts';
import references from '../../analyzers/references/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, event, merge, node, object, type Patch, pod } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';

type Row = readonly [title: string, objects: readonly KubeObject[], expected: readonly string[]];

const web = [
  object('services', 'shop/web', { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] } }),
  pod('a'),
  object('endpointslices.discovery.k8s.io', 'web-abcde', {
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
  }),
];
const ingress = (className: string | undefined, patch: Patch = {}) =>
  object(
    'ingresses.networking.k8s.io',
    'shop',
    merge(
      {
        spec: {
          ...(className === undefined ? {} : { ingressClassName: className }),
          rules: [
            {
              host: 'a',
              http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { number: 80 } } } }] },
            },
          ],
        },
      },
      patch,
    ) as Patch,
  );
const addressed: Patch = { status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } } };
const classOf = (name: string, controller: string) =>
  object('ingressclasses.networking.k8s.io', name, { spec: { controller } });
const runs = (image: string, args: readonly string[] = [], patch: Patch = {}) =>
  deployment(
    'system/program',
    merge({ spec: { template: { spec: { containers: [{ name: 'program', image, args }] } } } }, patch) as Patch,
  );

describe('Ingresses without a class', () => {
  const other = classOf('other', 'example.com/other');
  const loud = ['critical IngressNotServed Ingress shop/shop'];

  test.each<Row>([
    ['nobody takes them', [other], loud],
    ['an application of a similar name', [runs('traefik/whoami:v1.10')], loud],
    ['a balancer that serves no Ingress', [runs('haproxy:2.9')], loud],
    ['ingress-nginx as it is installed', [runs('registry.k8s.io/ingress-nginx/controller:v1.12.1@sha256:00')], loud],
    [
      'it is told not to',
      [runs('registry.k8s.io/ingress-nginx/controller:v1', ['--watch-ingress-without-class=false'])],
      loud,
    ],
    [
      'AWS with a class of its own',
      [runs('public.ecr.aws/eks/aws-load-balancer-controller:v2.9.2', ['--ingress-class=alb'])],
      loud,
    ],
    [
      'Contour with a class of its own',
      [runs('ghcr.io/projectcontour/contour:v1.30.1', ['serve', '--ingress-class-name=contour'])],
      loud,
    ],
    [
      'quiet: it is told to',
      [runs('registry.k8s.io/ingress-nginx/controller:v1', ['--watch-ingress-without-class=true'])],
      [],
    ],
    ['quiet: Traefik, from a registry with a port', [runs('mirror.example.com:5000/library/traefik:v3.1')], []],
    ['quiet: Traefik of k3s', [runs('rancher/mirrored-library-traefik:2.11.8')], []],
    ['quiet: Contour', [runs('ghcr.io/projectcontour/contour:v1.30.1', ['serve', '--incluster'])], []],
    ['quiet: HAProxy', [runs('haproxytech/kubernetes-ingress:3.0')], []],
    ['quiet: AWS without a class of its own', [runs('public.ecr.aws/eks/aws-load-balancer-controller:v2.9.2')], []],
    ['quiet: OpenShift makes Routes of them', [classOf('openshift-default', 'openshift.io/ingress-to-route')], []],
  ])('%s', (_, objects, expected) => {
    expect(found(ingresses, [...web, other, node('n1'), ingress(undefined), ...objects])).toEqual(expected);
  });
});

describe('which workload is a controller', () => {
  const traefik = classOf('traefik', 'traefik.io/ingress-controller');
  const stopped: Patch = { status: { readyReplicas: 0 } };
  const address = ['--providers.kubernetesingress.publishedservice=system/traefik'];

  test.each<Row>([
    ['one that is down', [runs('traefik:v3.1', address, stopped)], ['critical IngressNotServed Ingress shop/shop']],
    [
      'a demo that is down is none',
      [runs('traefik/whoami:v1.10', [], stopped)],
      ['warning IngressNoAddress Ingress shop/shop'],
    ],
    [
      'a demo that is down beside one that runs',
      [
        runs('traefik/whoami:v1.10', [], stopped),
        object('daemonsets.apps', 'system/traefik', {
          spec: { template: { spec: { containers: [{ name: 'traefik', image: 'traefik:v3.1' }] } } },
        }),
      ],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(ingresses, [...web, traefik, node('n1'), ingress('traefik'), ...objects])).toEqual(expected);
  });
});

describe('a controller that restarts', () => {
  const template: Patch = { metadata: { labels: { app: 'controller' } } };
  const stopped = (since: string, patch: Patch = {}) =>
    runs(
      'registry.k8s.io/ingress-nginx/controller:v1',
      [],
      merge(
        {
          spec: { template },
          status: {
            readyReplicas: 0,
            conditions: [{ type: 'Available', status: 'False', lastTransitionTime: ago(since) }],
          },
        },
        patch,
      ) as Patch,
    );
  const starting = (created: string) =>
    pod('system/controller-1', {
      metadata: { creationTimestamp: ago(created), labels: { app: 'controller' } },
      status: {
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(created) }],
        containerStatuses: [
          { name: 'app', ready: false, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } },
        ],
      },
    });
  const loud = ['critical IngressNotServed Ingress shop/shop'];

  test.each<Row>([
    ['no pod for long', [stopped('1h')], loud],
    ['its pod does not start', [stopped('1h'), starting('30m')], loud],
    ['quiet: just stopped', [stopped('30s')], []],
    ['quiet: a new pod starts', [stopped('1h'), starting('20s')], []],
  ])('%s', (_, objects, expected) => {
    const nginx = classOf('nginx', 'k8s.io/ingress-nginx');
    expect(found(ingresses, [...web, nginx, node('n1'), ingress('nginx', addressed), ...objects])).toEqual(expected);
  });
});

describe('Ingresses that a controller cannot put into effect', () => {
  const alb = classOf('alb', 'ingress.k8s.aws/alb');
  const fresh = ingress('alb');
  const failed = (about: KubeObject, patch: Patch = {}, reason = 'FailedBuildModel') =>
    event(about, reason, "Failed build model due to couldn't auto-discover subnets", patch);
  const loud = ['critical IngressSyncFailed Ingress shop/shop'];

  test.each<Row>([
    ['it has no address', [fresh, failed(fresh)], loud],
    ['Google', [fresh, failed(fresh, {}, 'Translate')], loud],
    [
      'it keeps what it had',
      [ingress('alb', addressed), failed(ingress('alb', addressed))],
      ['warning IngressSyncFailed Ingress shop/shop'],
    ],
    [
      'told once, long ago',
      [fresh, failed(fresh, { firstTimestamp: ago('50m'), lastTimestamp: ago('50m') }, 'Rejected')],
      loud,
    ],
    [
      'quiet: a moment ago',
      [ingress('alb', addressed), failed(ingress('alb', addressed), { firstTimestamp: ago('30s') })],
      [],
    ],
    [
      'quiet: no longer tried',
      [ingress('alb', addressed), failed(ingress('alb', addressed), { lastTimestamp: ago('25m') })],
      [],
    ],
    [
      'quiet: it went well since',
      [
        ingress('alb', addressed),
        failed(ingress('alb', addressed)),
        event(ingress('alb', addressed), 'SuccessfullyReconciled', 'Successfully reconciled', {
          type: 'Normal',
          lastTimestamp: ago('10s'),
        }),
      ],
      [],
    ],
    [
      'quiet: ingress-nginx says Sync when all is well',
      [ingress('alb', addressed), event(ingress('alb', addressed), 'Sync', 'Scheduled for sync', { type: 'Normal' })],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(ingresses, [...web, alb, ...objects])).toEqual(expected);
  });

  test('it tells the words, and links to the Service in them', () => {
    const words = 'Failed build model due to ingress: shop/shop: services "web" not found.';
    const objects = [alb, fresh, event(fresh, 'FailedBuildModel', words), ...web];
    expect(drafts(ingresses, snapshotOf(objects))[0]?.message).toBe(
      'its controller cannot put it into effect: Failed build model due to ingress: shop/shop: services "web" not found',
    );
    expect(links(ingresses, objects)).toEqual([
      'IngressSyncFailed -> route Service shop/web (events[reason=FailedBuildModel].message)',
    ]);
  });
});

describe('TLS Secrets of controllers that take certificates from elsewhere', () => {
  const tls: Patch = merge(addressed, { spec: { tls: [{ hosts: ['a'], secretName: 'tls' }] } }) as Patch;
  const all = (objects: readonly KubeObject[]) =>
    [ingresses, references, certificates].flatMap((one) => found(one, [...web, ...objects]));

  test.each(['ingress.k8s.aws/alb', 'eks.amazonaws.com/alb'])('quiet: %s reads none', (controller) => {
    expect(all([classOf('alb', controller), ingress('alb', tls)])).toEqual([]);
  });

  test('quiet: the old annotation', () => {
    const annotated = merge(tls, { metadata: { annotations: { 'kubernetes.io/ingress.class': 'alb' } } }) as Patch;
    expect(all([ingress(undefined, annotated)]).filter((line) => /Secret|TLS/.test(line))).toEqual([]);
  });

  test('another controller reads them', () => {
    expect(all([classOf('nginx', 'k8s.io/ingress-nginx'), ingress('nginx', tls)])).toEqual([
      'critical IngressTLSUnavailable Ingress shop/shop [tls]',
      'warning SecretMissing Secret shop/tls',
    ]);
  });
});

describe('Ingresses whose deletion waits', () => {
  const leaving = (since: string, finalizers: readonly string[] = ['ingress.k8s.aws/resources']) =>
    ingress('alb', { metadata: { deletionTimestamp: ago(since), finalizers } });

  test.each<Row>([
    ['for an hour', [leaving('1h')], ['warning IngressStuckTerminating Ingress shop/shop']],
    ['quiet: for five minutes', [leaving('5m')], []],
    ['quiet: nothing holds it', [leaving('1h', [])], []],
  ])('%s', (_, objects, expected) => {
    expect(found(ingresses, objects)).toEqual(expected);
  });

  test('it links to the controller that should let it go', () => {
    const controller = runs('public.ecr.aws/eks/aws-load-balancer-controller:v2.9.2', ['--ingress-class=alb']);
    expect(links(ingresses, [leaving('1h'), classOf('alb', 'ingress.k8s.aws/alb'), controller])).toEqual([
      'IngressStuckTerminating -> ready Deployment system/program (spec.ingressClassName)',
    ]);
  });
});

describe('a Secret that cert-manager is making', () => {
  const tls = ingress('nginx', merge(addressed, { spec: { tls: [{ hosts: ['a'], secretName: 'tls' }] } }) as Patch);
  const certificate = (since: string, status: Patch = {}) =>
    object('certificates.cert-manager.io', 'shop/tls', {
      spec: { secretName: 'tls', issuerRef: { name: 'le', kind: 'ClusterIssuer' } },
      status: { conditions: [{ type: 'Issuing', status: 'True', lastTransitionTime: ago(since) }], ...status },
    });
  const both = (...objects: readonly KubeObject[]) =>
    [ingresses, references]
      .flatMap((one) => found(one, [...web, classOf('nginx', 'k8s.io/ingress-nginx'), tls, ...objects]))
      .filter((line) => !line.includes('Issuer'));
  const loud = ['critical IngressTLSUnavailable Ingress shop/shop [tls]', 'warning SecretMissing Secret shop/tls'];

  test.each<Row>([
    ['quiet: for minutes', [certificate('8m')], []],
    ['for long', [certificate('20m')], loud],
    ['it failed before', [certificate('8m', { failedIssuanceAttempts: 1 })], loud],
    ['nobody makes it', [], loud],
  ])('%s', (_, objects, expected) => {
    expect(both(...objects)).toEqual(expected);
  });
});
