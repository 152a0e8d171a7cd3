import type { Resource } from '../../src/kit.ts';

export const reads = [
  'daemonsets.apps',
  'deployments.apps',
  'endpointslices.discovery.k8s.io',
  'events',
  'jobs.batch',
  'limitranges',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'namespaces',
  'pods',
  'priorityclasses.scheduling.k8s.io',
  'replicasets.apps',
  'replicationcontrollers',
  'resourcequotas',
  'runtimeclasses.node.k8s.io',
  'serviceaccounts',
  'services',
  'statefulsets.apps',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
] as const satisfies readonly Resource[];

export type Reads = (typeof reads)[number];
