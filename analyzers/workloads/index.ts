import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'workloads',
  title: 'StatefulSets, DaemonSets, Jobs and CronJobs',
  reads: [],
  kinds: ['StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
