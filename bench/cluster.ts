/**
 * A made-up but realistic cluster as lists of JSON texts, one per object: pods of about 9 KB with managedFields, as an API server
 * sends them, and what belongs to that many pods.
 */

export interface ListPath {
  /** `/api/v1/pods` */
  readonly path: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: readonly string[];
}

const started = '2026-03-01T08:00:00Z';

/** @param pods how many pods; nodes, Services, Deployments and the rest follow from it */
export function makeCluster(pods: number): readonly ListPath[] {
  const nodes = Math.min(1_000, Math.max(100, Math.ceil(pods / 20)));
  const apps = Math.ceil(pods / 5);
  const namespaces = Math.max(3, Math.ceil(apps / 20));
  const of = (count: number, make: (index: number) => unknown) =>
    Array.from({ length: count }, (_, index) => JSON.stringify(make(index)));
  const space = (app: number) => `team-${app % namespaces}`;
  const owned = (apiVersion: string, kind: string, name: string) => [
    { apiVersion, kind, name, uid: uid(kind, name), controller: true, blockOwnerDeletion: true },
  ];
  const core = (kind: string, path: string, items: readonly string[]) => ({ path, kind, apiVersion: 'v1', items });
  return [
    core('Node', '/api/v1/nodes', of(nodes, node)),
    core(
      'Namespace',
      '/api/v1/namespaces',
      of(namespaces, (index) => ({ metadata: meta('Namespace', `team-${index}`), status: { phase: 'Active' } })),
    ),
    core(
      'Pod',
      '/api/v1/pods',
      of(pods, (index) => pod(index, nodes, space, owned)),
    ),
    core(
      'Service',
      '/api/v1/services',
      of(apps, (app) => service(app, space(app))),
    ),
    core(
      'ConfigMap',
      '/api/v1/configmaps',
      of(apps, (app) => ({
        metadata: meta('ConfigMap', `app-${app}`, space(app)),
        data: { 'app.yaml': 'x: 1\n'.repeat(300) },
      })),
    ),
    core(
      'Secret',
      '/api/v1/secrets',
      of(apps, (app) => ({
        metadata: meta('Secret', `app-${app}`, space(app)),
        type: 'Opaque',
        data: { password: 'c2VjcmV0' },
      })),
    ),
    core(
      'ServiceAccount',
      '/api/v1/serviceaccounts',
      of(namespaces, (index) => ({ metadata: meta('ServiceAccount', 'default', `team-${index}`) })),
    ),
    core(
      'Event',
      '/api/v1/events',
      of(Math.ceil(pods / 2), (index) => event(index, space)),
    ),
    {
      path: '/apis/apps/v1/deployments',
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      items: of(apps, (app) => deployment(app, space(app))),
    },
    {
      path: '/apis/apps/v1/replicasets',
      kind: 'ReplicaSet',
      apiVersion: 'apps/v1',
      items: of(apps, (app) => replicaSet(app, space(app), owned)),
    },
    {
      path: '/apis/discovery.k8s.io/v1/endpointslices',
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      items: of(apps, (app) => slice(app, space(app))),
    },
    {
      path: '/apis/coordination.k8s.io/v1/leases',
      kind: 'Lease',
      apiVersion: 'coordination.k8s.io/v1',
      items: of(nodes, lease),
    },
  ];
}

const uid = (...parts: readonly string[]) =>
  `00000000-0000-4000-8000-${Buffer.from(parts.join('/')).toString('hex').slice(-12).padStart(12, '0')}`;
const hash = (app: number) => `${(app * 7919).toString(16)}f9b8`;

function meta(kind: string, name: string, namespace?: string, more: object = {}) {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: uid(kind, namespace ?? '', name),
    resourceVersion: '123456',
    creationTimestamp: started,
    ...more,
    managedFields: managedFields(kind),
  };
}

function managedFields(kind: string) {
  const fields = (names: readonly string[]): object =>
    Object.fromEntries(names.map((name) => [`f:${name}`, { 'f:x': {}, 'f:y': {}, '.': {} }]));
  const names = Array.from({ length: kind === 'Pod' ? 20 : 6 }, (_, index) => `someFieldOfTheObject${index}`);
  return ['kube-controller-manager', 'kubelet'].map((manager) => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: started,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:metadata': fields(names), 'f:spec': fields(names) },
  }));
}

function container(app: number) {
  return {
    name: 'app',
    image: `registry.example.com/team/app-${app}:1.2.3`,
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: Array.from({ length: 29 }, (_, index) => ({ name: `SETTING_${index}`, value: `value-${index}-of-${app}` })),
    envFrom: [{ configMapRef: { name: `app-${app}` } }, { secretRef: { name: `app-${app}` } }],
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    livenessProbe: {
      httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
    readinessProbe: {
      httpGet: { path: '/readyz', port: 'http', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
}

function template(app: number) {
  return {
    metadata: { labels: { app: `app-${app}`, 'pod-template-hash': hash(app) } },
    spec: {
      containers: [container(app)],
      restartPolicy: 'Always',
      serviceAccountName: 'default',
      schedulerName: 'default-scheduler',
      securityContext: {},
    },
  };
}

/** What admission adds to every pod, together with the volume below. */
const tokenMount = {
  name: 'kube-api-access',
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  readOnly: true,
};

type Owned = (apiVersion: string, kind: string, name: string) => object;

function pod(index: number, nodes: number, space: (app: number) => string, owned: Owned) {
  const app = Math.floor(index / 5);
  const name = `app-${app}-${hash(app)}-${String(index).padStart(5, '0')}`;
  const { metadata, spec } = template(app);
  const ready = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];
  return {
    metadata: meta('Pod', name, space(app), {
      generateName: `app-${app}-${hash(app)}-`,
      labels: metadata.labels,
      annotations: { 'prometheus.io/scrape': 'true', 'checksum/config': 'c'.repeat(64) },
      ownerReferences: owned('apps/v1', 'ReplicaSet', `app-${app}-${hash(app)}`),
    }),
    spec: {
      ...spec,
      containers: spec.containers.map((one) => ({ ...one, volumeMounts: [tokenMount] })),
      nodeName: `node-${index % nodes}`,
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
      volumes: [
        {
          name: 'kube-api-access',
          projected: {
            defaultMode: 420,
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt', optional: true, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
              {
                downwardAPI: {
                  items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
                },
              },
            ],
          },
        },
      ],
    },
    status: {
      phase: 'Running',
      startTime: started,
      hostIP: '10.0.0.1',
      podIP: `10.1.${Math.floor(index / 250) % 250}.${index % 250}`,
      qosClass: 'Burstable',
      conditions: ready.map((type) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: started })),
      containerStatuses: [
        {
          name: 'app',
          image: container(app).image,
          imageID: `registry.example.com/team/app@sha256:${'a'.repeat(64)}`,
          containerID: `containerd://${String(index).padStart(64, 'b')}`,
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: started } },
          lastState: {},
        },
      ],
    },
  };
}

function node(index: number) {
  const size = { cpu: '16', memory: '64Gi', pods: '110', 'ephemeral-storage': '200Gi' };
  const name = `node-${index}`;
  const conditions = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    reason: 'Kubelet',
    lastHeartbeatTime: started,
    lastTransitionTime: started,
  }));
  return {
    metadata: meta('Node', name, undefined, {
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    }),
    spec: {},
    status: {
      addresses: [
        { type: 'InternalIP', address: `10.0.${Math.floor(index / 250)}.${1 + (index % 250)}` },
        { type: 'Hostname', address: name },
      ],
      capacity: size,
      allocatable: size,
      conditions,
      nodeInfo: { kubeletVersion: 'v1.36.3', kernelVersion: '6.1.0' },
      images: Array.from({ length: 30 }, (_, image) => ({
        names: [`registry.example.com/image-${image}@sha256:${'c'.repeat(64)}`],
        sizeBytes: 1e8,
      })),
    },
  };
}

function service(app: number, namespace: string) {
  return {
    metadata: meta('Service', `app-${app}`, namespace),
    spec: {
      selector: { app: `app-${app}` },
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      clusterIP: `10.96.${1 + Math.floor(app / 250)}.${1 + (app % 250)}`,
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  };
}

function deployment(app: number, namespace: string) {
  const conditions = ['Available', 'Progressing'].map((type) => ({
    type,
    status: 'True',
    reason: 'NewReplicaSetAvailable',
    lastUpdateTime: started,
    lastTransitionTime: started,
  }));
  return {
    metadata: meta('Deployment', `app-${app}`, namespace, { generation: 1 }),
    spec: { replicas: 5, selector: { matchLabels: { app: `app-${app}` } }, template: template(app) },
    status: {
      observedGeneration: 1,
      replicas: 5,
      updatedReplicas: 5,
      readyReplicas: 5,
      availableReplicas: 5,
      conditions,
    },
  };
}

function replicaSet(app: number, namespace: string, owned: Owned) {
  return {
    metadata: meta('ReplicaSet', `app-${app}-${hash(app)}`, namespace, {
      generation: 1,
      ownerReferences: owned('apps/v1', 'Deployment', `app-${app}`),
    }),
    spec: { replicas: 5, selector: { matchLabels: { app: `app-${app}` } }, template: template(app) },
    status: { observedGeneration: 1, replicas: 5, readyReplicas: 5, availableReplicas: 5 },
  };
}

function slice(app: number, namespace: string) {
  const endpoints = Array.from({ length: 5 }, (_, index) => ({
    addresses: [`10.1.${app % 250}.${index}`],
    conditions: { ready: true, serving: true, terminating: false },
    targetRef: { kind: 'Pod', namespace, name: `app-${app}-${hash(app)}-${String(app * 5 + index).padStart(5, '0')}` },
  }));
  return {
    metadata: meta('EndpointSlice', `app-${app}-abcde`, namespace, {
      labels: { 'kubernetes.io/service-name': `app-${app}` },
    }),
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  };
}

function lease(index: number) {
  return {
    metadata: meta('Lease', `node-${index}`, 'kube-node-lease'),
    spec: {
      holderIdentity: `node-${index}`,
      leaseDurationSeconds: 40,
      renewTime: new Date().toISOString().replace('Z', '000Z'),
    },
  };
}

function event(index: number, space: (app: number) => string) {
  const app = Math.floor(index / 5);
  const name = `app-${app}-${hash(app)}-${String(index).padStart(5, '0')}`;
  return {
    metadata: meta('Event', `${name}.${index}`, space(app)),
    involvedObject: { kind: 'Pod', apiVersion: 'v1', namespace: space(app), name, uid: uid('Pod', space(app), name) },
    reason: 'Pulled',
    type: 'Normal',
    message: 'Container image already present on machine',
    count: 1,
    firstTimestamp: started,
    lastTimestamp: started,
    source: { component: 'kubelet', host: 'node-1' },
  };
}
