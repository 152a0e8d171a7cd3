import { describe, expect, test } from 'vitest';
import pods from '../../analyzers/pods/index.ts';
import references from '../../analyzers/references/index.ts';
import workloads from '../../analyzers/workloads/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, merge, node, object, ownedBy, type Patch, pod, template } from '../support/objects.ts';
import { diagnose, story } from '../support/snapshot.ts';
import { secret } from './pods-support.ts';

/** A StatefulSet whose second pod, of revision `pod`, does not become ready, and whose newest revision is `db-2`. */
function db(revision: string, patch: Patch = {}, broken: Patch = {}): KubeObject[] {
  const set = object(
    'statefulsets.apps',
    'shop/db',
    merge(
      {
        metadata: { generation: 2, creationTimestamp: ago('20d') },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'db' } },
          podManagementPolicy: 'OrderedReady',
          updateStrategy: { type: 'RollingUpdate' },
          template: template('db'),
        },
        status: {
          observedGeneration: 2,
          replicas: 2,
          readyReplicas: 1,
          availableReplicas: 1,
          currentRevision: 'db-1',
          updateRevision: 'db-2',
        },
      },
      patch,
    ) as Patch,
  );
  const made = (hash: string) => merge(ownedBy(set), { metadata: { labels: { 'controller-revision-hash': hash } } });
  const waits = {
    metadata: { creationTimestamp: ago('2h') },
    spec: { nodeName: 'n1' },
    status: {
      phase: 'Pending',
      startTime: ago('2h'),
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('2h') }],
      containerStatuses: [
        {
          name: 'app',
          image: 'x',
          ready: false,
          restartCount: 0,
          state: { waiting: { reason: 'ErrImagePull', message: 'x: not found' } },
        },
      ],
    },
  };
  return [
    set,
    node('n1'),
    pod('shop/db-0', made('db-1') as Patch),
    pod('shop/db-1', merge(merge(made(revision), waits), broken) as Patch),
  ];
}
const told = (objects: KubeObject[]) => story(diagnose([pods, references, workloads], objects));

describe('a pod of an older revision that keeps the newest from coming', () => {
  test('is deleted, whatever is wrong with it', () => {
    expect(told(db('db-1'))).toEqual([
      'critical StatefulSetRevisionBlocked StatefulSet shop/db',
      '  critical PodImageNotFound StatefulSet shop/db [app]',
    ]);
  });

  test('what is missing for any revision is still the root', () => {
    const state = { waiting: { reason: 'CreateContainerConfigError', message: 'secret "db" not found' } };
    const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }];
    const broken = {
      spec: { containers: [{ name: 'app', image: 'x', env }] },
      status: { containerStatuses: [{ name: 'app', image: 'x', ready: false, restartCount: 0, state }] },
    };
    expect(told([...db('db-1', {}, broken), secret('other')])).toEqual([
      'critical SecretMissing Secret shop/db',
      '  critical PodConfigError StatefulSet shop/db [app]',
      '  warning StatefulSetRevisionBlocked StatefulSet shop/db',
    ]);
  });

  test.each<[string, KubeObject[], string]>([
    ['of the newest revision', db('db-2'), 'StatefulSetRolloutStuck'],
    ['of a set that does not wait', db('db-1', { spec: { podManagementPolicy: 'Parallel' } }), 'StatefulSetDegraded'],
    [
      'of a set that replaces what is deleted',
      db('db-1', { spec: { updateStrategy: { type: 'OnDelete' } } }),
      'StatefulSetDegraded',
    ],
  ])('one %s is a fault of its own', (_, objects, code) => {
    expect(told(objects)).toEqual([
      'critical PodImageNotFound StatefulSet shop/db [app]',
      `  warning ${code} StatefulSet shop/db`,
    ]);
  });
});
