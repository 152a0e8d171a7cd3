import { describe, expect, test } from 'vitest';
import references from '../../analyzers/references/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { Resource } from '../../src/model/resources.ts';
import {
  ago,
  deployment,
  event,
  object,
  ownedBy,
  type Patch,
  pendingPod,
  pod,
  replicaSet,
} from '../support/objects.ts';
import { drafts, found, snapshotOf } from '../support/snapshot.ts';

const secret = (name: string, keys: string[] = ['password']) => object('secrets', name, { type: 'Opaque', keys });
const configMap = (name: string, keys: string[] = ['url']) => object('configmaps', name, { keys });

const app = (fields: Patch): Patch => ({ containers: [{ name: 'app', image: 'x', ...fields }] });
const env = (ref: Patch): Patch => app({ env: [{ name: 'P', valueFrom: ref }] });
const password = (patch: Patch = {}) => env({ secretKeyRef: { name: 'db', key: 'password', ...patch } });
const volume = (source: Patch): Patch => ({ volumes: [{ name: 'v', ...source }] });

const web = (spec: Patch, patch: Patch = {}) =>
  deployment('shop/web', { ...patch, spec: { ...(patch['spec'] as Patch), template: { spec } } });

const waiting = (reason: string, message?: string): Patch => ({
  status: {
    phase: 'Pending',
    containerStatuses: [
      {
        name: 'app',
        image: 'x',
        ready: false,
        restartCount: 0,
        state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
      },
    ],
  },
});

describe('templates', () => {
  test.each<[string, KubeObject[], string[]]>([
    ['a Secret in the environment', [web(password())], ['warning SecretMissing Secret shop/db']],
    [
      'a key of a Secret',
      [web(password()), secret('shop/db', ['PASSWORD'])],
      ['warning SecretKeyMissing Secret shop/db [password]'],
    ],
    [
      'a whole Secret',
      [web(app({ envFrom: [{ secretRef: { name: 'db' } }] }))],
      ['warning SecretMissing Secret shop/db'],
    ],
    ['a ConfigMap volume', [web(volume({ configMap: { name: 'c' } }))], ['warning ConfigMapMissing ConfigMap shop/c']],
    [
      'a key of a ConfigMap volume',
      [web(volume({ configMap: { name: 'c', items: [{ key: 'a', path: 'a' }] } })), configMap('shop/c')],
      ['warning ConfigMapKeyMissing ConfigMap shop/c [a]'],
    ],
    [
      'a claim',
      [web(volume({ persistentVolumeClaim: { claimName: 'data' } }))],
      ['warning PersistentVolumeClaimMissing PersistentVolumeClaim shop/data'],
    ],
    [
      'a ServiceAccount',
      [web({ serviceAccountName: 'payments' })],
      ['warning ServiceAccountMissing ServiceAccount shop/payments'],
    ],
    ['a PriorityClass', [web({ priorityClassName: 'high' })], ['warning PriorityClassMissing PriorityClass high']],
    ['a RuntimeClass', [web({ runtimeClassName: 'nvidia' })], ['warning RuntimeClassMissing RuntimeClass nvidia']],
    [
      'a class of an ephemeral volume',
      [web(volume({ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'fast' } } } }))],
      ['warning StorageClassMissing StorageClass fast'],
    ],
    [
      'a pull Secret does no harm yet',
      [web({ imagePullSecrets: [{ name: 'regcred' }] })],
      ['info SecretMissing Secret shop/regcred'],
    ],
    [
      'a pull Secret of the ServiceAccount in use',
      [web({}), object('serviceaccounts', 'shop/default', { imagePullSecrets: [{ name: 'regcred' }] })],
      ['info SecretMissing Secret shop/regcred'],
    ],
    ['scaled to zero', [web(password(), { spec: { replicas: 0 } })], ['info SecretMissing Secret shop/db']],
    [
      'a suspended CronJob',
      [
        object('cronjobs.batch', 'shop/nightly', {
          spec: { suspend: true, jobTemplate: { spec: { template: { spec: password() } } } },
        }),
      ],
      ['info SecretMissing Secret shop/db'],
    ],
    [
      'a CronJob',
      [
        object('cronjobs.batch', 'shop/nightly', {
          spec: { jobTemplate: { spec: { template: { spec: password() } } } },
        }),
      ],
      ['warning SecretMissing Secret shop/db'],
    ],
    [
      'a DaemonSet',
      [
        object('daemonsets.apps', 'shop/agent', {
          spec: { template: { spec: password() } },
          status: { desiredNumberScheduled: 2 },
        }),
      ],
      ['warning SecretMissing Secret shop/db'],
    ],
    [
      'one that is live beside one that is not',
      [
        web(password(), { spec: { replicas: 0 } }),
        deployment('shop/api', { spec: { template: { spec: password() } } }),
      ],
      ['warning SecretMissing Secret shop/db'],
    ],

    ['quiet: all there', [web(password()), secret('shop/db')], []],
    ['quiet: optional key', [web(password({ optional: true })), secret('shop/db', [])], []],
    ['quiet: optional object', [web(password({ optional: true }))], []],
    ['quiet: optional volume', [web(volume({ configMap: { name: 'c', optional: true } }))], []],
    ['quiet: default ServiceAccount', [web({ serviceAccountName: 'default' })], []],
    ['quiet: built-in PriorityClass', [web({ priorityClassName: 'system-cluster-critical' })], []],
    ['quiet: just created', [web(password(), { metadata: { creationTimestamp: ago('10s') } })], []],
    [
      'quiet: just rolled out',
      [web(password()), replicaSet(web(password()), 'new', { metadata: { creationTimestamp: ago('10s') } })],
      [],
    ],
    ['quiet: being deleted', [web(password(), { metadata: { deletionTimestamp: ago('1m') } })], []],
    [
      'quiet: namespace being deleted',
      [web(password()), object('namespaces', 'shop', { metadata: { deletionTimestamp: ago('1m') } })],
      [],
    ],
    [
      'quiet: a Job that is complete',
      [
        object('jobs.batch', 'shop/migrate', {
          spec: { template: { spec: password() } },
          status: { conditions: [{ type: 'Complete', status: 'True' }] },
        }),
      ],
      [],
    ],
    [
      'quiet: a pull Secret of a ServiceAccount that nobody uses',
      [web({}), object('serviceaccounts', 'shop/other', { imagePullSecrets: [{ name: 'regcred' }] })],
      [],
    ],
    [
      'quiet: the pod has pull Secrets of its own',
      [
        web({ imagePullSecrets: [{ name: 'own' }] }),
        secret('shop/own'),
        object('serviceaccounts', 'shop/default', { imagePullSecrets: [{ name: 'regcred' }] }),
      ],
      [],
    ],
    [
      'quiet: a static class',
      [
        web(volume({ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'manual' } } } })),
        object('persistentvolumes', 'pv1', { spec: { storageClassName: 'manual' } }),
      ],
      [],
    ],
    [
      'quiet: an old ReplicaSet',
      [web({}), replicaSet(web({}), 'old', { spec: { replicas: 0, template: { spec: password() } } })],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(references, objects)).toEqual(expected);
  });
});

describe('pods', () => {
  const creating = waiting('ContainerCreating');
  const lone = (spec: Patch, patch: Patch = {}) => pod('shop/web-1', { spec, ...patch });
  const config = (message: string) => waiting('CreateContainerConfigError', message);

  test.each<[string, KubeObject[], string[]]>([
    [
      'waits for a Secret, just created, and the kubelet says so',
      [lone(password(), { ...config('secret "db" not found'), metadata: { creationTimestamp: ago('5s') } })],
      ['critical SecretMissing Secret shop/db'],
    ],
    [
      'waits for a Secret',
      [lone(password(), config('secret "db" not found'))],
      ['critical SecretMissing Secret shop/db'],
    ],
    [
      'waits for a key',
      [lone(password(), config("couldn't find key password in Secret shop/db")), secret('shop/db', ['user'])],
      ['critical SecretKeyMissing Secret shop/db [password]'],
    ],
    [
      'waits for a volume',
      [lone(volume({ secret: { secretName: 'db' } }), creating)],
      ['critical SecretMissing Secret shop/db'],
    ],
    [
      'waits for a key of a volume',
      [lone(volume({ secret: { secretName: 'db', items: [{ key: 'k', path: 'k' }] } }), creating), secret('shop/db')],
      ['critical SecretKeyMissing Secret shop/db [k]'],
    ],
    [
      'waits for a claim',
      [pendingPod('shop/web-1', { spec: volume({ persistentVolumeClaim: { claimName: 'data' } }) })],
      ['critical PersistentVolumeClaimMissing PersistentVolumeClaim shop/data'],
    ],
    [
      'waits for the CA bundle of a namespace',
      [lone(volume({ configMap: { name: 'kube-root-ca.crt' } }), creating)],
      ['critical ConfigMapMissing ConfigMap shop/kube-root-ca.crt'],
    ],
    ['runs still', [lone(password())], ['warning SecretMissing Secret shop/db']],
    [
      'is refused its image',
      [
        lone(
          { imagePullSecrets: [{ name: 'regcred' }] },
          waiting('ImagePullBackOff', 'Back-off pulling image "x": ErrImagePull: pull access denied'),
        ),
      ],
      ['critical SecretMissing Secret shop/regcred'],
    ],
    [
      'gets no image, it is not said why',
      [lone({ imagePullSecrets: [{ name: 'regcred' }] }, waiting('ImagePullBackOff', 'Back-off pulling image "x"'))],
      ['warning SecretMissing Secret shop/regcred'],
    ],
    [
      'runs without its pull Secret',
      [lone({ imagePullSecrets: [{ name: 'regcred' }] })],
      ['info SecretMissing Secret shop/regcred'],
    ],
    [
      'waits for another Secret',
      [
        lone(
          app({ envFrom: [{ secretRef: { name: 'db' } }, { secretRef: { name: 'api' } }] }),
          config('secret "api" not found'),
        ),
      ],
      ['critical SecretMissing Secret shop/api', 'warning SecretMissing Secret shop/db'],
    ],
    [
      'fails for a reason of its own',
      [lone(password(), config('container has runAsNonRoot and image will run as root'))],
      ['warning SecretMissing Secret shop/db'],
    ],

    [
      'quiet: of an old template that runs',
      [web({}), pod('shop/web-1', { ...ownedBy(web({})), spec: password() })],
      [],
    ],
    ['quiet: ended', [lone(password(), { status: { phase: 'Succeeded' } })], []],
    ['quiet: failed', [lone(password(), { status: { phase: 'Failed' } })], []],
    ['quiet: being deleted', [lone(password(), { metadata: { deletionTimestamp: ago('10s') } })], []],
    [
      'quiet: just created',
      [lone(volume({ secret: { secretName: 'db' } }), { ...creating, metadata: { creationTimestamp: ago('10s') } })],
      [],
    ],
    [
      'quiet: runs with the CA bundle left out of the recording',
      [lone(volume({ configMap: { name: 'kube-root-ca.crt' } }))],
      [],
    ],
    ['quiet: has its priority already', [lone({ priorityClassName: 'high' })], []],
    ['quiet: an ephemeral claim', [lone(volume({ ephemeral: { volumeClaimTemplate: { spec: {} } } }), creating)], []],
    ['quiet: waits, but all is there', [lone(password(), config('secret "db" not found')), secret('shop/db')], []],
  ])('a pod that %s', (_, objects, expected) => {
    expect(found(references, objects)).toEqual(expected);
  });

  test('one finding for all pods and their template', () => {
    const owner = web(password());
    const set = replicaSet(owner);
    const pods = ['a', 'b'].map((name) =>
      pod(`shop/web-${name}`, { ...ownedBy(set), spec: password(), ...config('secret "db" not found') }),
    );
    expect(found(references, [owner, set, ...pods])).toEqual(['critical SecretMissing Secret shop/db']);
  });
});

describe('where the list could not be read', () => {
  const blind = (...resources: Resource[]) => ({
    missing: Object.fromEntries(resources.map((one) => [one, 'forbidden'])),
  });
  const lone = (spec: Patch, reason: string, message?: string) =>
    pod('shop/web-1', { spec, ...waiting(reason, message) });
  const mounting = lone(
    volume({ secret: { secretName: 'db', items: [{ key: 'k', path: 'k' }] } }),
    'ContainerCreating',
  );
  const claim = object('persistentvolumeclaims', 'shop/data', {
    spec: { storageClassName: 'fast' },
    status: { phase: 'Pending' },
  });

  test.each<[string, Resource, KubeObject[], string[]]>([
    [
      'the kubelet says it',
      'secrets',
      [lone(password(), 'CreateContainerConfigError', 'secret "db" not found')],
      ['critical SecretMissing Secret shop/db'],
    ],
    [
      'the kubelet names the key',
      'secrets',
      [lone(password(), 'CreateContainerConfigError', "couldn't find key password in Secret shop/db")],
      ['critical SecretKeyMissing Secret shop/db [password]'],
    ],
    [
      'a mount fails',
      'secrets',
      [mounting, event(mounting, 'FailedMount', 'MountVolume.SetUp failed for volume "v" : secret "db" not found')],
      ['critical SecretMissing Secret shop/db'],
    ],
    [
      'a mount lacks a key',
      'secrets',
      [
        mounting,
        event(
          mounting,
          'FailedMount',
          'MountVolume.SetUp failed for volume "v" : references non-existent secret key: k',
        ),
      ],
      ['critical SecretKeyMissing Secret shop/db [k]'],
    ],
    [
      'the claim controller says it',
      'storageclasses.storage.k8s.io',
      [claim, event(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found')],
      ['warning StorageClassMissing StorageClass fast'],
    ],
    [
      'the scheduler says it',
      'persistentvolumeclaims',
      [
        pendingPod('shop/web-1', {
          spec: volume({ persistentVolumeClaim: { claimName: 'data' } }),
          status: {
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                message: '0/1 nodes are available: persistentvolumeclaim "data" not found. not found',
              },
            ],
          },
        }),
      ],
      ['critical PersistentVolumeClaimMissing PersistentVolumeClaim shop/data'],
    ],

    ['quiet: nothing is said', 'secrets', [mounting, web(password())], []],
    [
      'quiet: the name goes on',
      'secrets',
      [lone(password(), 'CreateContainerConfigError', 'secret "db-2" not found')],
      [],
    ],
    [
      'quiet: another namespace or key',
      'secrets',
      [lone(password(), 'CreateContainerConfigError', "couldn't find key password2 in Secret shop/db")],
      [],
    ],
    [
      'quiet: the object of the key has a longer name',
      'secrets',
      [lone(password(), 'CreateContainerConfigError', "couldn't find key password in Secret shop/db-2")],
      [],
    ],
    [
      'quiet: another volume lacks the key',
      'secrets',
      [
        mounting,
        event(
          mounting,
          'FailedMount',
          'MountVolume.SetUp failed for volume "w" : references non-existent secret key: k',
        ),
      ],
      [],
    ],
    [
      'quiet: it was said long ago',
      'secrets',
      [
        mounting,
        event(mounting, 'FailedMount', 'secret "db" not found', {
          lastTimestamp: ago('50m'),
          firstTimestamp: ago('55m'),
        }),
      ],
      [],
    ],
    [
      'quiet: services',
      'services',
      [object('statefulsets.apps', 'shop/db', { spec: { serviceName: 'db', template: { spec: { containers: [] } } } })],
      [],
    ],
  ])('%s', (_, resource, objects, expected) => {
    expect(found(references, objects, blind(resource))).toEqual(expected);
  });

  const set = (text: string) =>
    replicaSet(web({}), 'a', {
      status: {
        replicas: 0,
        conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: text }],
      },
    });

  test('the API server names a ServiceAccount, even the default one', () => {
    const text = (name: string) =>
      `pods "web-a-" is forbidden: error looking up service account shop/${name}: serviceaccount "${name}" not found`;
    expect(found(references, [web({}), set(text('default'))])).toEqual([
      'critical ServiceAccountMissing ServiceAccount shop/default',
    ]);
    const named = web({ serviceAccountName: 'payments' });
    expect(found(references, [named, set(text('payments'))], blind('serviceaccounts'))).toEqual([
      'critical ServiceAccountMissing ServiceAccount shop/payments',
    ]);
    expect(found(references, [named, set('something else')], blind('serviceaccounts'))).toEqual([]);
  });
});

describe('network', () => {
  const ingress = (spec: Patch, patch: Patch = {}) =>
    object('ingresses.networking.k8s.io', 'shop/web', {
      spec,
      status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
      ...patch,
    });
  const backend = (service: Patch) => ({
    rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] } }],
  });
  const statefulSet = (spec: Patch) =>
    object('statefulsets.apps', 'shop/db', { spec: { template: { spec: { containers: [] } }, ...spec } });
  const webhook = (hook: Patch, patch: Patch = {}) =>
    object('validatingwebhookconfigurations.admissionregistration.k8s.io', 'policy', {
      ...patch,
      webhooks: [
        {
          name: 'w',
          clientConfig: { service: { namespace: 'hook', name: 'policy' } },
          rules: [{ resources: ['pods'] }],
          ...hook,
        },
      ],
    });
  const api = (spec: Patch) => object('apiservices.apiregistration.k8s.io', 'v1beta1.metrics.k8s.io', { spec });

  test.each<[string, KubeObject[], string[]]>([
    [
      'a backend',
      [ingress(backend({ name: 'api', port: { number: 80 } }))],
      ['critical ServiceMissing Service shop/api'],
    ],
    [
      'a default backend',
      [ingress({ defaultBackend: { service: { name: 'api', port: { number: 80 } } } })],
      ['critical ServiceMissing Service shop/api'],
    ],
    ['a TLS Secret', [ingress({ tls: [{ secretName: 'web-tls' }] })], ['warning SecretMissing Secret shop/web-tls']],
    [
      'a class, served still',
      [ingress({ ingressClassName: 'nginx' })],
      ['warning IngressClassMissing IngressClass nginx'],
    ],
    [
      'a class, not served',
      [ingress({ ingressClassName: 'nginx' }, { status: {} })],
      ['critical IngressClassMissing IngressClass nginx'],
    ],
    ['the Service of a StatefulSet', [statefulSet({ serviceName: 'db' })], ['warning ServiceMissing Service shop/db']],
    [
      'the Service of a StatefulSet scaled to zero',
      [statefulSet({ serviceName: 'db', replicas: 0 })],
      ['info ServiceMissing Service shop/db'],
    ],
    ['a webhook', [webhook({})], ['critical ServiceMissing Service hook/policy']],
    ['a webhook that may fail', [webhook({ failurePolicy: 'Ignore' })], ['info ServiceMissing Service hook/policy']],
    [
      'an aggregated API',
      [api({ service: { namespace: 'kube-system', name: 'metrics-server' } })],
      ['critical ServiceMissing Service kube-system/metrics-server'],
    ],

    [
      'quiet: all there',
      [
        ingress({
          ...backend({ name: 'api', port: { number: 80 } }),
          ingressClassName: 'nginx',
          tls: [{ secretName: 'web-tls' }],
        }),
        object('services', 'shop/api', { spec: {} }),
        object('ingressclasses.networking.k8s.io', 'nginx'),
        secret('shop/web-tls'),
      ],
      [],
    ],
    [
      'quiet: an action of the AWS controller',
      [ingress(backend({ name: 'ssl-redirect', port: { name: 'use-annotation' } }))],
      [],
    ],
    [
      'quiet: a backend that is no Service',
      [ingress({ defaultBackend: { resource: { kind: 'Bucket', name: 'b' } } })],
      [],
    ],
    ['quiet: TLS with the default certificate', [ingress({ tls: [{ hosts: ['x'] }] })], []],
    [
      'quiet: a certificate on its way',
      [ingress({ tls: [{ secretName: 'web-tls' }] }, { metadata: { creationTimestamp: ago('2m') } })],
      [],
    ],
    [
      'quiet: a class by annotation',
      [ingress({}, { metadata: { annotations: { 'kubernetes.io/ingress.class': 'nginx' } } })],
      [],
    ],
    ['quiet: a StatefulSet without a Service', [statefulSet({ serviceName: '' })], []],
    ['quiet: a webhook made just now', [webhook({}, { metadata: { creationTimestamp: ago('20s') } })], []],
    ['quiet: a webhook at a URL', [webhook({ clientConfig: { url: 'https://x' } })], []],
    ['quiet: a webhook without rules', [webhook({ rules: [] })], []],
    ['quiet: an API of the API server itself', [api({ group: 'apps', version: 'v1' })], []],
  ])('%s', (_, objects, expected) => {
    expect(found(references, objects)).toEqual(expected);
  });
});

describe('storage', () => {
  const claim = (spec: Patch, phase = 'Pending', patch: Patch = {}) =>
    object('persistentvolumeclaims', 'shop/data', { spec, status: { phase }, ...patch });
  const user = pendingPod('shop/web-1', { spec: volume({ persistentVolumeClaim: { claimName: 'data' } }) });
  const fast = { storageClassName: 'fast' };
  const set = (replicas: number) =>
    object('statefulsets.apps', 'shop/db', {
      spec: { replicas, template: { spec: { containers: [] } }, volumeClaimTemplates: [{ spec: fast }] },
    });
  const volumeOf = object('persistentvolumes', 'pv1', { spec: fast });

  test.each<[string, KubeObject[], string[]]>([
    ['a claim', [claim(fast)], ['warning StorageClassMissing StorageClass fast']],
    ['a claim that a pod waits for', [claim(fast), user], ['critical StorageClassMissing StorageClass fast']],
    [
      'an annotation',
      [claim({}, 'Pending', { metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'fast' } } })],
      ['warning StorageClassMissing StorageClass fast'],
    ],
    ['a claim template', [set(1)], ['warning StorageClassMissing StorageClass fast']],
    ['a claim template, idle', [set(0)], ['info StorageClassMissing StorageClass fast']],
    ['quiet: the class exists', [claim(fast), user, set(1), object('storageclasses.storage.k8s.io', 'fast')], []],
    ['quiet: bound', [claim(fast, 'Bound')], []],
    ['quiet: no class', [claim({ storageClassName: '' }), claim({})], []],
    ['quiet: volumes made by hand', [claim(fast), set(1), volumeOf], []],
    ['quiet: just created', [claim(fast, 'Pending', { metadata: { creationTimestamp: ago('10s') } })], []],
  ])('%s', (_, objects, expected) => {
    expect(found(references, objects)).toEqual(expected);
  });

  test('quiet: templates where volumes cannot be read', () => {
    expect(found(references, [set(1)], { missing: { persistentvolumes: 'forbidden' } })).toEqual([]);
  });
});

describe('what is told', () => {
  const only = (objects: readonly KubeObject[]) => {
    const [draft, ...more] = drafts(references, snapshotOf(objects));
    expect(more).toEqual([]);
    return draft!;
  };

  test('the referrer, its field and the nearest name', () => {
    const draft = only([web(password()), secret('shop/db-credentials'), secret('prod/db')]);
    expect(draft.message).toBe('does not exist, but Deployment web needs it (did you mean db-credentials?)');
    expect(draft.evidence.map(({ path, value }) => (path === undefined ? value : `${path}=${value}`))).toEqual([
      'spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name=db',
      'the nearest name that exists is db-credentials',
      'Secret prod/db exists',
    ]);
    expect(draft.values).toEqual({
      referrer: 'web',
      referrer_resource: 'deployment',
      referrer_namespace: 'shop',
      nearest: 'db-credentials',
    });
  });

  test('the nearest key', () => {
    const draft = only([web(password()), secret('shop/db', ['username', 'passwd'])]);
    expect(draft.message).toBe('has no key "password", which Deployment web needs (did you mean passwd?)');
    expect(draft.evidence.map(({ value }) => value)).toContain('keys that exist: username, passwd');
  });

  test('many referrers in short, the broken one first', () => {
    const others = [1, 2, 3, 4, 5].map((one) =>
      deployment(`shop/d${one}`, { spec: { template: { spec: password() } } }),
    );
    const broken = pod('shop/zz', {
      spec: password(),
      ...waiting('CreateContainerConfigError', 'secret "db" not found'),
    });
    const draft = only([...others, broken]);
    expect(draft.message).toBe('does not exist, but Pod zz and 5 more need it');
    expect(draft.evidence[1]).toMatchObject({ value: 'CreateContainerConfigError: secret "db" not found' });
    expect(draft.evidence.at(-1)).toMatchObject({ value: 'named by 2 more objects' });
    expect(draft.members).toBeUndefined();
  });

  test('a template and its pods are one referrer', () => {
    const owner = web(password());
    const set = replicaSet(owner);
    const text = 'secret "db" not found';
    const pods = ['a', 'b'].map((name) =>
      pod(`shop/web-${name}`, { ...ownedBy(set), spec: password(), ...waiting('CreateContainerConfigError', text) }),
    );
    const draft = only([owner, set, ...pods]);
    expect(draft.message).toBe('does not exist, but Deployment web needs it');
    expect(draft.values).toMatchObject({ referrer: 'web', referrer_resource: 'deployment' });
    expect(draft.evidence.map(({ path }) => path)).toEqual([
      'spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name',
      'status.containerStatuses[0].state.waiting',
    ]);
  });
});
