import { defineAnalyzer } from '../../src/kit.ts';
import { budgets, workloads } from './budgets.ts';
import { codes } from './codes.ts';
import { overlaps } from './overlap.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'disruption',
  title: 'PodDisruptionBudgets',
  reads: ['poddisruptionbudgets.policy', 'pods', ...workloads],
  kinds: ['PodDisruptionBudget'],
  codes,
  settings: {
    grace: { default: 120, unit: 'seconds', title: 'How long a budget may be new or not computed' },
  },
  runbook,
  *analyze(snapshot, settings) {
    yield* budgets(snapshot, settings.grace);
    yield* overlaps(snapshot);
  },
});
