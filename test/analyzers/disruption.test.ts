import { describe, expect, test } from 'vitest';
import analyzer from '../../analyzers/disruption/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, merge, object, type Patch, pod } from '../support/objects.ts';
import { drafts, found, snapshotOf } from '../support/snapshot.ts';

const both = (one: Patch, other: Patch) => merge(one, other) as Patch;

const pdb = (patch: Patch = {}, name = 'web') =>
  object(
    'poddisruptionbudgets.policy',
    `shop/${name}`,
    both(
      {
        metadata: { generation: 1 },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
        status: { observedGeneration: 1, expectedPods: 2, currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1 },
      },
      patch,
    ),
  );

const all: Patch = { spec: { minAvailable: 2 }, status: { desiredHealthy: 2, disruptionsAllowed: 0 } };
const pods = [pod('shop/web-a'), pod('shop/web-b')];
const line = (severity: string, code: string, name = 'web') => [
  `${severity} PodDisruptionBudget${code} PodDisruptionBudget shop/${name}`,
];
const failed = (since: string): Patch => ({
  status: {
    disruptionsAllowed: 0,
    conditions: [
      {
        type: 'DisruptionAllowed',
        status: 'False',
        reason: 'SyncFailed',
        message: 'found no controllers for pod "web-a"',
        lastTransitionTime: ago(since),
      },
    ],
  },
});
const elsewhere = {
  spec: { selector: { matchLabels: { app: 'gone' } } },
  status: { expectedPods: 0, currentHealthy: 0, disruptionsAllowed: 0 },
};

describe('a budget', () => {
  test.each<[string, KubeObject[], string[]]>([
    ['that demands all pods', [pdb(all), ...pods], line('warning', 'BlocksEvictions')],
    [
      'that demands all pods, one of them unhealthy',
      [pdb(both(all, { status: { currentHealthy: 1 } })), ...pods],
      line('warning', 'BlocksEvictions'),
    ],
    [
      'for the only pod',
      [pdb({ status: { expectedPods: 1, currentHealthy: 1, disruptionsAllowed: 0 } }), pods[0]!],
      line('warning', 'BlocksEvictions'),
    ],
    [
      'that allows none to be missing',
      [pdb(both(all, { spec: { minAvailable: undefined, maxUnavailable: 0 } })), ...pods],
      line('warning', 'BlocksEvictions'),
    ],
    [
      'of an operator that demands all pods',
      [
        pdb(
          both(all, {
            metadata: {
              ownerReferences: [{ kind: 'Cluster', name: 'pg', apiVersion: 'postgresql.cnpg.io/v1', uid: 'x' }],
            },
          }),
        ),
        ...pods,
      ],
      line('info', 'BlocksEvictions'),
    ],
    ['that cannot be computed', [pdb(failed('1h')), ...pods], line('warning', 'SyncFailed')],
    ['for nothing', [pdb(elsewhere), ...pods], line('info', 'MatchesNoPods')],
    [
      'over the pods of another',
      [pdb({ metadata: { creationTimestamp: ago('1h') } }), pdb({ spec: { selector: {} } }, 'all'), ...pods],
      line('warning', 'Overlap'),
    ],
    ['that leaves room', [pdb(), ...pods], []],
    [
      'whose pods are unhealthy: it does its work',
      [pdb({ status: { currentHealthy: 1, disruptionsAllowed: 0 } }), ...pods],
      [],
    ],
    ['not counted anew yet', [pdb(both(all, { metadata: { generation: 2 } })), ...pods], []],
    ['just created', [pdb(both(elsewhere, { metadata: { creationTimestamp: ago('5s') } }))], []],
    ['that failed a moment ago', [pdb(failed('10s')), ...pods], []],
    [
      'for a workload scaled to zero',
      [
        pdb({ status: { expectedPods: 0, currentHealthy: 0, disruptionsAllowed: 0 } }),
        deployment('shop/web', { spec: { replicas: 0 } }),
      ],
      [],
    ],
    [
      'beside one for other pods',
      [
        pdb(),
        pdb({ spec: { selector: { matchLabels: { app: 'db' } } } }, 'db'),
        ...pods,
        pod('shop/db', { metadata: { labels: { app: 'db' } } }),
      ],
      [],
    ],
    [
      'like one of another namespace',
      [
        pdb(),
        object('poddisruptionbudgets.policy', 'test/web', {
          spec: { selector: { matchLabels: { app: 'web' } } },
          status: { expectedPods: 2, desiredHealthy: 1, disruptionsAllowed: 1 },
        }),
        ...pods,
        pod('test/web-a'),
      ],
      [],
    ],
    [
      'with an overlap that no pod is in',
      [
        pdb(),
        pdb({ spec: { selector: { matchLabels: { tier: 'front' } } } }, 'front'),
        ...pods,
        pod('shop/x', { metadata: { labels: { app: 'x', tier: 'front' } } }),
      ],
      [],
    ],
    ['being deleted', [pdb(both(all, { metadata: { deletionTimestamp: ago('1m') } })), ...pods], []],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  test.each(['pods', 'deployments.apps'])('%s that cannot be read prove no absence', (resource) => {
    expect(found(analyzer, [pdb(elsewhere)], { missing: { [resource]: 'forbidden' } })).toEqual([]);
  });

  test('says by which rule it blocks', () => {
    expect(drafts(analyzer, snapshotOf([pdb(all), ...pods]))[0]?.message).toBe(
      'with minAvailable 2 it demands all of its 2 pods: none can be evicted, and a drain of their nodes waits',
    );
  });
});

describe('a budget whose pods an operator makes one by one', () => {
  const owned = (apiVersion: string, name: string) =>
    pod(name, {
      metadata: { ownerReferences: [{ apiVersion, kind: 'Maker', name: 'm', uid: 'm', controller: true }] },
    });
  const made = owned('longhorn.io/v1beta2', 'shop/web-a');
  test.each<[string, KubeObject[], string]>([
    ['is its way to say when eviction suits', [made], 'info'],
    ['is not, where a workload made others', [made, owned('apps/v1', 'shop/web-b')], 'warning'],
    ['is not, where nobody made others', [made, pod('shop/web-b')], 'warning'],
    ['cannot be told where its pods are not seen', [], 'warning'],
  ])('%s', (_, objects, severity) => {
    expect(found(analyzer, [pdb(all), ...objects])).toEqual(line(severity, 'BlocksEvictions'));
  });
});
