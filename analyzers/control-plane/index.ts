import { defineAnalyzer } from '../../src/kit.ts';
import { apiServices } from './api-services.ts';
import { codes } from './codes.ts';
import { definitions } from './definitions.ts';
import { leases } from './leases.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'control-plane',
  title: 'The control plane itself: aggregated APIs, custom resources, controller leases',
  reads: [
    'apiservices.apiregistration.k8s.io',
    'cronjobs.batch',
    'customresourcedefinitions.apiextensions.k8s.io',
    'daemonsets.apps',
    'deployments.apps',
    'endpointslices.discovery.k8s.io',
    'jobs.batch',
    'leases.coordination.k8s.io',
    'pods',
    'replicasets.apps',
    'replicationcontrollers',
    'services',
    'statefulsets.apps',
  ],
  kinds: ['APIService', 'CustomResourceDefinition', 'Lease'],
  codes,
  settings: {
    apiServiceGrace: { default: 60, unit: 'seconds', title: 'How long an aggregated API may be unavailable' },
    conversionGrace: {
      default: 120,
      unit: 'seconds',
      title: 'How long the pods behind a conversion webhook may take to start',
    },
    definitionGrace: {
      default: 300,
      unit: 'seconds',
      title: 'How long a CustomResourceDefinition may take to be deleted',
    },
    leaseGrace: { default: 60, unit: 'seconds', title: 'How long a lease may go without renewal, at the least' },
    loneLeaseGrace: {
      default: 600,
      unit: 'seconds',
      title: 'What is added where no other lease tells when leases were read',
    },
  },
  runbook,
  *analyze(snapshot, settings) {
    yield* apiServices(snapshot, settings.apiServiceGrace);
    yield* definitions(snapshot, { grace: settings.conversionGrace, deletion: settings.definitionGrace });
    yield* leases(snapshot, settings.leaseGrace, settings.loneLeaseGrace);
  },
});
