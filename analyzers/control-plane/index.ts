import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'control-plane',
  title: 'The control plane itself: aggregated APIs, controller leases',
  reads: [],
  kinds: ['APIService', 'Lease'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
