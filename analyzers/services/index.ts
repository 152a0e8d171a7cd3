import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'services',
  title: 'Services and their endpoints',
  reads: [],
  kinds: ['Service', 'EndpointSlice'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
