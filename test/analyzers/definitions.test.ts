import { describe, expect, test } from 'vitest';
import controlPlane from '../../analyzers/control-plane/index.ts';
import namespaces from '../../analyzers/namespaces/index.ts';
import services from '../../analyzers/services/index.ts';
import workloads from '../../analyzers/deployments/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, merge, object, type Patch, pod } from '../support/objects.ts';
import { diagnose, drafts, found, links, snapshotOf, story } from '../support/snapshot.ts';

type Row = readonly [title: string, objects: readonly KubeObject[], expected: readonly string[]];

const definition = (patch: Patch = {}, plural = 'widgets') =>
  object(
    'customresourcedefinitions.apiextensions.k8s.io',
    `${plural}.acme.io`,
    merge(
      {
        spec: {
          group: 'acme.io',
          names: { kind: 'Widget', plural },
          versions: [
            { name: 'v1', served: true, storage: true },
            { name: 'v1beta1', served: true, storage: false },
          ],
          conversion: {
            strategy: 'Webhook',
            webhook: { clientConfig: { service: { namespace: 'acme', name: 'convert', port: 443 } } },
          },
        },
      },
      patch,
    ) as Patch,
  );
const service = (patch: Patch = {}) =>
  object(
    'services',
    'acme/convert',
    merge({ spec: { selector: { app: 'acme' }, ports: [{ port: 443, targetPort: 9443 }] } }, patch) as Patch,
  );
const labels: Patch = { metadata: { labels: { app: 'acme' } } };
const slice = (ready: boolean) =>
  object('endpointslices.discovery.k8s.io', 'acme/convert-abcde', {
    metadata: { labels: { 'kubernetes.io/service-name': 'convert' } },
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
  });
const unready: Patch = { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('1h') }] } };
const well = [service(), pod('acme/a', labels), slice(true)];
const operator = deployment('acme/operator', {
  spec: { replicas: 0, template: labels },
  status: { replicas: 0, readyReplicas: 0, availableReplicas: 0 },
});

describe('conversion webhooks', () => {
  const loud = ['warning CRDConversionUnavailable CustomResourceDefinition widgets.acme.io'];
  const conversion = (value: Patch): Patch => ({ spec: { conversion: value } });

  test.each<Row>([
    ['no Service', [definition(), object('services', 'acme/other', { spec: {} })], loud],
    [
      'no such port',
      [definition(), service({ spec: { ports: [{ port: 8443 }] } }), pod('acme/a', labels), slice(true)],
      loud,
    ],
    ['no ready pod', [definition(), service(), pod('acme/a', merge(labels, unready) as Patch), slice(false)], loud],
    ['scaled to zero', [definition(), service(), operator], loud],
    [
      'several of one program are one finding',
      [definition(), definition({}, 'gadgets'), service(), operator],
      ['warning CRDConversionUnavailable CustomResourceDefinition gadgets.acme.io (+1)'],
    ],
    ['quiet: all is well', [definition(), ...well], []],
    ['quiet: nothing is converted', [definition(conversion({ strategy: 'None' }))], []],
    [
      'quiet: a URL',
      [definition({ spec: { conversion: { webhook: { clientConfig: { service: undefined, url: 'https://a' } } } } })],
      [],
    ],
    [
      'quiet: one version is served',
      [
        definition({
          spec: {
            versions: [
              { name: 'v1', served: true },
              { name: 'v1beta1', served: false },
            ],
          },
        }),
      ],
      [],
    ],
    ['quiet: just made', [definition({ metadata: { creationTimestamp: ago('30s') } })], []],
    [
      'quiet: its pods start',
      [
        definition(),
        service(),
        pod('acme/a', merge(labels, merge(unready, { metadata: { creationTimestamp: ago('20s') } })) as Patch),
        slice(false),
      ],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    const lines = drafts(controlPlane, snapshotOf(objects)).map(
      ({ code, severity = 'warning', object: about, members = [] }) =>
        `${severity} ${code} ${about.kind} ${about.name}${members.length === 0 ? '' : ` (+${members.length})`}`,
    );
    expect(lines).toEqual(expected);
  });

  test('quiet: Services could not be seen', () => {
    expect(found(controlPlane, [definition()], { missing: { services: 'forbidden' } })).toEqual([]);
  });

  test('it links to the Service and to the authority that checks it', () => {
    expect(links(controlPlane, [definition(), service(), operator])).toEqual([
      'CRDConversionUnavailable -> issue CustomResourceDefinition widgets.acme.io (spec.conversion.webhook.clientConfig.caBundle)',
      'CRDConversionUnavailable -> route Service acme/convert (spec.conversion.webhook.clientConfig.service.name)',
    ]);
  });

  test('the stopped program is the root of a Namespace that stays', () => {
    const words =
      'Failed to delete all resource types, 1 remaining: conversion webhook for acme.io/v1beta1, Kind=Widget failed: Post "https://convert.acme.svc:443/?timeout=30s": no endpoints available for service "convert"';
    const team = object('namespaces', 'team', {
      metadata: { deletionTimestamp: ago('1h') },
      status: {
        phase: 'Terminating',
        conditions: [
          { type: 'NamespaceDeletionContentFailure', status: 'True', reason: 'ContentDeletionFailed', message: words },
        ],
      },
    });
    const report = diagnose([controlPlane, namespaces, services, workloads], [team, definition(), service(), operator]);
    expect(story(report)[0]).toContain('DeploymentScaledToZero Deployment acme/operator');
    expect(story(report).join('\n')).toContain('NamespaceStuckTerminating Namespace team');
    expect(report).toHaveLength(1);
  });
});

describe('names and deletion', () => {
  const taken = (established: string): Patch => ({
    status: {
      conditions: [
        {
          type: 'NamesAccepted',
          status: 'False',
          reason: 'ShortNamesConflict',
          message: '"wd" is already in use',
          lastTransitionTime: ago('1h'),
        },
        { type: 'Established', status: established, lastTransitionTime: ago('1h') },
      ],
    },
  });
  const leaving = (since: string): Patch => ({
    metadata: { deletionTimestamp: ago(since), finalizers: ['customresourcecleanup.apiextensions.k8s.io'] },
    status: {
      conditions: [
        {
          type: 'Terminating',
          status: 'True',
          reason: 'InstanceDeletionFailed',
          message: 'could not confirm zero CustomResources remaining',
        },
      ],
    },
  });

  test.each<Row>([
    [
      'a name that is taken',
      [definition(taken('False'))],
      ['critical CRDNotEstablished CustomResourceDefinition widgets.acme.io'],
    ],
    [
      'it was established before',
      [definition(taken('True'))],
      ['warning CRDNotEstablished CustomResourceDefinition widgets.acme.io'],
    ],
    [
      'instances that stay',
      [definition(leaving('1h'))],
      ['warning CRDStuckTerminating CustomResourceDefinition widgets.acme.io'],
    ],
    ['quiet: instances that leave', [definition(leaving('2m'))], []],
    ['quiet: no status yet', [definition()], []],
  ])('%s', (_, objects, expected) => {
    expect(found(controlPlane, [...well, ...objects])).toEqual(expected);
  });

  test('what holds it holds the Namespace of its instances', () => {
    const words =
      'Some resources are remaining: secrets. has 1 resource instances, widgets.acme.io has 1 resource instances';
    const team = object('namespaces', 'team', {
      metadata: { deletionTimestamp: ago('1h') },
      status: { conditions: [{ type: 'NamespaceContentRemaining', status: 'True', message: words }] },
    });
    expect(story(diagnose([controlPlane, namespaces], [...well, definition(leaving('1h')), team]))).toEqual([
      'warning CRDStuckTerminating CustomResourceDefinition widgets.acme.io',
      '  warning NamespaceStuckTerminating Namespace team',
    ]);
    expect(links(namespaces, [definition(), team])).toEqual([]);
  });

  test('it tells what keeps the instances', () => {
    expect(drafts(controlPlane, snapshotOf([...well, definition(leaving('1h'))]))[0]?.message).toBe(
      'has been Terminating for 1h: InstanceDeletionFailed: could not confirm zero CustomResources remaining',
    );
  });
});
