/** Healthy objects with what an API server and kubelets would have filled in; tests override what they are about. */
import type { KubeObject } from '../../src/model/object.ts';
import { type Resource, resourceOf, resources, type ResourceTypes } from '../../src/model/resources.ts';

/** The moment of every test snapshot. */
export const now = '2026-03-01T12:00:00Z';

/** A time before `now`: `ago('5m')`, `ago('2h')`, `ago('3d')`, `ago('40s')`. */
export function ago(text: string): string {
  const match = /^(\d+)([smhd])$/.exec(text);
  if (match === null) throw new Error(`not a length of time: ${text}`);
  const size = { s: 1, m: 60, h: 3_600, d: 86_400 }[match[2] as 's' | 'm' | 'h' | 'd'];
  return new Date(Date.parse(now) - Number(match[1]) * size * 1000).toISOString().replace('.000Z', 'Z');
}

/** A part of an object, at any depth. Arrays replace, objects merge, `undefined` removes. */
export type Patch = { [key: string]: unknown };

/** An object of any resource the tool reads: `object('services', 'shop/web', { spec: { ... } })`. */
export function object<R extends Resource>(resource: R, name: string, patch: Patch = {}): ResourceTypes[R] {
  const { apiVersion, kind, namespaced } = resources[resource];
  const slash = name.indexOf('/');
  const metadata: Patch = {
    name: slash === -1 ? name : name.slice(slash + 1),
    ...(namespaced ? { namespace: slash === -1 ? 'shop' : name.slice(0, slash) } : {}),
    uid: `uid-${kind}-${name}`,
    creationTimestamp: ago('2d'),
  };
  return merge({ apiVersion, kind, metadata }, patch) as ResourceTypes[R];
}

/** A pod that runs and is ready, with one container `app`, on node `n1`. */
export function pod(name: string, patch: Patch = {}): ResourceTypes['pods'] {
  return object('pods', name, merge(healthyPod, patch) as Patch);
}

/** A pod that the scheduler has not placed yet. */
export function pendingPod(name: string, patch: Patch = {}): ResourceTypes['pods'] {
  const pending = {
    spec: { nodeName: undefined },
    status: {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/1 nodes are available',
          lastTransitionTime: ago('1h'),
        },
      ],
      containerStatuses: undefined,
      startTime: undefined,
    },
  };
  return pod(name, merge(pending, patch) as Patch);
}

const healthyPod: Patch = {
  metadata: { labels: { app: 'web' } },
  spec: {
    nodeName: 'n1',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    serviceAccountName: 'default',
    terminationGracePeriodSeconds: 30,
    containers: [
      { name: 'app', image: 'registry.example.com/app:1.2.3', ports: [{ containerPort: 8080 }], resources: {} },
    ],
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
  },
  status: {
    phase: 'Running',
    startTime: ago('2d'),
    conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: ago('2d'),
    })),
    containerStatuses: [
      {
        name: 'app',
        image: 'registry.example.com/app:1.2.3',
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: ago('2d') } },
      },
    ],
  },
};

/** A Ready node with 4 CPUs, 16 GiB and room for 110 pods. */
export function node(name: string, patch: Patch = {}): ResourceTypes['nodes'] {
  const conditions = [
    ...['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({
      type,
      status: 'False',
      lastTransitionTime: ago('2d'),
    })),
    { type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: ago('2d') },
  ];
  const size = { cpu: '4', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' };
  const healthy = {
    metadata: {
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
    spec: {},
    status: {
      conditions,
      capacity: size,
      allocatable: size,
      nodeInfo: {
        kubeletVersion: 'v1.36.3',
        kernelVersion: '6.1.0',
        osImage: 'Debian',
        architecture: 'amd64',
        operatingSystem: 'linux',
      },
    },
  };
  return object('nodes', name, merge(healthy, patch) as Patch);
}

/** A Deployment of two replicas, all available, that selects `app: NAME`. */
export function deployment(name: string, patch: Patch = {}): ResourceTypes['deployments.apps'] {
  const app = name.split('/').at(-1)!;
  const healthy = {
    metadata: { generation: 1 },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
      template: template(app),
    },
    status: {
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      conditions: [
        {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          lastTransitionTime: ago('2d'),
          lastUpdateTime: ago('2d'),
        },
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          lastTransitionTime: ago('2d'),
          lastUpdateTime: ago('2d'),
        },
      ],
    },
  };
  return object('deployments.apps', name, merge(healthy, patch) as Patch);
}

/** The ReplicaSet of a Deployment, with the owner reference and hash label that the controller writes. */
export function replicaSet(
  owner: KubeObject,
  hash = '6d5f7c9b8',
  patch: Patch = {},
): ResourceTypes['replicasets.apps'] {
  const app = owner.metadata.name;
  const healthy = {
    metadata: {
      generation: 1,
      labels: { app, 'pod-template-hash': hash },
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      ownerReferences: [ownerReference(owner)],
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app, 'pod-template-hash': hash } },
      template: merge(template(app), { metadata: { labels: { 'pod-template-hash': hash } } }),
    },
    status: { observedGeneration: 1, replicas: 2, readyReplicas: 2, availableReplicas: 2, fullyLabeledReplicas: 2 },
  };
  return object('replicasets.apps', `${owner.metadata.namespace}/${app}-${hash}`, merge(healthy, patch) as Patch);
}

/** The patch that makes an object owned by a controller, with the labels of its template: `pod('web-1', ownedBy(rs))`. */
export function ownedBy(owner: KubeObject): Patch {
  const labels =
    (owner as unknown as { spec?: { template?: { metadata?: { labels?: Patch } } } }).spec?.template?.metadata
      ?.labels ?? {};
  return { metadata: { namespace: owner.metadata.namespace, labels, ownerReferences: [ownerReference(owner)] } };
}

function ownerReference(owner: KubeObject): Patch {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** What says that a spec was last written so long ago. */
export function written(time: string): Patch {
  return { metadata: { managedFields: [{ time: ago(time), fieldsV1: { 'f:spec': {} } }] } };
}

/** A pod template with one container `app` and the label `app: NAME`. */
export function template(app: string): Patch {
  return {
    metadata: { labels: { app } },
    spec: {
      containers: [{ name: 'app', image: 'registry.example.com/app:1.2.3', resources: {} }],
      restartPolicy: 'Always',
    },
  };
}

/** An event about an object, as an old-style writer makes it. */
export function event(about: KubeObject, reason: string, message: string, patch: Patch = {}): ResourceTypes['events'] {
  const { apiVersion, kind, metadata } = about;
  const healthy = {
    involvedObject: {
      apiVersion,
      kind,
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      uid: metadata.uid,
    },
    reason,
    message,
    type: 'Warning',
    count: 3,
    firstTimestamp: ago('30m'),
    lastTimestamp: ago('1m'),
    source: { component: 'kubelet' },
  };
  serial += 1;
  return object(
    'events',
    `${metadata.namespace ?? 'default'}/${metadata.name}.${serial}`,
    merge(healthy, patch) as Patch,
  );
}

let serial = 0;

/** Merges patches into an object: arrays replace, objects merge, `undefined` removes. Neither argument is changed. */
export function merge(base: unknown, patch: unknown): unknown {
  if (!isRecord(base) || !isRecord(patch)) return patch;
  const result: Patch = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) delete result[key];
    else result[key] = key in result ? merge(result[key], value) : strip(value);
  }
  return result;
}

function strip(value: unknown): unknown {
  return isRecord(value) ? merge({}, value) : value;
}

function isRecord(value: unknown): value is Patch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The resource of an object, for tests that mix kinds. */
export function resourceOfObject(one: KubeObject): Resource {
  const resource = resourceOf(one.apiVersion, one.kind);
  if (resource === undefined) throw new Error(`no such resource: ${one.apiVersion} ${one.kind}`);
  return resource;
}
