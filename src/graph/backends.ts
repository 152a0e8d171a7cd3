import { groupOf, type KubeObject } from '../model/object.ts';
import type { Pod, Resource, ResourceTypes, Service } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { groupBy, once } from './memo.ts';
import { matchesLabels } from './selectors.ts';

const workloadResources = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicasets.apps',
  'replicationcontrollers',
  'jobs.batch',
  'cronjobs.batch',
] as const satisfies readonly Resource[];

type WorkloadResource = (typeof workloadResources)[number];

/** What must be read to tell what a Service stands on. */
export type BackendReads = 'pods' | 'endpointslices.discovery.k8s.io' | WorkloadResource;

/** A controller whose pod template a Service selects. */
export interface SelectedWorkload {
  readonly object: KubeObject;
  /** Why it need not have a running pod now: `is scaled to zero`; undefined where it should have one. */
  readonly idle: string | undefined;
  /** The labels of its pod template. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a Service stands on, as far as it could be seen. */
export interface Backends {
  /** Pods that match the selector, without those that have ended. */
  readonly pods: readonly Pod[];
  /** Pods that match and are Succeeded or Failed: the endpoint controllers leave them out. */
  readonly ended: readonly Pod[];
  /** Whether all pods of the namespace could be seen. */
  readonly podsSeen: boolean;
  /** Controllers whose template matches the selector. A ReplicaSet of a Deployment is left out, the Deployment stands for it. */
  readonly workloads: readonly SelectedWorkload[];
  readonly workloadsSeen: boolean;
  /** Whether all Deployments of the namespace could be seen: of recordings that name kinds one by one, few hold them all. */
  readonly deploymentsSeen: boolean;
  readonly slices: readonly ResourceTypes['endpointslices.discovery.k8s.io'][];
  /** Whether all slices of the namespace could be seen. */
  readonly slicesSeen: boolean;
  /** Endpoints that get traffic: a condition `ready` that is absent counts as true (discovery/v1). */
  readonly readyEndpoints: number;
  readonly endpoints: number;
}

/** The pods, controllers and EndpointSlices of a Service. A Service without a selector has only slices. */
export function backendsOf(snapshot: Snapshot<BackendReads>, service: Service): Backends {
  return all(snapshot)(service);
}

const all = once((snapshot: Snapshot<BackendReads>) => once((service: Service) => collect(snapshot, service)));

function collect(snapshot: Snapshot<BackendReads>, service: Service): Backends {
  const { namespace } = service.metadata;
  const selector = service.spec.selector ?? {};
  const selects = Object.keys(selector).length > 0;
  const pods = snapshot.list('pods', namespace);
  const matching = selects ? pods.items.filter((pod) => matchesLabels(selector, pod.metadata.labels)) : [];
  const workloads = workloadsIn(snapshot, namespace);
  const slices = slicesOf(snapshot, service);
  const endpoints = slices.flatMap((slice) => slice.endpoints ?? []);
  return {
    pods: matching.filter((pod) => !hasEnded(pod)),
    ended: matching.filter(hasEnded),
    podsSeen: pods.complete,
    workloads: selects ? workloads.filter(({ labels }) => matchesLabels(selector, labels)) : [],
    deploymentsSeen: snapshot.list('deployments.apps', namespace).complete,
    workloadsSeen: workloadResources.every((resource) => snapshot.list(resource, namespace).complete),
    slices,
    slicesSeen: snapshot.list('endpointslices.discovery.k8s.io', namespace).complete,
    readyEndpoints: endpoints.filter((endpoint) => endpoint.conditions?.ready !== false).length,
    endpoints: endpoints.length,
  };
}

function hasEnded(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

function slicesOf(snapshot: Snapshot<BackendReads>, service: Service) {
  return slicesByService(snapshot).get(`${service.metadata.namespace ?? ''}/${service.metadata.name}`) ?? [];
}

const slicesByService = once((snapshot: Snapshot<BackendReads>) =>
  groupBy(snapshot.list('endpointslices.discovery.k8s.io').items, ({ metadata }) => {
    const service = metadata.labels?.['kubernetes.io/service-name'];
    return service === undefined ? undefined : `${metadata.namespace ?? ''}/${service}`;
  }),
);

/** Every controller of a namespace with the labels its pods get. */
export function workloadsIn(
  snapshot: Snapshot<WorkloadResource>,
  namespace: string | undefined,
): readonly SelectedWorkload[] {
  return workloadsByNamespace(snapshot).get(namespace ?? '') ?? [];
}

const workloadsByNamespace = once((snapshot: Snapshot<WorkloadResource>) =>
  groupBy(everyWorkload(snapshot), ({ object }) => object.metadata.namespace ?? ''),
);

function* everyWorkload(snapshot: Snapshot<WorkloadResource>): Generator<SelectedWorkload> {
  for (const resource of [
    'deployments.apps',
    'statefulsets.apps',
    'replicasets.apps',
    'replicationcontrollers',
  ] as const) {
    for (const object of snapshot.list(resource).items) {
      if (ofDeployment(object)) continue;
      const idle = object.spec.replicas === 0 ? 'is scaled to zero' : undefined;
      yield { object, idle, labels: object.spec.template?.metadata?.labels ?? {} };
    }
  }
  for (const object of snapshot.list('daemonsets.apps').items) {
    const idle = object.status?.desiredNumberScheduled === 0 ? 'has no node to run on' : undefined;
    yield { object, idle, labels: object.spec.template?.metadata?.labels ?? {} };
  }
  for (const object of snapshot.list('jobs.batch').items) {
    yield { object, idle: idleJob(object), labels: object.spec.template?.metadata?.labels ?? {} };
  }
  for (const object of snapshot.list('cronjobs.batch').items) {
    const idle = object.spec.suspend === true ? 'is suspended' : 'runs on a schedule';
    yield { object, idle, labels: object.spec.jobTemplate?.spec?.template?.metadata?.labels ?? {} };
  }
}

function ofDeployment(object: KubeObject): boolean {
  return (object.metadata.ownerReferences ?? []).some(
    ({ controller, kind, apiVersion }) =>
      controller === true && kind === 'Deployment' && groupOf(apiVersion) === 'apps',
  );
}

function idleJob(job: ResourceTypes['jobs.batch']): string | undefined {
  if (job.spec.suspend === true) return 'is suspended';
  const ended = job.status?.conditions?.find(
    ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
  );
  return ended === undefined ? undefined : ended.type === 'Complete' ? 'has completed' : 'has ended';
}
