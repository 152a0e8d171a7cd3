import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'namespaces',
  title: 'Namespaces that cannot be deleted',
  reads: [],
  kinds: ['Namespace'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
