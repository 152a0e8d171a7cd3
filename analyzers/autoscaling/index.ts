import { defineAnalyzer } from '../../src/kit.ts';
import { targets } from './autoscaler.ts';
import { codes } from './codes.ts';
import { conditions } from './conditions.ts';
import { conflicts } from './conflicts.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'autoscaling',
  title: 'HorizontalPodAutoscalers',
  reads: ['horizontalpodautoscalers.autoscaling', 'apiservices.apiregistration.k8s.io', ...targets],
  kinds: ['HorizontalPodAutoscaler'],
  codes,
  settings: {
    grace: { default: 300, unit: 'seconds', title: 'How long an autoscaler may lack its metrics or its target' },
    limited: { default: 900, unit: 'seconds', title: 'How long an autoscaler may want more than its maximum' },
  },
  runbook,
  *analyze(snapshot, settings) {
    yield* conditions(snapshot, settings);
    yield* conflicts(snapshot);
  },
});
