import { describe, expect, test } from 'vitest';
import controlPlane from '../../analyzers/control-plane/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, object, type Patch, pod } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';

describe('APIServices', () => {
  const api = (available: Patch, spec: Patch = {}, patch: Patch = {}) =>
    object('apiservices.apiregistration.k8s.io', 'v1beta1.metrics.k8s.io', {
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        service: { namespace: 'kube-system', name: 'metrics-server' },
        ...spec,
      },
      status: { conditions: [{ type: 'Available', lastTransitionTime: ago('10m'), ...available }] },
      ...patch,
    });
  const missing = {
    status: 'False',
    reason: 'MissingEndpoints',
    message: 'endpoints for service/metrics-server in "kube-system" have no addresses.',
  };
  const loud = ['critical APIServiceUnavailable APIService v1beta1.metrics.k8s.io'];

  test.each<[string, KubeObject[], string[]]>([
    ['not available', [api(missing)], loud],
    ['not available, it is not said since when', [api({ ...missing, lastTransitionTime: undefined })], loud],
    [
      'no Service for half a minute: it does not come by itself',
      [api({ ...missing, reason: 'ServiceNotFound', lastTransitionTime: ago('30s') })],
      loud,
    ],
    [
      'quiet: no Service for seconds',
      [api({ ...missing, reason: 'ServiceNotFound', lastTransitionTime: ago('5s') })],
      [],
    ],
    ['quiet: available', [api({ status: 'True' })], []],
    ['quiet: not known', [api({ status: 'Unknown' })], []],
    ['quiet: since seconds', [api({ ...missing, lastTransitionTime: ago('20s') })], []],
    ['quiet: the API server serves it itself', [api(missing, { service: undefined })], []],
    ['quiet: no condition yet', [api({ type: 'Other', status: 'False' })], []],
    ['quiet: being deleted', [api(missing, {}, { metadata: { deletionTimestamp: ago('1m') } })], []],
  ])('%s', (_, objects, expected) => {
    expect(found(controlPlane, objects)).toEqual(expected);
  });

  test('it tells the reason and links to its Service', () => {
    expect(drafts(controlPlane, snapshotOf([api(missing)]))[0]?.message).toBe(
      'metrics.k8s.io/v1beta1 is not served: MissingEndpoints: endpoints for service/metrics-server in "kube-system" have no addresses',
    );
    expect(links(controlPlane, [api(missing)])).toEqual([
      'APIServiceUnavailable -> route Service kube-system/metrics-server (spec.service.name)',
    ]);
  });
});

describe('leases', () => {
  const lease = (name: string, renewTime: string | undefined, spec: Patch = {}) =>
    object('leases.coordination.k8s.io', name, {
      spec: { holderIdentity: 'cp1_6f2e', leaseDurationSeconds: 15, renewTime, ...spec },
    });
  const scheduler = (renewTime: string | undefined, spec: Patch = {}) =>
    lease('kube-system/kube-scheduler', renewTime, spec);
  const manager = (renewTime: string) => lease('kube-system/kube-controller-manager', renewTime);
  const node = (renewTime: string) => lease('kube-node-lease/n1', renewTime);
  const madeBy = (kind: string, at: string, patch: Patch = {}) =>
    pod('shop/web-1', {
      ...patch,
      metadata: {
        creationTimestamp: at,
        ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'web', uid: 'x', controller: true }],
      },
      status: { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: at }] },
    });
  const dead = 'critical SchedulerDead Lease kube-system/kube-scheduler';

  test.each<[string, KubeObject[], string[]]>([
    ['the scheduler', [scheduler(ago('5m')), manager(ago('2s')), node(ago('3s'))], [dead]],
    [
      'the controller manager',
      [scheduler(ago('2s')), manager(ago('90s'))],
      ['critical ControllerManagerDead Lease kube-system/kube-controller-manager'],
    ],
    [
      'both, while nodes live',
      [scheduler(ago('5m')), manager(ago('5m')), node(ago('3s'))],
      ['critical ControllerManagerDead Lease kube-system/kube-controller-manager', dead],
    ],
    ['a lease alone, for long', [scheduler(ago('1h'))], [dead]],
    ['quiet: renewed', [scheduler(ago('2s')), manager(ago('2s'))], []],
    ['quiet: within a minute', [scheduler(ago('55s')), manager(ago('1s'))], []],
    [
      'quiet: within twice a long duration',
      [scheduler(ago('110s'), { leaseDurationSeconds: 60 }), manager(ago('1s'))],
      [],
    ],
    [
      'quiet: a recording whose leases were read earlier',
      [scheduler(ago('20m')), manager(ago('20m')), node(ago('20m'))],
      [],
    ],
    ['quiet: a lease alone, for minutes', [scheduler(ago('5m'))], []],
    ['quiet: no lease', [manager(ago('1s'))], []],
    ['quiet: never renewed', [scheduler(undefined), manager(ago('1s'))], []],
    ['quiet: another namespace', [lease('shop/kube-scheduler', ago('1h')), manager(ago('1s'))], []],
    [
      'quiet: an operator that was uninstalled',
      [lease('kube-system/cert-manager-controller', ago('3d')), manager(ago('1s'))],
      [],
    ],
    [
      'pods that were placed before it died',
      [scheduler(ago('5m')), manager(ago('2s')), madeBy('ReplicaSet', ago('6m'))],
      [dead],
    ],
    [
      'a pod that another scheduler placed',
      [
        scheduler(ago('5m')),
        manager(ago('2s')),
        madeBy('ReplicaSet', ago('1m'), { spec: { schedulerName: 'volcano' } }),
      ],
      [dead],
    ],
    ['quiet: pods are placed still', [scheduler(ago('5m')), manager(ago('2s')), madeBy('ReplicaSet', ago('1m'))], []],
    ['quiet: pods are made still', [manager(ago('3h')), scheduler(ago('2s')), madeBy('Job', ago('1h'))], []],
    ['quiet: a clock that is ahead', [scheduler(ago('2s')), node('2026-03-01T13:00:00Z')], []],
  ])('%s', (_, objects, expected) => {
    expect(found(controlPlane, objects)).toEqual(expected);
  });

  test('it links to the holder', () => {
    const objects = [
      scheduler(ago('5m')),
      manager(ago('2s')),
      pod('kube-system/kube-scheduler-cp1'),
      pod('kube-system/kube-proxy-cp1'),
    ];
    expect(links(controlPlane, objects)).toEqual([
      'SchedulerDead -> ready Pod kube-system/kube-scheduler-cp1 (spec.holderIdentity)',
      'SchedulerDead -> run Node cp1 (spec.holderIdentity)',
    ]);
  });
});
