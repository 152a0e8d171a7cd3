import { expect, test } from 'vitest';
import { backendsOf } from '../../src/graph/backends.ts';
import { declaredPorts } from '../../src/graph/declared-ports.ts';
import { serving } from '../../src/graph/serving.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, object, pod, replicaSet } from '../support/objects.ts';
import { snapshotOf, type SnapshotOptions } from '../support/snapshot.ts';

const service = object('services', 'shop/web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
const slice = (...ready: readonly (boolean | undefined)[]) =>
  object('endpointslices.discovery.k8s.io', 'shop/web-1', {
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: ready.map((one) => ({ addresses: ['10.0.0.1'], conditions: one === undefined ? {} : { ready: one } })),
  });
const notReady = { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('1h') }] } };
const unseen = (...resources: readonly string[]): SnapshotOptions => ({
  missing: Object.fromEntries(resources.map((resource) => [resource, 'forbidden'])),
});
const slices = 'endpointslices.discovery.k8s.io';

test.each<[expected: string, why: string, objects: readonly KubeObject[], options?: SnapshotOptions]>([
  ['ready', 'a ready pod with its slice', [pod('a'), slice(true)]],
  ['ready', 'an endpoint without conditions', [slice(undefined)], unseen('pods')],
  ['ready', 'a ready endpoint, though not all slices were seen', [slice(true)], unseen('pods', slices)],
  ['stale', 'a ready pod without an endpoint', [pod('a'), slice()]],
  ['unready', 'a pod that is not', [pod('a', notReady)]],
  [
    'unready',
    'a pod on its way out that was the last',
    [pod('a', { metadata: { deletionTimestamp: ago('1h') } }), deployment('web')],
  ],
  ['starting', 'a new pod', [pod('a', { metadata: { creationTimestamp: ago('10s') }, ...notReady })]],
  ['idle', 'a Deployment scaled to zero', [deployment('web', { spec: { replicas: 0 } })]],
  ['unready', 'a Deployment without pods', [deployment('web')]],
  ['unmatched', 'nothing that matches', [deployment('other')]],
  ['unknown', 'nothing that matches, controllers unseen', [], unseen('deployments.apps')],
  ['unknown', 'neither pods nor slices seen', [pod('a', notReady)], unseen('pods', slices)],
])('%s: %s', (expected, _why, objects, options) => {
  expect(serving(snapshotOf(objects, options), service, 120)).toBe(expected);
});

test('an old ReplicaSet of a Deployment is not taken for a workload of its own', () => {
  const web = deployment('web');
  const old = replicaSet(web, 'old', { spec: { replicas: 0 } });
  const kinds = backendsOf(snapshotOf([web, old]), service).workloads.map(({ object: { kind } }) => kind);
  expect(kinds).toEqual(['Deployment']);
});

test('ports of sidecars count, ports of init containers do not', () => {
  const one = pod('a', {
    spec: {
      initContainers: [
        { name: 'setup', ports: [{ name: 'setup', containerPort: 1 }] },
        { name: 'proxy', restartPolicy: 'Always', ports: [{ name: 'proxy', containerPort: 2, protocol: 'UDP' }] },
      ],
    },
  });
  expect(declaredPorts(one)).toEqual([
    { name: undefined, port: 8080, protocol: 'TCP' },
    { name: 'proxy', port: 2, protocol: 'UDP' },
  ]);
});
