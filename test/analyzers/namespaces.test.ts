import { describe, expect, test } from 'vitest';
import controlPlane from '../../analyzers/control-plane/index.ts';
import namespaces from '../../analyzers/namespaces/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, object, type Patch, pod } from '../support/objects.ts';
import { diagnose, drafts, found, links, snapshotOf, story } from '../support/snapshot.ts';

const texts = {
  NamespaceDeletionDiscoveryFailure:
    'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1',
  NamespaceDeletionContentFailure:
    'Failed to delete all resource types, 1 remaining: Internal error occurred: failed calling webhook "validate.example.com": failed to call webhook: no endpoints',
  NamespaceContentRemaining:
    'Some resources are remaining: configmaps. has 1 resource instances, pods. has 2 resource instances',
  NamespaceFinalizersRemaining:
    'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
};

const terminating = (types: (keyof typeof texts)[], patch: Patch = {}, since = ago('1h')) =>
  object('namespaces', 'old', {
    metadata: { deletionTimestamp: since, ...(patch['metadata'] as Patch) },
    spec: { finalizers: ['kubernetes'], ...(patch['spec'] as Patch) },
    status: {
      phase: 'Terminating',
      conditions: Object.entries(texts).map(([type, message]) =>
        types.some((one) => one === type)
          ? { type, status: 'True', message }
          : { type, status: 'False', message: 'All content successfully removed' },
      ),
    },
  });

const loud = ['warning NamespaceStuckTerminating Namespace old'];

test.each<[string, KubeObject[], string[]]>([
  ['a dead API', [terminating(['NamespaceDeletionDiscoveryFailure'])], loud],
  ['content that remains', [terminating(['NamespaceContentRemaining', 'NamespaceFinalizersRemaining'])], loud],
  ['a finalizer of its own', [terminating([], { metadata: { finalizers: ['controller.example.com/ns'] } })], loud],
  ['nothing that tells why', [terminating([])], loud],
  ['quiet: since a minute', [terminating(['NamespaceContentRemaining'], {}, ago('1m'))], []],
  ['quiet: active', [object('namespaces', 'shop', { status: { phase: 'Active' } })], []],
  ['quiet: active with finalizers', [object('namespaces', 'shop', { metadata: { finalizers: ['x/y'] } })], []],
  ['quiet: to be deleted in the future', [terminating([], {}, '2026-03-01T13:00:00Z')], []],
])('%s', (_, objects, expected) => {
  expect(found(namespaces, objects)).toEqual(expected);
});

test.each<[string, KubeObject, string]>([
  [
    'content',
    terminating(['NamespaceContentRemaining', 'NamespaceFinalizersRemaining']),
    'example.com/hold in 1 resource instances',
  ],
  [
    'its own finalizers',
    terminating([], { metadata: { finalizers: ['a/b'] }, spec: { finalizers: ['kubernetes', 'c/d'] } }),
    'finalizers of the namespace itself: a/b, c/d',
  ],
  ['nothing', terminating([]), 'no condition tells why'],
])('the message tells of %s', (_, namespace, words) => {
  expect(drafts(namespaces, snapshotOf([namespace]))[0]?.message).toMatch(/^has been Terminating for 1h: /);
  expect(drafts(namespaces, snapshotOf([namespace]))[0]?.message).toContain(words);
});

describe('links', () => {
  const config = object('validatingwebhookconfigurations.admissionregistration.k8s.io', 'policy', {
    webhooks: [{ name: 'validate.example.com' }],
  });
  const leaving = pod('old/web-1', { metadata: { deletionTimestamp: ago('1h') } });

  test.each<[string, KubeObject[], string[]]>([
    [
      'to the APIService of a failed discovery, once',
      [terminating(['NamespaceDeletionDiscoveryFailure'])],
      [
        'NamespaceStuckTerminating -> resolve APIService v1beta1.metrics.k8s.io (status.conditions[type=NamespaceDeletionDiscoveryFailure].message)',
      ],
    ],
    [
      'to the webhook that refuses',
      [terminating(['NamespaceDeletionContentFailure']), config],
      [
        'NamespaceStuckTerminating -> admit ValidatingWebhookConfiguration policy (status.conditions[type=NamespaceDeletionContentFailure].message)',
      ],
    ],
    [
      'to pods that do not go',
      [
        terminating(['NamespaceContentRemaining']),
        leaving,
        pod('shop/web-2', { metadata: { deletionTimestamp: ago('1h') } }),
      ],
      ['NamespaceStuckTerminating -> ready Pod old/web-1 (status.conditions[type=NamespaceContentRemaining].message)'],
    ],
    [
      'to nothing where only a finalizer holds it',
      [terminating(['NamespaceFinalizersRemaining']), leaving, config],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(links(namespaces, objects)).toEqual(expected);
  });
});

test('the dead API is the root', () => {
  const api = object('apiservices.apiregistration.k8s.io', 'v1beta1.metrics.k8s.io', {
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      service: { namespace: 'kube-system', name: 'metrics-server' },
    },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'False',
          reason: 'ServiceNotFound',
          message: 'service/metrics-server in "kube-system" is not present',
          lastTransitionTime: ago('2h'),
        },
      ],
    },
  });
  expect(
    story(diagnose([namespaces, controlPlane], [terminating(['NamespaceDeletionDiscoveryFailure']), api])),
  ).toEqual([
    'critical APIServiceUnavailable APIService v1beta1.metrics.k8s.io',
    '  warning NamespaceStuckTerminating Namespace old',
  ]);
});

test.each([
  ['pods. has 2 resource instances', 'pods'],
  ['applications.argoproj.io has 3 resource instances', 'applications.argoproj.io'],
  ['configmaps. has 1 resource instances, pods. has 2 resource instances', 'configmaps'],
])('the first kind that remains, for the runbook: %s', (words, expected) => {
  const message = `Some resources are remaining: ${words}`;
  const namespace = object('namespaces', 'old', {
    metadata: { deletionTimestamp: ago('1h') },
    status: { conditions: [{ type: 'NamespaceContentRemaining', status: 'True', message }] },
  });
  expect(drafts(namespaces, snapshotOf([namespace]))[0]?.values).toEqual({ remaining: expected });
});

test('finalizers of its own, for the runbook', () => {
  const namespace = object('namespaces', 'old', {
    metadata: { deletionTimestamp: ago('1h'), finalizers: ['example.com/hold'] },
  });
  expect(drafts(namespaces, snapshotOf([namespace]))[0]?.values).toEqual({ own_finalizers: 'example.com/hold' });
});

describe('pods that take their time to end', () => {
  const leaving = (until: string) =>
    pod('old/db', { metadata: { deletionTimestamp: until, deletionGracePeriodSeconds: 3_600 } });
  const later = '2026-03-01T12:30:00Z';
  const home = (words: string) =>
    object('namespaces', 'old', {
      metadata: { deletionTimestamp: ago('30m') },
      status: {
        conditions: [
          { type: 'NamespaceContentRemaining', status: 'True', message: `Some resources are remaining: ${words}` },
        ],
      },
    });
  const one = 'pods. has 1 resource instances';

  test.each<[string, KubeObject[], string[]]>([
    ['quiet: they still have it', [home(one), leaving(later)], []],
    ['it is over', [home(one), leaving(ago('10m'))], loud],
    ['one of them is not being deleted', [home(one), leaving(later), pod('old/new')], loud],
    ['something else remains', [home(`configmaps. has 1 resource instances, ${one}`), leaving(later)], loud],
    ['no pod is seen', [home(one)], loud],
  ])('%s', (_, objects, expected) => {
    expect(found(namespaces, objects)).toEqual(expected);
  });
});
