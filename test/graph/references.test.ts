import { expect, test } from 'vitest';
import { pullSecretsOf, type Reference, referencesOf } from '../../src/graph/references.ts';
import { object, pod } from '../support/objects.ts';

const short = ({ object: target, path, key, keyPath, needs, optional, generated }: Reference) =>
  [
    `${needs} ${target.kind} ${target.namespace ?? '-'}/${target.name}`,
    key === undefined ? path : `${path} ${key}@${keyPath}`,
    ...(optional ? ['optional'] : []),
    ...(generated ? ['generated'] : []),
  ].join(' ');

const account = 'admit ServiceAccount shop/default spec.serviceAccountName generated';

const of = (spec: Record<string, unknown>, name?: string) =>
  referencesOf(pod('shop/web-1', { spec }).spec, {
    namespace: 'shop',
    ...(name === undefined ? {} : { pod: name }),
  })
    .map(short)
    .filter((line) => line !== account);

const container = (fields: Record<string, unknown>) => [{ name: 'app', image: 'x', ...fields }];
const volume = (fields: Record<string, unknown>) => ({ volumes: [{ name: 'v', ...fields }] });

test.each<[string, Record<string, unknown>, string[]]>([
  [
    'a key of a Secret in the environment',
    { containers: container({ env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'pw' } } }] }) },
    [
      'start Secret shop/db spec.containers[0].env[0].valueFrom.secretKeyRef.name pw@spec.containers[0].env[0].valueFrom.secretKeyRef.key',
    ],
  ],
  [
    'an optional key of a ConfigMap in an init container',
    {
      initContainers: container({
        env: [
          { name: 'A', value: '1' },
          { name: 'P', valueFrom: { configMapKeyRef: { name: 'c', key: 'k', optional: true } } },
        ],
      }),
    },
    [
      'start ConfigMap shop/c spec.initContainers[0].env[1].valueFrom.configMapKeyRef.name k@spec.initContainers[0].env[1].valueFrom.configMapKeyRef.key optional',
    ],
  ],
  [
    'whole objects in the environment',
    {
      containers: container({
        envFrom: [{ secretRef: { name: 's' } }, { configMapRef: { name: 'c', optional: true } }],
      }),
    },
    [
      'start Secret shop/s spec.containers[0].envFrom[0].secretRef.name',
      'start ConfigMap shop/c spec.containers[0].envFrom[1].configMapRef.name optional',
    ],
  ],
  ['plain values name nothing', { containers: container({ env: [{ name: 'A', value: 'secret' }] }) }, []],
  [
    'fields and resources name nothing',
    { containers: container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }) },
    [],
  ],
  [
    'a Secret volume',
    volume({ secret: { secretName: 's' } }),
    ['mount Secret shop/s spec.volumes[0].secret.secretName'],
  ],
  [
    'keys of a ConfigMap volume',
    volume({
      configMap: {
        name: 'c',
        items: [
          { key: 'a', path: 'a' },
          { key: 'b', path: 'b' },
        ],
      },
    }),
    [
      'mount ConfigMap shop/c spec.volumes[0].configMap.name a@spec.volumes[0].configMap.items[0].key',
      'mount ConfigMap shop/c spec.volumes[0].configMap.name b@spec.volumes[0].configMap.items[1].key',
    ],
  ],
  [
    'projected sources, each optional for itself',
    volume({
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { secret: { name: 's', optional: true } },
        ],
      },
    }),
    [
      'mount ConfigMap shop/kube-root-ca.crt spec.volumes[0].projected.sources[1].configMap.name ca.crt@spec.volumes[0].projected.sources[1].configMap.items[0].key generated',
      'mount Secret shop/s spec.volumes[0].projected.sources[2].secret.name optional',
    ],
  ],
  [
    'a CSI volume with a Secret',
    volume({ csi: { driver: 'd', nodePublishSecretRef: { name: 's' } } }),
    ['mount Secret shop/s spec.volumes[0].csi.nodePublishSecretRef.name'],
  ],
  [
    'volumes of the time before CSI',
    {
      volumes: [
        { name: 'a', azureFile: { secretName: 's', shareName: 'x' } },
        { name: 'b', cephfs: { monitors: [], secretRef: { name: 't' } } },
      ],
    },
    [
      'mount Secret shop/s spec.volumes[0].azureFile.secretName',
      'mount Secret shop/t spec.volumes[1].cephfs.secretRef.name',
    ],
  ],
  [
    'a claim',
    volume({ persistentVolumeClaim: { claimName: 'data' } }),
    ['bind PersistentVolumeClaim shop/data spec.volumes[0].persistentVolumeClaim.claimName'],
  ],
  [
    'emptyDir and hostPath name nothing',
    {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', hostPath: { path: '/' } },
      ],
    },
    [],
  ],
  [
    'an empty name names nothing',
    {
      containers: container({ envFrom: [{ secretRef: { name: '' } }] }),
      priorityClassName: '',
      imagePullSecrets: [{}],
    },
    [],
  ],
  [
    'pull Secrets',
    { imagePullSecrets: [{ name: 'a' }, { name: 'b' }] },
    ['pull Secret shop/a spec.imagePullSecrets[0].name', 'pull Secret shop/b spec.imagePullSecrets[1].name'],
  ],
  [
    'a ServiceAccount of its own',
    { serviceAccountName: 'payments' },
    ['admit ServiceAccount shop/payments spec.serviceAccountName'],
  ],
  [
    'classes, which have no namespace',
    { priorityClassName: 'high', runtimeClassName: 'nvidia' },
    ['admit PriorityClass -/high spec.priorityClassName', 'admit RuntimeClass -/nvidia spec.runtimeClassName'],
  ],
  [
    'a built-in PriorityClass',
    { priorityClassName: 'system-node-critical' },
    ['admit PriorityClass -/system-node-critical spec.priorityClassName generated'],
  ],
])('%s', (_, spec, expected) => {
  expect(of(spec)).toEqual(expected);
});

test('an ephemeral volume names its class, and its claim once the pod has a name', () => {
  const spec = volume({ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'fast', accessModes: [] } } } });
  const storageClass = 'bind StorageClass -/fast spec.volumes[0].ephemeral.volumeClaimTemplate.spec.storageClassName';
  expect(of(spec)).toEqual([storageClass]);
  expect(of(spec, 'web-1')).toEqual([
    'bind PersistentVolumeClaim shop/web-1-v spec.volumes[0].ephemeral generated',
    storageClass,
  ]);
});

test('paths begin where the spec is', () => {
  const { spec } = pod('shop/web-1', { spec: { imagePullSecrets: [{ name: 'a' }] } });
  const paths = referencesOf(spec, { namespace: 'shop', path: 'spec.template.spec' }).map(({ path }) => path);
  expect(paths).toEqual(['spec.template.spec.imagePullSecrets[0].name', 'spec.template.spec.serviceAccountName']);
});

test('the pull Secrets of a ServiceAccount', () => {
  const one = object('serviceaccounts', 'shop/default', { imagePullSecrets: [{ name: 'regcred' }] });
  expect(pullSecretsOf(one).map(short)).toEqual(['pull Secret shop/regcred imagePullSecrets[0].name']);
});
