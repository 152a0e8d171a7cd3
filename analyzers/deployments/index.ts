import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'deployments',
  title: 'Deployments and their ReplicaSets',
  reads: [],
  kinds: ['Deployment', 'ReplicaSet'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
