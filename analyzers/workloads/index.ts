import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import { cronJobs } from './cron-jobs.ts';
import { matchesNoNode } from './daemon-set-nodes.ts';
import { daemonSetUpdates } from './daemon-set-updates.ts';
import { daemonSetReadiness } from './daemon-sets.ts';
import { failedJobs } from './jobs-failed.ts';
import { runningJobs } from './jobs-running.ts';
import { notObserved } from './observed.ts';
import { replicationControllers } from './replication-controllers.ts';
import runbook from './runbook.md';
import { statefulSetIntent, statefulSetUpdates } from './stateful-set-extras.ts';
import { statefulSetReadiness } from './stateful-sets.ts';

export default defineAnalyzer({
  id: 'workloads',
  title: 'StatefulSets, DaemonSets, Jobs and CronJobs',
  reads: [
    'statefulsets.apps',
    'daemonsets.apps',
    'jobs.batch',
    'cronjobs.batch',
    'replicationcontrollers',
    'pods',
    'nodes',
    'services',
    'ingresses.networking.k8s.io',
    'horizontalpodautoscalers.autoscaling',
    'leases.coordination.k8s.io',
    'events',
  ],
  kinds: ['StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ReplicationController'],
  codes,
  settings: {
    grace: { default: 120, unit: 'seconds', title: 'How long pods may be unready before it is a finding' },
    starting: {
      default: 300,
      unit: 'seconds',
      title: 'How long a new pod may take to become ready, beside its probes',
    },
    observe: { default: 120, unit: 'seconds', title: 'How long a controller may take to look at a change' },
    rollout: { default: 900, unit: 'seconds', title: 'How long a rolling update may make no pod though all are ready' },
    slow: { default: 3_600, unit: 'seconds', title: 'How long a run may take before it is compared with earlier ones' },
    stale: { default: 86_400, unit: 'seconds', title: 'After how long a failed Job of its own is only a warning' },
  },
  runbook,
  *analyze(snapshot, settings) {
    yield* notObserved(snapshot, settings.observe);
    yield* statefulSetReadiness(snapshot, settings);
    yield* statefulSetUpdates(snapshot, settings.rollout);
    yield* statefulSetIntent(snapshot);
    yield* daemonSetReadiness(snapshot, settings);
    yield* daemonSetUpdates(snapshot, settings.rollout);
    yield* matchesNoNode(snapshot, settings.grace);
    yield* replicationControllers(snapshot, settings);
    yield* failedJobs(snapshot, settings.stale);
    yield* runningJobs(snapshot, settings);
    yield* cronJobs(snapshot, settings);
  },
});
