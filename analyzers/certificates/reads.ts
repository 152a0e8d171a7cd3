import type { Resource, Settings, SettingSpec, Snapshot } from '../../src/kit.ts';

export const reads = [
  'secrets',
  'configmaps',
  'ingressclasses.networking.k8s.io',
  'ingresses.networking.k8s.io',
  'gateways.gateway.networking.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'apiservices.apiregistration.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'certificatesigningrequests.certificates.k8s.io',
  'certificates.cert-manager.io',
  'certificaterequests.cert-manager.io',
  'issuers.cert-manager.io',
  'clusterissuers.cert-manager.io',
  'orders.acme.cert-manager.io',
  'challenges.acme.cert-manager.io',
  'kafkas.kafka.strimzi.io',
  'clusters.postgresql.cnpg.io',
  'services',
  'pods',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicationcontrollers',
  'jobs.batch',
  'cronjobs.batch',
  'events',
] as const satisfies readonly Resource[];

export type View = Snapshot<(typeof reads)[number]>;

const day = 86_400;

export const settings = {
  warning: {
    default: 28 * day,
    unit: 'seconds',
    title: 'How long before its end a certificate is a warning (never before the last quarter of its life)',
  },
  critical: {
    default: 7 * day,
    unit: 'seconds',
    title: 'How long before its end it is critical (never before the last tenth of its life)',
  },
  info: {
    default: 60 * day,
    unit: 'seconds',
    title: 'How long before its end it is mentioned (never before the last third of its life)',
  },
  authorityWarning: { default: 180 * day, unit: 'seconds', title: 'The same for authorities: warning' },
  authorityCritical: { default: 30 * day, unit: 'seconds', title: 'The same for authorities: critical' },
  authorityInfo: { default: 365 * day, unit: 'seconds', title: 'The same for authorities: mentioned' },
  renewal: { default: 3_600, unit: 'seconds', title: 'How long a renewal may be overdue' },
  issuing: { default: 900, unit: 'seconds', title: 'How long issuing a certificate may take' },
  approval: { default: 600, unit: 'seconds', title: 'How long a signing request may wait for approval' },
} as const satisfies Record<string, SettingSpec>;

export type Limits = Settings<typeof settings>;
