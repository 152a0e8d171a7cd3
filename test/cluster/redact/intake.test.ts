import { expect, test } from 'vitest';
import { intake } from '../../../src/cluster/redact/intake.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import type { Resource, ResourceTypes } from '../../../src/model/resources.ts';
import { object, type Patch, pod } from '../../support/objects.ts';
import { selfSigned } from './certificate.ts';

function taken<R extends Resource>(resource: R, raw: unknown): ResourceTypes[R] {
  const result = intake(resource, raw);
  if ('problem' in result) throw new Error(result.problem);
  return result.object as unknown as ResourceTypes[R];
}

/** The container of a pod after the intake. */
const container = (patch: Patch) =>
  taken('pods', pod('shop/a', { spec: { containers: [{ name: 'app', image: 'x', ...patch }] } })).spec.containers[0];

test('list items get what they lack, nulls and unread fields go', () => {
  const raw = {
    metadata: {
      name: 'a',
      namespace: 'shop',
      managedFields: [{ manager: 'x' }],
      selfLink: '/x',
      creationTimestamp: null,
      labels: { a: 'b' },
    },
    spec: { containers: [{ name: 'app', resources: {}, lifecycle: null }], nodeName: null },
    status: {
      containerStatuses: [
        { name: 'app', imageID: 'sha256:1', containerID: 'x', ready: false, restartCount: 0, lastState: {} },
      ],
    },
  };
  expect(taken('pods', raw)).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'shop', labels: { a: 'b' } },
    spec: { containers: [{ name: 'app', resources: {} }] },
    status: { containerStatuses: [{ name: 'app', ready: false, restartCount: 0, lastState: {} }] },
  });
});

test('entries of lists that lack what the API server wants of them go, the others stay', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'a' };
  const one = taken('pods', {
    metadata: { name: 'a', namespace: 'shop', ownerReferences: [{ kind: 'ReplicaSet', name: 'a' }, owner, null] },
    spec: { containers: [{ name: 'app', ports: [null, { containerPort: 1 }] }, { image: 'x' }] },
    status: { conditions: [{ status: 'True' }, { type: 'Ready', status: 'True' }], containerStatuses: {} },
  });
  expect(one.status).not.toHaveProperty('containerStatuses');
  expect(one).toMatchObject({
    metadata: { ownerReferences: [owner] },
    spec: { containers: [{ name: 'app', ports: [{ containerPort: 1 }] }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const slice = taken('endpointslices.discovery.k8s.io', {
    metadata: { name: 'a', namespace: 'shop' },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
  });
  expect(slice.endpoints).toEqual([{ addresses: ['10.0.0.1'], conditions: { ready: true } }]);
});

test.each(['x', '', 7, true, {}, { a: 1 }])('what should be a list or a text, and is %j, goes', (odd) => {
  const lists = ['conditions', 'containerStatuses', 'initContainerStatuses'];
  const ofSpec = ['volumes', 'tolerations', 'initContainers', 'imagePullSecrets', 'topologySpreadConstraints'];
  const ofContainer = ['command', 'args', 'env', 'envFrom', 'ports', 'volumeMounts'];
  const all = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, odd]));
  const message = typeof odd === 'string' ? {} : { message: odd };
  const one = taken('pods', {
    metadata: { name: 'a', namespace: 'shop', ownerReferences: odd },
    spec: { ...all(ofSpec), containers: [{ name: 'app', image: 'x', ...all(ofContainer) }] },
    status: { phase: 'Running', ...all(lists), ...message },
  });
  expect(one).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'shop' },
    spec: { containers: [{ name: 'app', image: 'x' }] },
    status: { phase: 'Running' },
  });
});

test.each<[Resource, unknown, string]>([
  ['pods', undefined, 'is not an object'],
  ['pods', null, 'is not an object'],
  ['pods', [], 'is not an object'],
  ['pods', {}, 'has no metadata'],
  ['pods', { metadata: [] }, 'has no metadata'],
  ['pods', { metadata: { name: 7 } }, 'has no metadata.name'],
  ['pods', { metadata: { name: 'a' } }, 'has no metadata.namespace'],
  ['pods', { metadata: { name: 'a', namespace: 7 } }, 'metadata.namespace is not a string'],
  ['pods', { metadata: { name: 'a', namespace: 'shop' } }, 'spec is not an object'],
  ['pods', { metadata: { name: 'a', namespace: 'shop' }, spec: { containers: {} } }, 'spec.containers is not a list'],
  [
    'cronjobs.batch',
    { metadata: { name: 'a', namespace: 'shop' }, spec: {} },
    'spec.jobTemplate.spec.template.spec.containers is not a list',
  ],
  ['runtimeclasses.node.k8s.io', { metadata: { name: 'a' } }, 'handler is not a string'],
])('%s %j is not taken: %s', (resource, raw, problem) => {
  expect(intake(resource, raw)).toEqual({ problem });
});

test.each<[Resource, unknown]>([
  ['csinodes.storage.k8s.io', { metadata: { name: 'n1' }, spec: { drivers: null } }],
  ['limitranges', { metadata: { name: 'a', namespace: 'shop' }, spec: { limits: null } }],
])('%s whose list is empty is written with null by the API server, and taken', (resource, raw) => {
  expect(intake(resource, raw)).toMatchObject({ object: { spec: {} } });
});

test('cluster-scoped objects have no namespace', () => {
  expect(taken('nodes', { metadata: { name: 'n1', namespace: 'x' }, spec: {} }).metadata).toEqual({ name: 'n1' });
});

test.each<[string, string, string | undefined]>([
  ['DB_PASSWORD', 'hunter2', undefined],
  ['GREETING', 'hunter2', undefined],
  ['GREETING', 'some words', undefined],
  ['PORT', '8080', undefined],
  ['NVIDIA_VISIBLE_DEVICES', 'all', 'all'],
  ['NVIDIA_REQUIRE_CUDA', 'cuda>=12.2 brand=tesla,driver>=470', 'cuda>=12.2 brand=tesla,driver>=470'],
  ['NVIDIA_API_KEY', 'hunter2', undefined],
  ['CUDA_VERSION', '12.8.0', '12.8.0'],
  ['OLLAMA_HOST', '0.0.0.0:11434', '0.0.0.0:11434'],
  ['OLLAMA_HOST', 'http://me:hunter2@ollama:11434', 'http://ollama:11434'],
  ['OLLAMA_API_KEY', 'hunter2', undefined],
  ['DATABASE_URL', 'postgres://me:hunter2@db:5432/shop?password=hunter2', 'postgres://db:5432'],
  ['DATABASE_URL', 'postgres://me:hun@ter2@db:5432/shop', 'postgres://db:5432'],
  ['DATABASE_URL', 'postgres://me:hun/ter2@db:5432/shop', undefined],
  ['JDBC', 'jdbc:postgresql://db.shop.svc.cluster.local:5432/x', 'jdbc:postgresql://db.shop.svc.cluster.local:5432'],
  ['JDBC', 'jdbc:sqlserver://db:1433;password=hunter2', undefined],
  ['CACHE', 'redis.shop:6379', 'redis.shop:6379'],
  ['CACHE', 'redis.shop.svc', 'redis.shop.svc'],
  ['CACHE', 'redis', undefined],
  ['CACHE_HOST', 'redis', 'redis'],
  ['AUTH_SERVICE_HOST', 'auth', 'auth'],
  [
    'BROKERS',
    'kafka-0.kafka.shop.svc:9092,kafka-1.kafka.shop.svc:9092',
    'kafka-0.kafka.shop.svc:9092,kafka-1.kafka.shop.svc:9092',
  ],
  ['MONGO', 'mongodb://me:hunter2@m-0.m:27017,m-1.m:27017/x', 'mongodb://m-0.m:27017,m-1.m:27017'],
  ['WEBHOOK', 'https://hooks.example.com/services/T0/hunter2', undefined],
  ['BASE', 'http://web/token/hunter2', 'http://web'],
  ['ADDRESS', '10.0.0.1:80', undefined],
  ['CREDENTIALS', 'admin:12345', undefined],
  ['BASIC_AUTH', 'admin:12345', undefined],
  ['TOKEN', 'hunter2:443', undefined],
])('env %s=%s is kept as %s', (name, value, expected) => {
  expect(container({ env: [{ name, value }] })?.env).toEqual([
    expected === undefined ? { name } : { name, value: expected },
  ]);
});

test('where a variable comes from is kept', () => {
  const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'password', optional: true } } }];
  expect(container({ env })?.env).toEqual(env);
  expect(container({ env: [...env, 'odd', null] })?.env).toEqual(env);
});

test.each<[readonly string[], readonly string[]]>([
  [
    ['--port=8080', '-v', '2'],
    ['--port=8080', '-v', '2'],
  ],
  [['--password=hunter2'], ['--password=***']],
  [
    ['--db-password', 'hunter2', '--port', '80'],
    ['--db-password', '***', '--port', '80'],
  ],
  [
    ['--api-key', 'hunter2'],
    ['--api-key', '***'],
  ],
  [
    ['-token', 'hunter2'],
    ['-token', '***'],
  ],
  [
    ['--no-password', 'x'],
    ['--no-password', 'x'],
  ],
  [
    ['--password', '--port=1'],
    ['--password', '--port=1'],
  ],
  [
    ['--token-auth-file=/etc/tokens', '--secret-name', 'db'],
    ['--token-auth-file=/etc/tokens', '--secret-name', 'db'],
  ],
  [['--tls-private-key-file=/etc/key.pem'], ['--tls-private-key-file=/etc/key.pem']],
  [
    ['--enable-ssl-passthrough', '8443'],
    ['--enable-ssl-passthrough', '8443'],
  ],
  [
    ['mysql', '-u', 'root', '-phunter2'],
    ['mysql', '-u', 'root', '-p***'],
  ],
  [
    ['mysqladmin', '-p', 'hunter2', 'ping'],
    ['mysqladmin', '-p', '***', 'ping'],
  ],
  [
    ['redis-cli', '-a', 'hunter2', 'ping'],
    ['redis-cli', '-a', '***', 'ping'],
  ],
  [
    ['server', '-p', '8080'],
    ['server', '-p', '8080'],
  ],
  [
    ['sh', '-c', 'mysql -u root -phunter2 -e "select 1"'],
    ['sh', '-c', 'mysql -u root -p*** -e "select 1"'],
  ],
  [
    ['sh', '-c', 'export DB_PASSWORD=hunter2 && run'],
    ['sh', '-c', 'export DB_PASSWORD=*** && run'],
  ],
  [
    ['sh', '-c', 'run --password "hun ter2" --port 80'],
    ['sh', '-c', 'run --password "***" --port 80'],
  ],
  [
    ['sh', '-c', "echo 'password: hunter2' > x"],
    ['sh', '-c', "echo 'password: ***' > x"],
  ],
  [
    ['curl', '-u', 'me:hunter2', 'http://x'],
    ['curl', '-u', 'me:***', 'http://x'],
  ],
  [
    ['sh', '-c', 'curl -u me:hunter2 http://x'],
    ['sh', '-c', 'curl -u me:*** http://x'],
  ],
  [
    ['sh', '-c', 'curl -H "Authorization: Bearer hunter2hunter2" http://x'],
    ['sh', '-c', 'curl -H "Authorization: ***" http://x'],
  ],
  [['--url=https://me:hunter2@host/x'], ['--url=https://***@host/x']],
  [['--config={"password": "hunter2", "port": 1}'], ['--config={"password": "***", "port": 1}']],
  [['-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----'], ['***']],
])('arguments %j', (args, expected) => {
  expect(container({ args })?.args).toEqual(expected);
  const lifecycle = { preStop: { exec: { command: args } } };
  expect(container({ lifecycle })?.lifecycle).toEqual({ preStop: { exec: { command: expected } } });
});

test('a command tells how to read the arguments beside it', () => {
  expect(container({ command: ['mysqldump'], args: ['-phunter2'] })?.args).toEqual(['-p***']);
});

test('headers of probes keep their names, and Host its value', () => {
  const httpHeaders = [
    { name: 'Authorization', value: 'Bearer hunter2' },
    { name: 'X-Key', value: 'hunter2' },
    { name: 'Host', value: 'a.example.com' },
  ];
  expect(
    container({ livenessProbe: { httpGet: { port: 80, httpHeaders } } })?.livenessProbe?.httpGet?.httpHeaders,
  ).toEqual([{ name: 'Authorization' }, { name: 'X-Key' }, { name: 'Host', value: 'a.example.com' }]);
});

test('annotations: copies go, documents are masked, the rest stays', () => {
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"hunter2"}}',
    'kapp.k14s.io/original': '{"apiVersion":"v1","data":{"a":"hunter2"}}',
    'objectset.rio.cattle.io/applied': 'H4sIAAAA',
    'example.com/copy': '{"apiVersion":"v1","stringData":{"a":"hunter2"}}',
    'kubernetes.io/change-cause': 'kubectl set env deploy/x DB_PASSWORD=hunter2 --record=true',
    'deployment.kubernetes.io/revision': '3',
    'nginx.ingress.kubernetes.io/auth-url': 'https://me:hunter2@auth.example.com/x',
    'alb.ingress.kubernetes.io/actions.redirect': '{"Type":"redirect"}',
  };
  expect(
    taken('services', object('services', 'shop/a', { metadata: { annotations }, spec: {} })).metadata.annotations,
  ).toEqual({
    'example.com/copy': '***',
    'kubernetes.io/change-cause': 'kubectl set env deploy/x DB_PASSWORD=*** --record=true',
    'deployment.kubernetes.io/revision': '3',
    'nginx.ingress.kubernetes.io/auth-url': 'https://***@auth.example.com/x',
    'alb.ingress.kubernetes.io/actions.redirect': '{"Type":"redirect"}',
  });
});

test.each<[string, string]>([
  ['secret "db" not found', 'secret "db" not found'],
  ["couldn't find key password in Secret shop/db", "couldn't find key password in Secret shop/db"],
  [
    'MountVolume.SetUp failed for volume "token" : secret "token" not found',
    'MountVolume.SetUp failed for volume "token" : secret "token" not found',
  ],
  [
    'exceeded quota: q, requested: secrets=1, used: count/secrets=10, limited: secrets=10',
    'exceeded quota: q, requested: secrets=1, used: count/secrets=10, limited: secrets=10',
  ],
  [
    'failed to fetch anonymous token: unexpected status from GET request to https://auth.docker.io/token?scope=repository%3Alibrary: 401 Unauthorized',
    'failed to fetch anonymous token: unexpected status from GET request to https://auth.docker.io/token?scope=repository%3Alibrary: 401 Unauthorized',
  ],
  [
    'Failed to pull image "https://me:hunter2@registry/x": denied',
    'Failed to pull image "https://***@registry/x": denied',
  ],
  ['connect failed: password=hunter2 host=db', 'connect failed: password=*** host=db'],
  ['sent Authorization: Bearer abcdefgh', 'sent Authorization: ***'],
  [
    'WWW-Authenticate: Bearer realm="https://auth.example.com/token"',
    'WWW-Authenticate: Bearer realm="https://auth.example.com/token"',
  ],
  [
    'unexpected commit digest sha256:0a1b2c, expected sha256:3d4e5f: failed precondition',
    'unexpected commit digest sha256:0a1b2c, expected sha256:3d4e5f: failed precondition',
  ],
  ['Basic authentication required', 'Basic authentication required'],
  ['sent Bearer abc.def.123', 'sent Bearer ***'],
  [
    'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  ],
  ['no basic auth credentials', 'no basic auth credentials'],
  [
    '0/3 nodes are available: 3 node(s) had untolerated taint(s)',
    '0/3 nodes are available: 3 node(s) had untolerated taint(s)',
  ],
])('messages: %s', (message, expected) => {
  expect(taken('events', object('events', 'shop/a', { message })).message).toBe(expected);
  const state = { terminated: { exitCode: 1, message } };
  const status = { containerStatuses: [{ name: 'app', state }] };
  expect(taken('pods', pod('shop/a', { status })).status?.containerStatuses?.[0]?.state?.terminated?.message).toBe(
    expected,
  );
});

test('parameters and mount options', () => {
  const parameters = {
    restuserkey: 'hunter2',
    adminSecretNamespace: 'kube-system',
    'csi.storage.k8s.io/provisioner-secret-name': 'x',
    type: 'gp3',
    adminPassword: 'hunter2',
  };
  expect(
    taken(
      'storageclasses.storage.k8s.io',
      object('storageclasses.storage.k8s.io', 'a', {
        parameters,
        mountOptions: ['vers=4', 'username=me,password=hunter2'],
      }),
    ),
  ).toMatchObject({
    parameters: { ...parameters, restuserkey: '***', adminPassword: '***' },
    mountOptions: ['vers=4', 'username=me,password=***'],
  });
});

test('a caBundle keeps its certificates and nothing else', () => {
  const { certificate, key } = selfSigned();
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const bundle = (caBundle: string) =>
    taken(
      'apiservices.apiregistration.k8s.io',
      object('apiservices.apiregistration.k8s.io', 'v1.x', { spec: { caBundle } }),
    ).spec.caBundle;
  expect(bundle(base64(certificate))).toBe(base64(certificate));
  expect(bundle(base64(`# hunter2\n${certificate}`))).toBe(base64(certificate));
  expect(bundle(base64(certificate + key))).toBeUndefined();
});

test('labels named like fields are labels', () => {
  const labels = { env: 'prod', command: 'x', message: 'password=1', annotations: 'y', images: 'z', items: 'w' };
  expect(
    taken('nodes', object('nodes', 'n1', { metadata: { labels }, spec: {}, status: { images: [{ names: ['x'] }] } })),
  ).toMatchObject({ metadata: { labels }, status: {} });
});

test('the raw object is not changed, and equal parts of different objects are one', () => {
  const raw = pod('shop/a', { metadata: { managedFields: [{}] } });
  const before = JSON.stringify(raw);
  const [first, second] = [taken('pods', raw), taken('pods', JSON.parse(before))] as [KubeObject, KubeObject];
  expect(JSON.stringify(raw)).toBe(before);
  expect(second).toEqual(first);
  expect((second as ResourceTypes['pods']).spec.tolerations).toBe((first as ResourceTypes['pods']).spec.tolerations);
});
