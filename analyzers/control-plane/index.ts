import { defineAnalyzer } from '../../src/kit.ts';
import { apiServices } from './api-services.ts';
import { codes } from './codes.ts';
import { leases } from './leases.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'control-plane',
  title: 'The control plane itself: aggregated APIs, controller leases',
  reads: ['apiservices.apiregistration.k8s.io', 'leases.coordination.k8s.io', 'pods'],
  kinds: ['APIService', 'Lease'],
  codes,
  settings: {
    apiServiceGrace: { default: 60, unit: 'seconds', title: 'How long an aggregated API may be unavailable' },
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
    yield* leases(snapshot, settings.leaseGrace, settings.loneLeaseGrace);
  },
});
