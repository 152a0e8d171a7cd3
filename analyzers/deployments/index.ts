import { defineAnalyzer } from '../../src/kit.ts';
import { availability } from './availability.ts';
import { codes } from './codes.ts';
import { notObserved, pausedChange, scaledToZero } from './intent.ts';
import { selectorOverlap } from './overlap.ts';
import { bareReplicaSets } from './replica-sets.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'deployments',
  title: 'Deployments and their ReplicaSets',
  reads: [
    'deployments.apps',
    'replicasets.apps',
    'pods',
    'nodes',
    'events',
    'leases.coordination.k8s.io',
    'services',
    'ingresses.networking.k8s.io',
    'horizontalpodautoscalers.autoscaling',
    'statefulsets.apps',
    'daemonsets.apps',
  ],
  kinds: ['Deployment', 'ReplicaSet'],
  codes,
  settings: {
    grace: { default: 120, unit: 'seconds', title: 'How long replicas may be unavailable before it is a finding' },
    starting: {
      default: 300,
      unit: 'seconds',
      title: 'How long a new pod may take to become ready, beside its probes',
    },
    observe: { default: 120, unit: 'seconds', title: 'How long a controller may take to look at a change' },
  },
  runbook,
  *analyze(snapshot, settings) {
    yield* notObserved(snapshot, settings.observe);
    yield* availability(snapshot, settings);
    yield* bareReplicaSets(snapshot, settings);
    yield* pausedChange(snapshot);
    yield* scaledToZero(snapshot);
    yield* selectorOverlap(snapshot);
  },
});
