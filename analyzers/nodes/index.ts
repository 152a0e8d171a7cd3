import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'nodes',
  title: 'Nodes: readiness, pressure, capacity, versions',
  reads: [],
  kinds: ['Node'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
