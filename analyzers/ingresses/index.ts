import { defineAnalyzer } from '../../src/kit.ts';
import { addresses } from './addresses.ts';
import { backends } from './backends.ts';
import { severalDefaults } from './classes.ts';
import { codes } from './codes.ts';
import { pathConflicts } from './conflicts.ts';
import { gateways } from './gateways.ts';
import { notServed } from './not-served.ts';
import runbook from './runbook.md';
import { stuckTerminating } from './stuck.ts';
import { syncFailures } from './sync-failures.ts';
import { certificates } from './tls.ts';

export default defineAnalyzer({
  id: 'ingresses',
  title: 'Ingresses, their classes and backends; Gateways',
  reads: [
    'cronjobs.batch',
    'daemonsets.apps',
    'deployments.apps',
    'endpointslices.discovery.k8s.io',
    'events',
    'gateways.gateway.networking.k8s.io',
    'ingressclasses.networking.k8s.io',
    'ingresses.networking.k8s.io',
    'jobs.batch',
    'nodes',
    'pods',
    'replicasets.apps',
    'replicationcontrollers',
    'certificates.cert-manager.io',
    'secrets',
    'services',
    'statefulsets.apps',
  ],
  kinds: ['Gateway', 'Ingress', 'IngressClass'],
  codes,
  settings: {
    settleSeconds: { default: 15, unit: 'seconds', title: 'How old an Ingress is before anything is said of it' },
    addressSeconds: {
      default: 300,
      unit: 'seconds',
      title:
        'How long a controller may take to give an Ingress or a Gateway an address, and a third of how long to delete one',
    },
    graceSeconds: {
      default: 120,
      unit: 'seconds',
      title: 'How long a controller or pod may take until requests are served',
    },
    tlsSeconds: {
      default: 300,
      unit: 'seconds',
      title: 'How old an Ingress is before its TLS Secret has to exist',
    },
  },
  runbook,
  *analyze(snapshot, { settleSeconds, addressSeconds, graceSeconds, tlsSeconds }) {
    const patience = { settle: settleSeconds, grace: graceSeconds };
    yield* severalDefaults(snapshot);
    yield* notServed(snapshot, patience);
    yield* syncFailures(snapshot, patience);
    yield* addresses(snapshot, { address: addressSeconds, grace: graceSeconds });
    yield* backends(snapshot, patience);
    yield* certificates(snapshot, tlsSeconds);
    yield* pathConflicts(snapshot);
    yield* stuckTerminating(snapshot, 3 * addressSeconds);
    yield* gateways(snapshot, addressSeconds);
  },
});
