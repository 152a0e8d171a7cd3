import type * as k8s from '@kubernetes/client-node/dist/gen/models/all.js';
import type { CertificateResourceTypes } from './certificate-resources.ts';
import type { GpuResourceTypes } from './gpu-resources.ts';
import type { KubeObject } from './object.ts';
import type { Wire } from './wire.ts';

type Kind<T> = Wire<T> & KubeObject;
type KindWithSpec<T extends { spec?: unknown }> = Kind<T> & {
  readonly spec: NonNullable<Wire<T>['spec' & keyof Wire<T>]>;
};

/** What is kept of a Secret: never a value, save the public halves of certificates. */
export interface SecretFacts extends KubeObject {
  readonly type: string;
  /** The names of `data`. */
  readonly keys: readonly string[];
  /** PEM text by key, of `tls.crt`, `ca.crt` and their like. */
  readonly certificates?: Readonly<Record<string, string>>;
  /** Hosts of a pull Secret (`kubernetes.io/dockerconfigjson`, `kubernetes.io/dockercfg`). */
  readonly registries?: readonly string[];
  /** Whether `tls.key` is the private half of the first certificate in `tls.crt`. */
  readonly keyMatchesCertificate?: boolean;
  /** Keys that should hold a certificate or a private key, and hold none that can be read: cut, empty, encrypted, DER in place of PEM. */
  readonly unreadable?: readonly string[];
}

/** What is kept of a ConfigMap. */
export interface ConfigMapFacts extends KubeObject {
  /** The names of `data` and `binaryData`. */
  readonly keys: readonly string[];
  /** PEM text by key, where a value holds certificates. */
  readonly certificates?: Readonly<Record<string, string>>;
  /** Whole texts of documents that diagnosis knows (the Corefile of CoreDNS). */
  readonly documents?: Readonly<Record<string, string>>;
}

/** The type of an object by its resource, named `plural.group` as kubectl does, for kinds alone collide. */
export interface ResourceTypes extends CertificateResourceTypes, GpuResourceTypes {
  'apiservices.apiregistration.k8s.io': KindWithSpec<k8s.V1APIService>;
  configmaps: ConfigMapFacts;
  'cronjobs.batch': KindWithSpec<k8s.V1CronJob>;
  'csidrivers.storage.k8s.io': KindWithSpec<k8s.V1CSIDriver>;
  'csinodes.storage.k8s.io': KindWithSpec<k8s.V1CSINode>;
  'daemonsets.apps': KindWithSpec<k8s.V1DaemonSet>;
  'deployments.apps': KindWithSpec<k8s.V1Deployment>;
  'endpointslices.discovery.k8s.io': Kind<k8s.V1EndpointSlice>;
  events: Kind<k8s.CoreV1Event>;
  'horizontalpodautoscalers.autoscaling': KindWithSpec<k8s.V2HorizontalPodAutoscaler>;
  'ingressclasses.networking.k8s.io': Kind<k8s.V1IngressClass>;
  'ingresses.networking.k8s.io': KindWithSpec<k8s.V1Ingress>;
  'jobs.batch': KindWithSpec<k8s.V1Job>;
  'leases.coordination.k8s.io': KindWithSpec<k8s.V1Lease>;
  limitranges: KindWithSpec<k8s.V1LimitRange>;
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': Kind<k8s.V1MutatingWebhookConfiguration>;
  namespaces: Kind<k8s.V1Namespace>;
  'networkpolicies.networking.k8s.io': KindWithSpec<k8s.V1NetworkPolicy>;
  nodes: KindWithSpec<k8s.V1Node>;
  persistentvolumeclaims: KindWithSpec<k8s.V1PersistentVolumeClaim>;
  persistentvolumes: KindWithSpec<k8s.V1PersistentVolume>;
  'poddisruptionbudgets.policy': KindWithSpec<k8s.V1PodDisruptionBudget>;
  pods: KindWithSpec<k8s.V1Pod>;
  'priorityclasses.scheduling.k8s.io': Kind<k8s.V1PriorityClass>;
  'replicasets.apps': KindWithSpec<k8s.V1ReplicaSet>;
  replicationcontrollers: KindWithSpec<k8s.V1ReplicationController>;
  resourcequotas: KindWithSpec<k8s.V1ResourceQuota>;
  'runtimeclasses.node.k8s.io': Kind<k8s.V1RuntimeClass>;
  secrets: SecretFacts;
  serviceaccounts: Kind<k8s.V1ServiceAccount>;
  services: KindWithSpec<k8s.V1Service>;
  'statefulsets.apps': KindWithSpec<k8s.V1StatefulSet>;
  'storageclasses.storage.k8s.io': Kind<k8s.V1StorageClass>;
  'validatingwebhookconfigurations.admissionregistration.k8s.io': Kind<k8s.V1ValidatingWebhookConfiguration>;
  'volumeattachments.storage.k8s.io': KindWithSpec<k8s.V1VolumeAttachment>;
}

export type Resource = keyof ResourceTypes;

export interface ResourceInfo {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** kubectl's short names, for flags and targets. */
  readonly short?: readonly string[];
  /** The version before, with the same fields, for servers that do not serve the other one yet. */
  readonly earlier?: string;
  /** True for resources that most clusters do not serve: where the group is not served, nothing is asked for, and none exists. */
  readonly custom?: true;
  /** Fields without which an object of this kind cannot have come from an API server, with their JSON types. */
  readonly shape: Readonly<Record<string, 'object' | 'array' | 'string'>>;
}

const spec = { spec: 'object' } as const;
const template = { spec: 'object', 'spec.template': 'object', 'spec.template.spec.containers': 'array' } as const;

/** Every resource the tool reads. Order is the order of reading: referrers before what they refer to. */
export const resources: Readonly<Record<Resource, ResourceInfo>> = {
  events: { apiVersion: 'v1', kind: 'Event', plural: 'events', namespaced: true, short: ['ev'], shape: {} },
  'ingresses.networking.k8s.io': {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    plural: 'ingresses',
    namespaced: true,
    short: ['ing'],
    shape: spec,
  },
  'horizontalpodautoscalers.autoscaling': {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
    namespaced: true,
    short: ['hpa'],
    shape: spec,
  },
  'poddisruptionbudgets.policy': {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    namespaced: true,
    short: ['pdb'],
    shape: spec,
  },
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    plural: 'mutatingwebhookconfigurations',
    namespaced: false,
    shape: {},
  },
  'validatingwebhookconfigurations.admissionregistration.k8s.io': {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    plural: 'validatingwebhookconfigurations',
    namespaced: false,
    shape: {},
  },
  'apiservices.apiregistration.k8s.io': {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    plural: 'apiservices',
    namespaced: false,
    shape: spec,
  },
  'gateways.gateway.networking.k8s.io': {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    plural: 'gateways',
    namespaced: true,
    short: ['gtw'],
    custom: true,
    shape: spec,
  },
  'kafkas.kafka.strimzi.io': {
    apiVersion: 'kafka.strimzi.io/v1',
    earlier: 'kafka.strimzi.io/v1beta2',
    kind: 'Kafka',
    plural: 'kafkas',
    namespaced: true,
    custom: true,
    shape: spec,
  },
  'clusters.postgresql.cnpg.io': {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    plural: 'clusters',
    namespaced: true,
    custom: true,
    shape: spec,
  },
  'challenges.acme.cert-manager.io': {
    apiVersion: 'acme.cert-manager.io/v1',
    kind: 'Challenge',
    plural: 'challenges',
    namespaced: true,
    custom: true,
    shape: spec,
  },
  'orders.acme.cert-manager.io': {
    apiVersion: 'acme.cert-manager.io/v1',
    kind: 'Order',
    plural: 'orders',
    namespaced: true,
    custom: true,
    shape: spec,
  },
  'certificaterequests.cert-manager.io': {
    apiVersion: 'cert-manager.io/v1',
    kind: 'CertificateRequest',
    plural: 'certificaterequests',
    namespaced: true,
    short: ['cr', 'crs'],
    custom: true,
    shape: spec,
  },
  'certificates.cert-manager.io': {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    plural: 'certificates',
    namespaced: true,
    short: ['cert', 'certs'],
    custom: true,
    shape: spec,
  },
  'issuers.cert-manager.io': {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    plural: 'issuers',
    namespaced: true,
    custom: true,
    shape: spec,
  },
  'clusterissuers.cert-manager.io': {
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    plural: 'clusterissuers',
    namespaced: false,
    custom: true,
    shape: spec,
  },
  'certificatesigningrequests.certificates.k8s.io': {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    plural: 'certificatesigningrequests',
    namespaced: false,
    short: ['csr'],
    shape: spec,
  },
  'customresourcedefinitions.apiextensions.k8s.io': {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    namespaced: false,
    short: ['crd', 'crds'],
    shape: spec,
  },
  services: { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true, short: ['svc'], shape: spec },
  'endpointslices.discovery.k8s.io': {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    plural: 'endpointslices',
    namespaced: true,
    shape: {},
  },
  'networkpolicies.networking.k8s.io': {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    plural: 'networkpolicies',
    namespaced: true,
    short: ['netpol'],
    shape: spec,
  },
  'cronjobs.batch': {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    plural: 'cronjobs',
    namespaced: true,
    short: ['cj'],
    shape: { spec: 'object', 'spec.jobTemplate.spec.template.spec.containers': 'array' },
  },
  'jobs.batch': { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true, shape: template },
  'deployments.apps': {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    plural: 'deployments',
    namespaced: true,
    short: ['deploy'],
    shape: template,
  },
  'replicasets.apps': {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    plural: 'replicasets',
    namespaced: true,
    short: ['rs'],
    shape: spec,
  },
  'statefulsets.apps': {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    plural: 'statefulsets',
    namespaced: true,
    short: ['sts'],
    shape: template,
  },
  'daemonsets.apps': {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    plural: 'daemonsets',
    namespaced: true,
    short: ['ds'],
    shape: template,
  },
  replicationcontrollers: {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    plural: 'replicationcontrollers',
    namespaced: true,
    short: ['rc'],
    shape: spec,
  },
  pods: {
    apiVersion: 'v1',
    kind: 'Pod',
    plural: 'pods',
    namespaced: true,
    short: ['po'],
    shape: { spec: 'object', 'spec.containers': 'array' },
  },
  persistentvolumeclaims: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    plural: 'persistentvolumeclaims',
    namespaced: true,
    short: ['pvc'],
    shape: spec,
  },
  persistentvolumes: {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    plural: 'persistentvolumes',
    namespaced: false,
    short: ['pv'],
    shape: spec,
  },
  'volumeattachments.storage.k8s.io': {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    plural: 'volumeattachments',
    namespaced: false,
    shape: spec,
  },
  'storageclasses.storage.k8s.io': {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    plural: 'storageclasses',
    namespaced: false,
    short: ['sc'],
    shape: {},
  },
  'csidrivers.storage.k8s.io': {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    plural: 'csidrivers',
    namespaced: false,
    shape: spec,
  },
  'csinodes.storage.k8s.io': {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    plural: 'csinodes',
    namespaced: false,
    // A node without any driver has `drivers: null`.
    shape: spec,
  },
  serviceaccounts: {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    plural: 'serviceaccounts',
    namespaced: true,
    short: ['sa'],
    shape: {},
  },
  configmaps: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, short: ['cm'], shape: {} },
  secrets: { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true, shape: {} },
  resourcequotas: {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    plural: 'resourcequotas',
    namespaced: true,
    short: ['quota'],
    shape: spec,
  },
  limitranges: {
    apiVersion: 'v1',
    kind: 'LimitRange',
    plural: 'limitranges',
    namespaced: true,
    short: ['limits'],
    shape: spec,
  },
  'priorityclasses.scheduling.k8s.io': {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    plural: 'priorityclasses',
    namespaced: false,
    short: ['pc'],
    shape: {},
  },
  'runtimeclasses.node.k8s.io': {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    plural: 'runtimeclasses',
    namespaced: false,
    shape: { handler: 'string' },
  },
  'ingressclasses.networking.k8s.io': {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    plural: 'ingressclasses',
    namespaced: false,
    shape: {},
  },
  'leases.coordination.k8s.io': {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    plural: 'leases',
    namespaced: true,
    shape: spec,
  },
  'clusterpolicies.nvidia.com': {
    apiVersion: 'nvidia.com/v1',
    kind: 'ClusterPolicy',
    plural: 'clusterpolicies',
    namespaced: false,
    custom: true,
    shape: {},
  },
  'resourceclaims.resource.k8s.io': {
    apiVersion: 'resource.k8s.io/v1',
    earlier: 'resource.k8s.io/v1beta2',
    kind: 'ResourceClaim',
    plural: 'resourceclaims',
    namespaced: true,
    custom: true,
    shape: spec,
  },
  'deviceclasses.resource.k8s.io': {
    apiVersion: 'resource.k8s.io/v1',
    earlier: 'resource.k8s.io/v1beta2',
    kind: 'DeviceClass',
    plural: 'deviceclasses',
    namespaced: false,
    custom: true,
    shape: spec,
  },
  'resourceslices.resource.k8s.io': {
    apiVersion: 'resource.k8s.io/v1',
    earlier: 'resource.k8s.io/v1beta2',
    kind: 'ResourceSlice',
    plural: 'resourceslices',
    namespaced: false,
    custom: true,
    shape: { spec: 'object', 'spec.driver': 'string' },
  },
  nodes: {
    apiVersion: 'v1',
    kind: 'Node',
    plural: 'nodes',
    namespaced: false,
    short: ['no'],
    shape: { spec: 'object' },
  },
  namespaces: {
    apiVersion: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    namespaced: false,
    short: ['ns'],
    shape: {},
  },
};

/** Shorthand types for the objects that most checks are about. */
export type Pod = ResourceTypes['pods'];
export type PodSpec = Pod['spec'];
export type Container = PodSpec['containers'][number];
export type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];
export type Node = ResourceTypes['nodes'];
export type KubeEvent = ResourceTypes['events'];
export type Service = ResourceTypes['services'];

export const allResources = Object.keys(resources) as readonly Resource[];

/** The resource of an object by its group and kind; undefined for kinds the tool does not read. */
export function resourceOf(apiVersion: string, kind: string): Resource | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash === -1 ? '' : apiVersion.slice(0, slash);
  return byGroupKind.get(`${group}/${kind}`);
}

const byGroupKind = new Map(
  allResources.map((resource) => {
    const { apiVersion, kind } = resources[resource];
    const slash = apiVersion.indexOf('/');
    return [`${slash === -1 ? '' : apiVersion.slice(0, slash)}/${kind}`, resource] as const;
  }),
);
