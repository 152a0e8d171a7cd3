import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import { addressConflicts } from './conflicts.ts';
import { endpointPorts } from './endpoint-ports.ts';
import { endpoints } from './endpoints.ts';
import { externalNames } from './external-names.ts';
import { lastingFailures } from './lasting-failures.ts';
import { loadBalancers } from './load-balancers.ts';
import { localPolicies } from './local-policies.ts';
import { ports } from './ports.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'services',
  title: 'Services and their endpoints',
  reads: [
    'apiservices.apiregistration.k8s.io',
    'cronjobs.batch',
    'daemonsets.apps',
    'deployments.apps',
    'endpointslices.discovery.k8s.io',
    'events',
    'ingresses.networking.k8s.io',
    'jobs.batch',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'namespaces',
    'nodes',
    'pods',
    'replicasets.apps',
    'replicationcontrollers',
    'services',
    'statefulsets.apps',
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
  ],
  kinds: ['Service', 'EndpointSlice'],
  codes,
  settings: {
    settleSeconds: { default: 15, unit: 'seconds', title: 'How old a Service is before anything is said of it' },
    graceSeconds: {
      default: 120,
      unit: 'seconds',
      title: 'How long a controller or pod may take until endpoints are ready',
    },
    loadBalancerSeconds: {
      default: 300,
      unit: 'seconds',
      title: 'How long a load balancer may take to get an address, and a third of how long to be deleted',
    },
  },
  runbook,
  *analyze(snapshot, { settleSeconds, graceSeconds, loadBalancerSeconds }) {
    yield* endpoints(snapshot, { settle: settleSeconds, grace: graceSeconds });
    yield* ports(snapshot, settleSeconds);
    yield* endpointPorts(snapshot, settleSeconds);
    yield* externalNames(snapshot, settleSeconds);
    yield* loadBalancers(snapshot, loadBalancerSeconds);
    yield* lastingFailures(snapshot, { grace: graceSeconds, deletion: 3 * loadBalancerSeconds });
    yield* localPolicies(snapshot);
    yield* addressConflicts(snapshot);
  },
});
